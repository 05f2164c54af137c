package soap_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/fns/soap"
)

// TestTroubles switches on each trouble of the transport, sees that it is told
// apart from a verdict, switches it off, and gets the ticket.
func TestTroubles(t *testing.T) {
	for _, tt := range []struct{ name, control, want string }{
		{"internal error", `{"fault":"internal"}`, "temporary"},
		{"timeout of the provider", `{"fault":"timeout"}`, "temporary"},
		{"HTTP 500", `{"fault":"http500"}`, "temporary"},
		{"HTTP 502", `{"fault":"http502"}`, "temporary"},
		{"HTTP 503", `{"fault":"http503"}`, "temporary"},
		{"connection cut", `{"fault":"drop"}`, "temporary"},
		{"body cut", `{"truncatedBody":true}`, "temporary"},
		{"stall", `{"latency":"10s"}`, "temporary"},
		{"slow body", `{"slowBody":true}`, "temporary"},
		{"wrong JSON", `{"fault":"wrongJSON"}`, "answered"},
		{"too fast", `{"fault":"rate"}`, "rate"},
		{"gateway's 429", `{"http429":true}`, "rate"},
		{"forgotten", `{"fault":"notFound"}`, "gone"},
		{"quota", `{"fault":"methodQuota"}`, "quota"},
		{"address", `{"fault":"ip"}`, "access"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.config.Timeout = time.Second
			w.client = soap.NewClient(w.config)
			q := w.mint(fnssim.Order{})
			id := w.send(q)
			w.clock.Advance(7 * time.Second)
			w.control("%s", tt.control)
			if _, err := w.client.Poll(t.Context(), id); kind(err) != tt.want {
				t.Fatalf("got %v, want %s", err, tt.want)
			}
			w.control(`{"fault":null,"truncatedBody":0,"latency":0,"slowBody":false,"http429":0}`)
			w.clock.Advance(24 * time.Hour) // also past the quota's day
			w.found(q)
		})
	}
}

func TestOtherReceiptIsRefused(t *testing.T) {
	w := newWorld(t)
	w.control(`{"fault":"otherReceipt"}`)
	q := w.mint(fnssim.Order{})
	a, err := w.ask(q)
	if err != nil || a.State != fns.Found {
		t.Fatalf("got %+v, %v", a, err)
	}
	if err := fns.Agree(q, a.Ticket); !errors.Is(err, fns.ErrMismatch) {
		t.Errorf("got %v, want a mismatch", err)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	c := &clock{at: time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)}
	for header, want := range map[string]time.Duration{
		"7":                             7 * time.Second,
		"":                              5 * time.Second,
		"soon":                          5 * time.Second,
		"-1":                            5 * time.Second,
		"999999999999":                  time.Hour,
		"86400":                         time.Hour,
		"Sat, 14 Mar 2026 12:00:30 GMT": 30 * time.Second,
	} {
		s := newStranger(t, "auth.xml", func(w http.ResponseWriter, _ *http.Request, _ string) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		client := soap.NewClient(soap.Config{BaseURL: s.url, MasterToken: masterToken, Clock: c.Now})
		for range 3 {
			_, err := client.Send(t.Context(), sampleQR(t))
			var rate *fns.RateError
			if !errors.As(err, &rate) || rate.RetryIn != want {
				t.Errorf("Retry-After %q: %v, want %s", header, err, want)
			}
		}
		if n := s.calls.Load(); n != 1 {
			t.Errorf("Retry-After %q: %d calls, want 1", header, n)
		}
	}
}

func TestCancelledCallerDoesNotTakeTheTokenAway(t *testing.T) {
	w := newWorld(t)
	w.config.HTTP = &http.Client{}
	w.client = soap.NewClient(w.config)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.client.Send(ctx, w.mint(fnssim.Order{})); kind(err) != "temporary" {
		t.Errorf("got %v, want a TemporaryError", err)
	}
	w.found(w.mint(fnssim.Order{}))
}

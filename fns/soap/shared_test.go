package soap_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/fns/soap"
)

// TestRefusedAccessIsShared sees one call for a crowd of receipts, silence for
// half a minute, and then one try.
func TestRefusedAccessIsShared(t *testing.T) {
	for _, fault := range []string{"ip", "headers", "method", "token"} {
		t.Run(fault, func(t *testing.T) {
			w := newWorld(t)
			q := w.mint(fnssim.Order{})
			id := w.send(q)
			w.control(`{"fault":%q}`, fault)
			var access *fns.AccessError
			if _, err := w.client.Send(t.Context(), q); !errors.As(err, &access) {
				t.Fatalf("got %v, want an AccessError", err)
			}
			w.control(`{"fault":null}`)
			calls := w.sim.Counts().Calls
			for range 30 {
				_, sendErr := w.client.Send(t.Context(), q)
				_, pollErr := w.client.Poll(t.Context(), id)
				if !errors.As(sendErr, &access) || !errors.As(pollErr, &access) {
					t.Fatalf("got %v and %v, want AccessErrors", sendErr, pollErr)
				}
				w.clock.Advance(999 * time.Millisecond)
			}
			if n := w.sim.Counts().Calls - calls; n != 0 {
				t.Errorf("%d calls within half a minute, want none", n)
			}
			w.clock.Advance(30 * time.Millisecond)
			w.found(q)
		})
	}
}

func TestWrongMasterTokenIsTriedOnce(t *testing.T) {
	w := newWorld(t)
	w.config.MasterToken = "wrong"
	w.client = soap.NewClient(w.config)
	q := w.mint(fnssim.Order{})
	for range 20 {
		if _, err := w.client.Send(t.Context(), q); kind(err) != "access" {
			t.Errorf("got %v, want an AccessError", err)
		}
	}
	if n := w.sim.Counts().Auths; n != 1 {
		t.Errorf("%d authentications, want 1", n)
	}
}

// TestFailedAuthenticationIsShared sees a crowd, also of late-comers, cause one
// authentication every three seconds.
func TestFailedAuthenticationIsShared(t *testing.T) {
	w := newWorld(t)
	q := w.mint(fnssim.Order{})
	w.control(`{"fault":"http502"}`)
	crowd := func(want int) {
		t.Helper()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if _, err := w.client.Send(t.Context(), q); kind(err) != "temporary" {
					t.Errorf("got %v, want a TemporaryError", err)
				}
			})
		}
		wg.Wait()
		if n := w.sim.Counts().Calls; n != want {
			t.Errorf("%d calls, want %d", n, want)
		}
	}
	crowd(1)
	w.clock.Advance(2900 * time.Millisecond)
	crowd(1)
	w.clock.Advance(100 * time.Millisecond)
	crowd(2)
	w.control(`{"fault":null}`)
	w.clock.Advance(3 * time.Second)
	w.found(q)
}

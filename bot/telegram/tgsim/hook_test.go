package tgsim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"promobot/bot/telegram/tgsim"
)

// receiver is a webhook that answers as it is told and remembers what came.
type receiver struct {
	url string

	mu     sync.Mutex
	got    []delivery
	answer func(n int, w http.ResponseWriter) // n counts from 0
}

type delivery struct {
	secret string
	size   int
	update struct {
		ID            int64                `json:"update_id"`
		Message       *tgsim.Message       `json:"message"`
		CallbackQuery *tgsim.CallbackQuery `json:"callback_query"`
	}
}

func newReceiver(t *testing.T, answer func(n int, w http.ResponseWriter)) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	r.url = server.URL + "/hook"
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, in *http.Request) {
	body, _ := io.ReadAll(in.Body)
	d := delivery{secret: in.Header.Get("X-Telegram-Bot-Api-Secret-Token"), size: len(body)}
	_ = json.Unmarshal(body, &d.update)
	r.mu.Lock()
	n := len(r.got)
	r.got = append(r.got, d)
	r.mu.Unlock()
	if r.answer != nil {
		r.answer(n, w)
	}
}

func (r *receiver) deliveries() []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]delivery{}, r.got...)
}

func (r *receiver) await(t *testing.T, n int) []delivery {
	t.Helper()
	eventually(t, "deliveries", func() bool { return len(r.deliveries()) >= n })
	return r.deliveries()
}

func TestSetWebhook(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	r := newReceiver(t, nil)
	for _, tt := range []struct{ url, secret, words string }{
		{"://", "", "invalid webhook URL specified"},
		{"https://", "", "invalid webhook URL specified"},
		{"http://bot.example/", "", "An HTTPS URL must be provided for webhook"},
		{"https://bot.example:8080/", "", "only on ports 80, 88, 443 or 8443"},
		{"https://bot.example:8443/", strings.Repeat("a", 257), "secret token is too long"},
		{"https://bot.example:8443/", "пароль", "secret token contains unallowed characters"},
	} {
		w.form("setWebhook", "url", tt.url, "secret_token", tt.secret).wantRefused(t, 400, tt.words)
	}
	if a := w.form("setWebhook", "url", r.url, "max_connections", "7", "allowed_updates", `["message"]`); a.Description != "Webhook was set" {
		t.Errorf("set: %+v", a)
	}
	w.form("setWebhook", "url", r.url).wantRefused(t, 429, "retry after 1")
	w.Advance(time.Second)
	if a := w.form("setWebhook", "url", r.url, "max_connections", "7"); a.Description != "Webhook is already set" {
		t.Errorf("again: %+v", a)
	}
	var info struct {
		URL     string
		Max     int      `json:"max_connections"`
		Allowed []string `json:"allowed_updates"`
	}
	w.form("getWebhookInfo").into(t, &info)
	if info.URL != r.url || info.Max != 7 || len(info.Allowed) != 1 {
		t.Errorf("info %+v", info)
	}
	if a := w.form("deleteWebhook"); a.Description != "Webhook was deleted" {
		t.Errorf("delete: %+v", a)
	}
	if a := w.form("deleteWebhook"); a.Description != "Webhook is already deleted" {
		t.Errorf("delete again: %+v", a)
	}
}

// A chat's updates come one after another; one that fails blocks those behind
// it, but not the presses of the same person.
func TestDeliveryOrder(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	var failing sync.Map
	failing.Store("now", true)
	r := newReceiver(t, nil)
	r.answer = func(n int, out http.ResponseWriter) {
		d := r.deliveries()[n]
		if _, bad := failing.Load("now"); bad && d.update.Message != nil {
			out.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	w.form("setWebhook", "url", r.url, "secret_token", "s3cret_-A")
	a := w.say(2)
	must(t)(w.PressForged(anna, 1, "x"))
	r.await(t, 3) // the first text twice at once, and the press
	time.Sleep(50 * time.Millisecond)
	got := r.deliveries()
	if len(got) != 3 {
		t.Fatalf("%d deliveries before the clock moves, want 3", len(got))
	}
	presses := 0
	for _, d := range got {
		if d.secret != "s3cret_-A" {
			t.Errorf("secret %q", d.secret)
		}
		if d.update.CallbackQuery != nil {
			presses++
		} else if d.update.ID != a {
			t.Errorf("update %d came before %d was taken", d.update.ID, a)
		}
	}
	if presses != 1 {
		t.Errorf("%d presses, want 1", presses)
	}
	var info struct {
		Pending int    `json:"pending_update_count"`
		Failure string `json:"last_error_message"`
	}
	w.form("getWebhookInfo").into(t, &info)
	if info.Pending != 2 || !strings.Contains(info.Failure, "503") {
		t.Errorf("info %+v", info)
	}
	failing.Delete("now")
	w.Advance(time.Second)
	time.Sleep(30 * time.Millisecond)
	if n := len(r.deliveries()); n != 3 {
		t.Errorf("%d deliveries after a second, want the third try to come after two", n)
	}
	eventually(t, "the third try", func() bool { w.Advance(time.Second); return len(r.deliveries()) >= 5 })
	got = r.deliveries()
	if got[3].update.ID != a || got[4].update.ID != a+1 {
		t.Errorf("then came %d and %d, want %d and %d", got[3].update.ID, got[4].update.ID, a, a+1)
	}
	eventually(t, "an empty queue", func() bool { return w.Pending() == 0 })
}

// Retry-After is obeyed, and what is a day old is given up.
func TestDeliveryRetryAfterAndExpiry(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	r := newReceiver(t, func(n int, out http.ResponseWriter) {
		out.Header().Set("Retry-After", "600")
		out.WriteHeader(http.StatusTooManyRequests)
	})
	w.form("setWebhook", "url", r.url)
	w.say(1)
	r.await(t, 1)
	w.Advance(599 * time.Second)
	time.Sleep(30 * time.Millisecond)
	if n := len(r.deliveries()); n != 1 {
		t.Errorf("%d deliveries before the time that was told", n)
	}
	eventually(t, "the second try", func() bool { w.Advance(time.Second); return len(r.deliveries()) >= 2 })
	w.Advance(24 * time.Hour)
	eventually(t, "the update to be given up", func() bool { return w.Pending() == 0 })
	if n := len(r.deliveries()); n != 2 {
		t.Errorf("%d deliveries, want none of what is too old", n)
	}
}

// The answer to a delivery may hold a call; what asks or would move the
// webhook is ignored.
func TestAnswerWithMethod(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	r := newReceiver(t, func(n int, out http.ResponseWriter) {
		out.Header().Set("Content-Type", "application/json")
		call := `{"method":"sendMessage","chat_id":900000001,"text":"эхо"}`
		if n > 0 {
			call = `{"method":"deleteWebhook"}`
		}
		_, _ = io.WriteString(out, call)
	})
	w.form("setWebhook", "url", r.url)
	w.say(2)
	r.await(t, 2)
	eventually(t, "the echo", func() bool { m, err := w.Last(anna); return err == nil && m.Text == "эхо" })
	if w.State().Webhook == "" {
		t.Error("the answer has removed the webhook")
	}
}

func TestDeliveryFaults(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	r := newReceiver(t, nil)
	for _, f := range []tgsim.Fault{
		{Kind: tgsim.WrongSecret}, {Kind: tgsim.Duplicate}, {Kind: tgsim.Huge, Method: "webhook", Bytes: 2 << 20, Skip: 1},
	} {
		if err := w.AddFault(f); err != nil {
			t.Fatal(err)
		}
	}
	w.form("setWebhook", "url", r.url, "secret_token", "right")
	a := w.say(1)
	got := r.await(t, 2)
	if got[0].secret == "right" || got[1].secret != "right" {
		t.Errorf("secrets %q, %q; want a wrong one first", got[0].secret, got[1].secret)
	}
	if got[0].update.ID != a || got[1].update.ID != a || got[1].size < 2<<20 {
		t.Errorf("deliveries %+v, want the same update twice, the second huge", got)
	}
}

// A webhook that is gone for most of a day is removed.
func TestGoneWebhook(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	r := newReceiver(t, func(_ int, out http.ResponseWriter) { out.WriteHeader(http.StatusGone) })
	w.form("setWebhook", "url", r.url)
	w.say(1)
	r.await(t, 2)
	w.Advance(23*time.Hour + time.Minute)
	eventually(t, "the webhook to be removed", func() bool { return w.State().Webhook == "" })
}

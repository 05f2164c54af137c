package tgsim_test

import (
	"net/http"
	"testing"
	"time"

	"promobot/bot/telegram/tgsim"
)

// Close ends whatever waits: a poll, a slow answer, a delivery and one that is
// to be tried again.
func TestClose(t *testing.T) {
	w := newWorld(t, tgsim.Options{})
	must(t)(w.Start(anna, ""))
	polled := make(chan answer, 1)
	go func() { polled <- w.form("getUpdates", "offset", "99999999", "timeout", "50") }()
	time.Sleep(30 * time.Millisecond)
	go w.Close()
	select {
	case a := <-polled:
		a.wantRefused(t, 500, "Internal Server Error: restart")
	case <-time.After(10 * time.Second):
		t.Fatal("the poll goes on")
	}

	w = newWorld(t, tgsim.Options{})
	arrived, stuck := make(chan bool, 9), make(chan bool)
	r := newReceiver(t, func(n int, out http.ResponseWriter) {
		arrived <- true
		if n == 0 {
			<-stuck
		}
		out.WriteHeader(http.StatusServiceUnavailable)
	})
	defer close(stuck)
	w.form("setWebhook", "url", r.url)
	must(t)(w.Start(anna, ""))
	must(t)(w.Start(2, ""))
	for range 3 { // one delivery hangs, the other has failed twice and waits
		<-arrived
	}
	closed := make(chan bool)
	go func() {
		w.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Fatal("the deliveries go on")
	}
}

package soap_test

import (
	"errors"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/fns/soap"
)

// errand is a receipt on its way, as a queue of jobs would carry it.
type errand struct {
	q    fns.QR
	id   string
	next time.Time
}

const (
	backOff   = 20 * time.Second
	firstPoll = 2 * time.Second
	pollEvery = 5 * time.Second
)

// step does what is due and reports whether the receipt was found. What is
// neither an answer nor a known refusal fails the test.
func (e *errand) step(w *world) bool {
	if e.id == "" {
		id, err := w.client.Send(w.t.Context(), e.q)
		e.id = id
		e.next = w.clock.Now().Add(firstPoll)
		e.put(w, err)
		return false
	}
	a, err := w.client.Poll(w.t.Context(), e.id)
	e.next = w.clock.Now().Add(pollEvery)
	if err != nil {
		e.put(w, err)
		return false
	}
	switch {
	case a.State == fns.Pending:
		return false
	case a.State == fns.Busy:
		e.id = ""
		return false
	case a.State == fns.Found && fns.Agree(e.q, a.Ticket) != nil:
		e.id = "" // the document of somebody else: ask anew
		return false
	case a.State != fns.Found:
		w.t.Fatalf("%s: %+v: a genuine receipt was rejected", e.q, a)
	}
	return true
}

// put puts an errand off for as long as a refusal asks.
func (e *errand) put(w *world, err error) {
	var quota *fns.QuotaError
	var rate *fns.RateError
	var temporary *fns.TemporaryError
	var access *fns.AccessError
	now := w.clock.Now()
	switch {
	case err == nil:
	case errors.Is(err, fns.ErrMessageGone):
		e.id = ""
	case errors.As(err, &quota):
		e.next = quota.Until
	case errors.As(err, &rate):
		e.next = now.Add(rate.RetryIn)
	case errors.As(err, &temporary):
		e.next = now.Add(max(backOff, temporary.RetryIn))
	case errors.As(err, &access): // the token fault struck twice in a row
		e.next = now.Add(backOff)
	default:
		w.t.Fatalf("%s: a refusal of no known kind: %v", e.q, err)
	}
}

// TestStorm sends 200 receipts through every trouble at once, on a small day
// quota: all are found in the end, none is rejected, and neither the rates nor
// the quota are overrun.
func TestStorm(t *testing.T) {
	const receipts, quota = 200, 250
	w := newWorld(t, fnssim.App{ID: "small", MasterToken: masterToken, DayQuota: quota, SendPerSecond: 10})
	w.config.SendsPerSecond = 10
	w.client = soap.NewClient(w.config)
	var errands []*errand
	for range receipts {
		errands = append(errands, &errand{q: w.mint(fnssim.Order{}), next: w.clock.Now()})
	}
	w.control(`{"fault":"internal@0.1,http502@0.1,drop@0.05,token@0.05,notFound@0.05,wrongJSON@0.1,otherReceipt@0.1,timeout@0.05,code503@0.05",
		"http429":0.02,"truncatedBody":0.05,"lostAnswer":0.1,"stuckProcessing":0.1,"extendedCodes":true,"dialect":"random cdata date","storeDepth":0}`)
	began, days := w.clock.Now(), 0
	for len(errands) > 0 {
		w.clock.Advance(100 * time.Millisecond)
		due := errands[0].next
		var left []*errand
		for _, e := range errands {
			if w.clock.Now().Before(e.next) || !e.step(w) {
				left = append(left, e)
			}
			if e.next.Before(due) {
				due = e.next
			}
		}
		if errands = left; due.After(w.clock.Now()) {
			w.clock.Advance(due.Sub(w.clock.Now()))
		}
		if days = int(w.clock.Now().Sub(began) / (24 * time.Hour)); days > 7 {
			t.Fatalf("%d receipts are still on their way after a week", len(errands))
		}
	}
	c := w.sim.Counts()
	t.Logf("%s of virtual time, %+v", w.clock.Now().Sub(began), c)
	if c.RateFaults != 0 || c.QuotaFaults > 3*(days+1) { // a fault whose body is cut is not understood
		t.Errorf("%+v in %d days; want no rate fault and hardly more than a quota fault a day", c, days)
	}
}

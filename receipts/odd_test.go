package receipts_test

import (
	"errors"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/receipts"
)

// TestDeniedCodeIsNotAskedAgain: a wrong sign is final, whoever sends it and
// how often; the right code of the same document is another code.
func TestDeniedCodeIsNotAskedAgain(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		honest := w.office.good()
		forged := honest
		forged.FP++
		w.office.always(fns.Answer{State: fns.Forged, Code: 406}, nil)
		w.is(w.bought(w.person(), forged), receipts.Rejected, receipts.ReasonForged, 0)
		sends := w.office.sent()
		for range 3 {
			w.is(w.bought(w.person(), forged), receipts.Rejected, receipts.ReasonForged, 0)
		}
		if n := w.office.sent() - sends; n != 0 {
			w.Errorf("asked %d times more about a denied code", n)
		}
		w.office.set(func() { w.office.answer = nil })
		w.is(w.bought(w.person(), honest), receipts.Accepted, "", 80)
	})
}

// TestUnusableAnswersGoToAPerson: the service answers about this very receipt,
// again and again, and never so that it can be used.
func TestUnusableAnswersGoToAPerson(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		for name, answer := range map[string]struct {
			answer fns.Answer
			err    error
		}{
			"another document": {fns.Answer{State: fns.Found, Code: 200, Ticket: fns.Ticket{Key: fns.Key{FN: "1", FD: 1, FP: 1}}}, nil},
			"broken ticket":    {fns.Answer{}, &fns.TemporaryError{Op: "poll", Answered: true, Err: errors.New("no ticket in it")}},
		} {
			w.each(name, func(w world) {
				w.office.always(answer.answer, answer.err)
				r := w.text(w.person(), w.office.good().String())
				for range 60 {
					w.pass(w.step(r.ID))
				}
				w.is(w.get(r.ID), receipts.Review, receipts.ReasonStrange, 0)
				w.told(r.ID, receipts.NoticeRead, receipts.NoticeUnavailable, receipts.NoticeReview)
			})
		}
	})
}

// TestAnOutageIsNobodysCase: what is not about the receipt is asked for ever.
func TestAnOutageIsNobodysCase(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.office.set(func() { w.office.sendErr = &fns.TemporaryError{Op: "send", Err: errors.New("no route")} })
		r := w.text(w.person(), w.office.good().String())
		for range 60 {
			w.pass(max(w.step(r.ID), time.Second))
		}
		w.is(w.get(r.ID), receipts.Checking, receipts.ReasonUnavailable, 0)
		w.office.set(func() { w.office.sendErr = nil })
		w.is(w.check(r.ID), receipts.Accepted, "", 80)
	})
}

// TestTicketsThatAPersonMustRead: without lines nothing can be said about the
// goods; with lines dearer than the whole something is wrong.
func TestTicketsThatAPersonMustRead(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.each("no lines", func(w world) {
			q := w.office.good()
			w.office.set(func() { t := w.office.tickets[q.Key]; t.Items = nil; w.office.tickets[q.Key] = t })
			w.is(w.bought(w.person(), q), receipts.Review, campaigns.RuleNoLines, 0)
		})
		w.each("lines dearer than the whole", func(w world) {
			q := w.office.good()
			w.office.set(func() {
				t := w.office.tickets[q.Key]
				t.Items = append(t.Items, kola(50, 8000))
				w.office.tickets[q.Key] = t
			})
			r := w.bought(w.person(), q)
			w.is(r, receipts.Review, fraud.RuleLinesTotal, 530)
		})
	})
}

package receipts_test

import (
	"fmt"
	"testing"
	"time"

	"promobot/fns"
	"promobot/receipts"
)

// TestOwnDuplicate is D01 and D03: whatever way the same document comes again.
func TestOwnDuplicate(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		id, q := w.person(), w.office.good()
		first := w.text(id, q.String())
		while := w.text(id, q.String())
		w.is(while, receipts.Rejected, receipts.ReasonDuplicateOwn, 0)
		if got := fmt.Sprint(while.Facts["first"], while.Facts["status"]); got != fmt.Sprint(first.ID, " checking") && got != fmt.Sprint(first.ID, "checking") {
			w.Errorf("facts %v, want the first receipt, which is being checked", while.Facts)
		}
		w.is(w.check(first.ID), receipts.Accepted, "", 80)
		reordered := fmt.Sprintf("https://example.org/?n=1&fp=%d&i=%d&fn=%s&s=1000&t=%s", q.FP, q.FD, q.FN, q.At.Format("20060102T150405"))
		again := w.photo(id, reordered)
		w.is(again, receipts.Rejected, receipts.ReasonDuplicateOwn, 0)
		if got := fmt.Sprint(again.Facts["points"]); got != "80" {
			w.Errorf("facts %v, want the 80 points of the first", again.Facts)
		}
		w.told(again.ID, receipts.ReasonDuplicateOwn)
		if w.office.sent() != 1 || w.balance(id).Available != 80 {
			w.Errorf("%d questions and %+v, want one and 80", w.office.sent(), w.balance(id))
		}
	})
}

func TestAnothersDuplicate(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		q := w.office.good()
		late := w.text(w.person(), q.String())
		w.is(w.bought(w.person(), q), receipts.Accepted, "", 80)
		sends := w.office.sent()
		w.is(w.check(late.ID), receipts.Rejected, receipts.ReasonDuplicate, 0)
		w.told(late.ID, receipts.NoticeRead, receipts.ReasonDuplicate)
		after := w.text(w.person(), q.String())
		w.is(after, receipts.Rejected, receipts.ReasonDuplicate, 0)
		if len(after.Facts) > 0 {
			w.Errorf("facts %v tell about another person's receipt", after.Facts)
		}
		if w.office.sent() != sends {
			w.Error("a question was spent on a duplicate")
		}
	})
}

// TestReceiptThatEarnedNothingIsUsedUp: a verified receipt stays one's own,
// whatever the terms made of it.
func TestReceiptThatEarnedNothingIsUsedUp(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		q := w.office.sell(bread(1000))
		w.is(w.bought(w.person(), q), receipts.Rejected, "campaign.no_promo", 0)
		w.is(w.text(w.person(), q.String()), receipts.Rejected, receipts.ReasonDuplicate, 0)
	})
}

// TestHundredSubmitOneReceipt is D02 grown up: all have asked the service
// before the first of them is settled.
func TestHundredSubmitOneReceipt(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		q := w.office.good()
		ids, people := make([]int64, 100), make([]int64, 100)
		for i := range ids {
			people[i] = w.person()
			ids[i] = w.text(people[i], q.String()).ID
		}
		for _, phase := range []string{"ask", "answer", "once more"} {
			atOnce(len(ids), func(i int) {
				if _, err := w.receipts.Check(t.Context(), ids[i]); err != nil {
					w.Error(phase, err)
				}
			})
			w.pass(3 * time.Second)
		}
		paid := 0
		for i, id := range ids {
			r := w.get(id)
			if r.Status == receipts.Accepted {
				paid++
				w.is(r, receipts.Accepted, "", 80)
				w.told(id, receipts.NoticeRead, receipts.NoticeAccepted)
				continue
			}
			w.is(r, receipts.Rejected, receipts.ReasonDuplicate, 0)
			w.told(id, receipts.NoticeRead, receipts.ReasonDuplicate)
			if b := w.balance(people[i]); b.Available+b.Held != 0 {
				w.Errorf("participant %d has %+v for a duplicate", people[i], b)
			}
		}
		if paid != 1 || w.office.sent() != 100 {
			w.Errorf("%d are paid after %d questions, want one after 100", paid, w.office.sent())
		}
	})
}

// TestGuessBlocksNobody: a claim with a wrong sign, a changed sum or another
// minute never keeps the owner of the receipt from the points.
func TestGuessBlocksNobody(t *testing.T) {
	forgeries := map[string]func(q *fns.QR){
		"sign": func(q *fns.QR) { q.FP++ }, "sum": func(q *fns.QR) { q.Total++ }, "minute": func(q *fns.QR) { q.At = q.At.Add(time.Minute) },
	}
	eachWorld(t, nil, func(w world) {
		for name, forge := range forgeries {
			w.each(name, func(w world) {
				honest := w.office.good()
				guess := honest
				forge(&guess)
				thief, owner := w.text(w.person(), guess.String()), w.text(w.person(), honest.String())
				w.step(thief.ID)
				w.is(w.check(owner.ID), receipts.Accepted, "", 80)
				if r := w.check(thief.ID); r.Status != receipts.Rejected || r.VerifiedAt != nil {
					w.Errorf("%+v, want a rejection", r)
				}
			})
		}
	})
}

// TestMismatchClaimsNothing is D04: a ticket that differs from its code.
func TestMismatchClaimsNothing(t *testing.T) {
	changes := map[string]func(t *fns.Ticket){
		"sum":       func(t *fns.Ticket) { t.Total-- },
		"minute":    func(t *fns.Ticket) { t.At = t.At.Add(-time.Minute) },
		"operation": func(t *fns.Ticket) { t.Operation = fns.SaleReturn },
	}
	eachWorld(t, nil, func(w world) {
		for field, change := range changes {
			w.each(field, func(w world) {
				q := w.office.good()
				honest := w.office.tickets[q.Key]
				wrong := honest
				change(&wrong)
				w.office.always(fns.Answer{State: fns.Found, Code: 200, Ticket: wrong}, nil)
				r := w.bought(w.person(), q)
				w.is(r, receipts.Rejected, receipts.ReasonMismatch, 0)
				if r.Facts["field"] != field || r.VerifiedAt != nil {
					w.Errorf("facts %v, want %s", r.Facts, field)
				}
				w.office.set(func() { w.office.answer = nil })
				w.is(w.bought(w.person(), q), receipts.Accepted, "", 80)
			})
		}
	})
}

// TestRejectedClaimMayBeSentAgain: a receipt that could not be found is not
// used up, not even for its owner.
func TestRejectedClaimMayBeSentAgain(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		id, q := w.person(), w.office.good()
		w.office.always(fns.Answer{State: fns.NotYet, Code: 404}, nil)
		w.is(w.bought(id, q), receipts.Rejected, receipts.ReasonNotFound, 0)
		w.office.set(func() { w.office.answer = nil })
		w.is(w.bought(id, q), receipts.Accepted, "", 80)
	})
}

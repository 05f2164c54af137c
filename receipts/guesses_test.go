package receipts_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/events"
	"promobot/receipts"
)

// typed submits fields that were typed.
func (w world) typed(id int64, q fns.QR) receipts.Receipt {
	w.Helper()
	return w.send(receipts.Submission{ParticipantID: id, Way: receipts.ByTyped, Text: q.String()})
}

// wrong types a receipt that the fiscal service denies, and checks it.
func (w world) wrong(id int64) receipts.Receipt {
	w.Helper()
	return w.check(w.typed(id, w.office.forged()).ID)
}

// cooled compares what a typed receipt is refused with during a pause.
func (w world) cooled(r receipts.Receipt, want string) {
	w.Helper()
	w.is(r, receipts.Rejected, receipts.ReasonCooldown, 0)
	got := fmt.Sprint(r.Facts["problem"])
	if until, ok := r.Facts["until"].(string); ok {
		at, err := time.Parse(time.RFC3339, until)
		if err != nil {
			w.Fatal(err)
		}
		got = at.Sub(w.clock()).Round(time.Second).String()
	}
	if got != want {
		w.Errorf("facts %v, want %s", r.Facts, want)
	}
	w.told(r.ID, receipts.ReasonCooldown)
}

// TestLadderOfGuesses: three wrong ones in a day, then a pause of a quarter of
// an hour, then one of a day, then a person.
func TestLadderOfGuesses(t *testing.T) {
	eachWorld(t, lenient, func(w world) {
		me, another := w.person(), w.person()
		for range 3 {
			w.is(w.wrong(me), receipts.Rejected, receipts.ReasonForged, 0)
		}
		w.cooled(w.typed(me, w.office.good()), "15m0s")
		w.cooled(w.text(me, w.office.good().String()), "15m0s")
		w.is(w.check(w.photo(me, w.office.good().String()).ID), receipts.Accepted, "", 80)
		w.is(w.check(w.typed(another, w.office.good()).ID), receipts.Accepted, "", 80)

		w.pass(15 * time.Minute)
		w.is(w.check(w.typed(me, w.office.good()).ID), receipts.Accepted, "", 30)
		w.is(w.wrong(me), receipts.Rejected, receipts.ReasonForged, 0)
		begun := w.clock()
		w.cooled(w.typed(me, w.office.good()), "24h0m0s")
		w.pass(24*time.Hour - time.Second)
		w.cooled(w.typed(me, w.office.good()), "1s")
		w.pass(time.Second)

		for range 3 {
			w.is(w.wrong(me), receipts.Rejected, receipts.ReasonForged, 0)
		}
		handed := w.typed(me, w.office.good())
		w.is(handed, receipts.Review, receipts.ReasonGuesses, 0)
		w.cooled(w.typed(me, w.office.good()), "case")
		w.pass(48 * time.Hour)
		w.cooled(w.typed(me, w.office.good()), "case")

		w.decided(handed, w.receipts.Refuse)
		again := w.typed(me, w.office.good())
		w.is(again, receipts.Review, receipts.ReasonGuesses, 0)
		w.decided(again, w.receipts.Approve)
		w.is(w.check(again.ID), receipts.Accepted, "", 30)
		for range 2 {
			w.is(w.wrong(me), receipts.Rejected, receipts.ReasonForged, 0)
		}
		w.is(w.check(w.typed(me, w.office.good()).ID), receipts.Accepted, "", 30)
		w.Logf("the ladder took %s", w.clock().Sub(begun))
	})
}

// lenient takes receipts of any age.
func lenient(t *campaigns.Terms) { t.MaxAgeDays = 0 }

// decided decides the case of a receipt.
func (w world) decided(r receipts.Receipt, how func(ctx context.Context, caseID int64, by, note string) error) {
	w.Helper()
	if err := how(context.Background(), w.openCase(r.ID).ID, "anna", ""); err != nil {
		w.Fatal(err)
	}
}

// TestGuessesAreCountedInASlidingDay: the border of the window, and what does
// not count.
func TestGuessesAreCountedInASlidingDay(t *testing.T) {
	eachWorld(t, lenient, func(w world) {
		me := w.person()
		w.wrong(me)
		w.pass(23 * time.Hour)
		w.wrong(me)
		w.pass(time.Hour)
		w.wrong(me)
		w.is(w.check(w.typed(me, w.office.good()).ID), receipts.Accepted, "", 80)
		w.pass(22 * time.Hour)
		w.wrong(me)
		w.cooled(w.typed(me, w.office.good()), "15m0s")

		photos := w.person()
		for range 5 {
			w.is(w.check(w.photo(photos, w.office.forged().String()).ID), receipts.Rejected, receipts.ReasonForged, 0)
		}
		for _, text := range []string{"t=20260305T0900&s=abc&fn=1&i=1&fp=1", "ничего", "t=20200305T0900&s=1500.00&fn=7380440800123456&i=1&fp=1&n=1"} {
			if r := w.text(photos, text); r.Status != receipts.Rejected || strings.HasPrefix(r.Reason, "fns.") {
				w.Errorf("%q is %s %s, want a refusal by the code alone", text, r.Status, r.Reason)
			}
		}
		w.is(w.check(w.typed(photos, w.office.good()).ID), receipts.Accepted, "", 80)
	})
}

// TestGuessesAtOnce: of twenty that are typed at the same moment no more reach
// the fiscal service than the ladder allows, and honest ones all pass.
func TestGuessesAtOnce(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		me, honest := w.person(), w.person()
		ids, good := make([]int64, 20), make([]int64, 5)
		atOnce(len(ids), func(i int) { ids[i] = w.typed(me, w.office.forged()).ID })
		atOnce(len(good), func(i int) { good[i] = w.typed(honest, w.office.good()).ID })
		w.checkAll(slices.Concat(ids, good))
		denied, cooled := 0, 0
		for _, id := range ids {
			switch r := w.get(id); r.Reason {
			case receipts.ReasonForged:
				denied++
			case receipts.ReasonCooldown:
				cooled++
			}
		}
		if denied != 3 || cooled != 17 || w.office.sent() != 3+len(good) {
			w.Errorf("%d denied, %d cooled, %d questions; want 3, 17, %d", denied, cooled, w.office.sent(), 3+len(good))
		}
		for _, id := range good {
			if r := w.get(id); r.Status != receipts.Accepted {
				w.Errorf("an honest one is %s %s", r.Status, r.Reason)
			}
		}
	})
}

// checkAll steps all receipts at once, each after the pause that it asks for,
// until all work is done.
func (w world) checkAll(ids []int64) {
	w.Helper()
	due := make([]time.Time, len(ids))
	for range 400 {
		left := atomic.Int64{}
		atOnce(len(ids), func(i int) {
			if due[i].After(w.clock()) {
				left.Add(1)
				return
			}
			again, err := w.receipts.Check(context.Background(), ids[i])
			if err != nil {
				w.Error(err)
			}
			if again > 0 {
				left.Add(1)
				due[i] = w.clock().Add(again)
			}
		})
		if left.Load() == 0 {
			return
		}
		w.pass(500 * time.Millisecond)
	}
	w.Error("receipts are still being checked")
}

func TestLadderIsSwitchedOff(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.receipts = w.ruled(fraud.Rules{})
		me := w.person()
		for range 6 {
			w.is(w.wrong(me), receipts.Rejected, receipts.ReasonForged, 0)
		}
		if c, err := w.receipts.Cooldown(context.Background(), w.db.Read(context.Background()), me); err != nil || c.Paused() {
			w.Errorf("%+v (%v), want no pause", c, err)
		}
	})
}

// TestLateTillBarsAtTen: receipts that the store does not have yet are no
// guesses, up to a number.
func TestLateTillBarsAtTen(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		me := w.person()
		w.office.always(fns.Answer{State: fns.NotYet, Code: 404}, nil)
		for range 10 {
			r := w.typed(me, w.office.forged())
			for range 2 {
				w.pass(w.step(r.ID))
			}
			w.is(w.get(r.ID), receipts.Waiting, receipts.ReasonNotYet, 0)
		}
		w.cooled(w.typed(me, w.office.forged()), "open")
	})
}

// appealed disputes the refusal of a guess.
func (w world) appealed(r receipts.Receipt) {
	w.Helper()
	if _, err := w.appeal(r.ParticipantID, r.ID); err != nil {
		w.Fatal(err)
	}
}

// TestAppealBuysNoGuess: a wrong guess counts while its appeal is open, when it
// is refused, and while the service is asked anew, until its receipt is accepted.
func TestAppealBuysNoGuess(t *testing.T) {
	for name, tt := range map[string]struct {
		decide func(w world, r receipts.Receipt) // the appeal
		paused bool                              // by the third wrong one
	}{
		"open":                         {func(world, receipts.Receipt) {}, true},
		"refused":                      {func(w world, r receipts.Receipt) { w.decided(r, w.receipts.Refuse) }, true},
		"granted, asked about anew":    {func(w world, r receipts.Receipt) { w.decided(r, w.receipts.Approve) }, true},
		"granted, and denied again":    {func(w world, r receipts.Receipt) { w.decided(r, w.receipts.Approve); w.check(r.ID) }, true},
		"granted, and accepted by now": {func(w world, r receipts.Receipt) { w.decided(r, w.receipts.Approve); w.proved(r) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			eachWorld(t, lenient, func(w world) {
				me := w.person()
				for range 2 {
					r := w.wrong(me)
					w.appealed(r)
					tt.decide(w, r)
				}
				if !tt.paused {
					for range 2 {
						w.is(w.wrong(me), receipts.Rejected, receipts.ReasonForged, 0)
					}
					w.is(w.check(w.typed(me, w.office.good()).ID), receipts.Accepted, "", 30)
				}
				w.is(w.wrong(me), receipts.Rejected, receipts.ReasonForged, 0)
				w.cooled(w.typed(me, w.office.good()), "15m0s")
			})
		})
	}
}

// proved lets the fiscal service find what it denied, and checks it again.
func (w world) proved(r receipts.Receipt) {
	w.Helper()
	q, err := fns.ParseQR(r.Code)
	if err != nil {
		w.Fatal(err)
	}
	ticket := fns.Ticket{Key: q.Key, Operation: q.Operation, At: q.At, Total: q.Total, SellerINN: "7700000001",
		Items: []fns.Item{kola(3, 300), bread(700)}}
	w.office.set(func() { w.office.tickets[q.Key] = ticket })
	if r = w.check(r.ID); r.Status != receipts.Accepted {
		w.Errorf("%s %s, want it accepted", r.Status, r.Reason)
	}
}

// TestGuessCountsOnce: a late end of its appeal neither makes it younger nor a
// second guess.
func TestGuessCountsOnce(t *testing.T) {
	eachWorld(t, lenient, func(w world) {
		me := w.person()
		first := w.wrong(me)
		w.appealed(first)
		w.wrong(me)
		w.wrong(me)
		w.cooled(w.typed(me, w.office.good()), "15m0s")
		w.pass(15 * time.Minute)
		w.decided(first, w.receipts.Approve)
		w.is(w.check(first.ID), receipts.Rejected, receipts.ReasonForged, 0)
		w.is(w.check(w.typed(me, w.office.good()).ID), receipts.Accepted, "", 80)

		another := w.person()
		old := w.wrong(another)
		w.appealed(old)
		w.pass(24 * time.Hour)
		w.decided(old, w.receipts.Refuse)
		for range 2 {
			w.wrong(another)
		}
		w.is(w.check(w.typed(another, w.office.good()).ID), receipts.Accepted, "", 80)
	})
}

// TestPauseStandsInTheTimeline: once, with its step.
func TestPauseStandsInTheTimeline(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		me := w.person()
		for range 3 {
			w.wrong(me)
		}
		list, err := events.After(context.Background(), w.db.Read(context.Background()), 0, 100)
		if err != nil {
			w.Fatal(err)
		}
		var steps []any
		for _, e := range list {
			if e.Kind == receipts.EventPaused {
				steps = append(steps, e.Data["step"])
			}
		}
		if fmt.Sprint(steps) != "[1]" {
			w.Errorf("pauses %v recorded, want the first step once", steps)
		}
	})
}

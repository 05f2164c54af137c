package receipts_test

import (
	"context"
	"testing"
	"time"

	"promobot/fraud"
	"promobot/internal/notify"
	"promobot/points"
	"promobot/receipts"
)

// release settles a receipt that was put off, if its time has come.
func (w world) release(id int64) time.Duration {
	w.Helper()
	again, err := w.receipts.Release(context.Background(), id)
	if err != nil {
		w.Fatal(err)
	}
	return again
}

// toldOf are the keys of what was told about a subject, in order.
func (w world) toldOf(subject string, want ...string) {
	w.Helper()
	var keys []string
	err := w.db.Read(context.Background()).Model(&notify.Notice{}).Where("subject = ?", subject).Order("id").Pluck("key", &keys).Error
	if err != nil || len(keys) != len(want) {
		w.Fatalf("%s: told %v (%v), want %v", subject, keys, err, want)
	}
	for i := range want {
		if keys[i] != want[i] {
			w.Errorf("%s: told %v, want %v", subject, keys, want)
		}
	}
}

// rulesOf makes one rule of a tier that hits every receipt of a thousand
// roubles.
func rulesOf(tier string, more ...string) fraud.Rules {
	text := "rules:\n  - {id: fraud.thousand, when: 'total == 100000', tier: " + tier + "}\n"
	for _, rule := range more {
		text += "  - {" + rule + "}\n"
	}
	return must(fraud.Parse([]byte(text)))
}

// TestSlow puts a settlement off by minutes; nothing is held meanwhile.
func TestSlow(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.strictly(rulesOf("slow"))
		id := w.person()
		r := w.bought(id, w.office.good())
		w.is(r, receipts.Held, "fraud.thousand", 0)
		if left := w.release(r.ID); left != 10*time.Minute || w.balance(id) != (points.Balance{}) {
			w.Errorf("%s to wait, balance %+v; want ten minutes and nothing", left, w.balance(id))
		}
		w.pass(10*time.Minute - time.Second)
		if left := w.release(r.ID); left != time.Second {
			w.Errorf("%s to wait, want a second", left)
		}
		w.pass(time.Second)
		atOnce(5, func(int) { w.release(r.ID) })
		w.is(w.get(r.ID), receipts.Accepted, "", 80)
		w.told(r.ID, receipts.NoticeRead, receipts.NoticeSlow, receipts.NoticeAccepted)
		if w.balance(id) != (points.Balance{Available: 80}) {
			w.Errorf("balance %+v", w.balance(id))
		}
	})
}

// TestHold sets points aside and releases them by itself.
func TestHold(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.strictly(rulesOf("hold"))
		id := w.person()
		r := w.bought(id, w.office.good())
		w.is(r, receipts.Held, "fraud.thousand", 30)
		if w.balance(id) != (points.Balance{Held: 30}) {
			w.Errorf("balance %+v, want 30 held", w.balance(id))
		}
		w.pass(24 * time.Hour)
		atOnce(5, func(int) { w.release(r.ID) })
		w.is(w.get(r.ID), receipts.Accepted, "", 80)
		w.told(r.ID, receipts.NoticeRead, receipts.NoticeHold, receipts.NoticeAccepted)
		if w.balance(id) != (points.Balance{Available: 80}) {
			w.Errorf("balance %+v", w.balance(id))
		}
		again := w.bought(id, w.office.sellAt(w.clock().Add(-time.Hour), kola(3, 300), bread(700)))
		w.is(again, receipts.Held, "fraud.thousand", 30)
	})
}

// TestSomethingNewSpeaksAgainstAHeldReceipt: more of one day come, and a person
// decides; nothing is held twice.
func TestSomethingNewSpeaksAgainstAHeldReceipt(t *testing.T) {
	for tier, more := range map[string]string{
		"hold": "id: fraud.many, measure: count receipts, by: participant, window: 1h, limit: 2, tier: review",
		"slow": "id: fraud.many, measure: count receipts, by: participant, window: 1h, limit: 2, tier: review",
	} {
		t.Run(tier, func(t *testing.T) {
			eachWorld(t, nil, func(w world) {
				w.strictly(rulesOf(tier, more))
				id := w.person()
				first, second, third := w.bought(id, w.office.good()), w.bought(id, w.office.good()), w.bought(id, w.office.good())
				if first.Status != receipts.Held || second.Status != receipts.Held {
					w.Errorf("%s, %s; want both held", first.Status, second.Status)
				}
				w.is(third, receipts.Review, "fraud.many", 30)
				w.pass(24 * time.Hour)
				w.release(first.ID)
				w.release(second.ID)
				w.is(w.get(first.ID), receipts.Review, "fraud.many", 30)
				if w.balance(id) != (points.Balance{Held: 90}) {
					w.Errorf("balance %+v, want 90 held", w.balance(id))
				}
				if err := w.approve(w.openCase(first.ID).ID); err != nil {
					w.Fatal(err)
				}
				if err := w.refuse(w.openCase(second.ID).ID); err != nil {
					w.Fatal(err)
				}
				w.is(w.get(first.ID), receipts.Accepted, "", 80)
				w.is(w.get(second.ID), receipts.Rejected, receipts.ReasonCaseRefused, 0)
				if w.balance(id) != (points.Balance{Available: 80, Held: 30}) {
					w.Errorf("balance %+v", w.balance(id))
				}
			})
		})
	}
}

// TestSlowThenHold: of two rules the milder is served, then the other.
func TestSlowThenHold(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.strictly(rulesOf("slow", "id: fraud.pair, measure: count receipts, by: participant, window: 1h, limit: 1, tier: hold"))
		id := w.person()
		first := w.bought(id, w.office.good())
		second := w.bought(id, w.office.sell(kola(3, 300), bread(800)))
		w.is(first, receipts.Held, "fraud.thousand", 0)
		w.is(second, receipts.Held, "fraud.pair", 30)
		w.pass(10 * time.Minute)
		w.release(first.ID)
		w.is(w.get(first.ID), receipts.Held, "fraud.pair", 30)
		w.pass(24 * time.Hour)
		w.release(first.ID)
		w.release(second.ID)
		if w.balance(id) != (points.Balance{Available: 110}) {
			w.Errorf("balance %+v, want both paid", w.balance(id))
		}
	})
}

package receipts_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"promobot/fraud"
	"promobot/receipts"
)

// TestElevenPeopleAtOneTill is D09: of fourteen people who are settled at the
// same moment ten pass, the till is marked, and the case lists them all.
func TestElevenPeopleAtOneTill(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.strictly(fraud.Standard())
		ids := make([]int64, 14)
		for i := range ids {
			ids[i] = w.text(w.person(), w.office.good().String()).ID
			w.step(ids[i])
		}
		w.pass(2 * time.Second)
		atOnce(len(ids), func(i int) {
			if _, err := w.receipts.Check(context.Background(), ids[i]); err != nil {
				w.Error(err)
			}
		})
		counts, last := map[receipts.Status]int{}, int64(0)
		for _, id := range ids {
			r := w.get(id)
			if counts[r.Status]++; r.Status == receipts.Review {
				w.is(r, receipts.Review, fraud.RuleTillPeople, 30)
				last = id
			}
		}
		if fmt.Sprint(counts) != "map[accepted:10 review:4]" {
			w.Fatalf("%v, want ten accepted and four looked at", counts)
		}
		d, err := w.receipts.Dossier(context.Background(), w.db.Read(context.Background()), w.openCase(last).ID)
		if err != nil || len(d.Till) != 14 || d.Marked == nil || d.Case.Score != 60 || d.Case.Rules == "" || len(d.Lines) != 2 || d.Terms != "spring/1" || len(d.Timeline) < 4 {
			w.Errorf("%d at the till, marked %v, score %d, %d lines, terms %s, %d events (%v)", len(d.Till), d.Marked, d.Case.Score, len(d.Lines), d.Terms, len(d.Timeline), err)
		}
	})
}

// TestManyReceiptsOfOneTill is D08: the first of one person pass, none of the
// rest is paid by itself.
func TestManyReceiptsOfOneTill(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.strictly(fraud.Standard())
		id, ids := w.person(), make([]int64, 20)
		for i := range ids {
			ids[i] = w.text(id, w.office.good().String()).ID
			w.step(ids[i])
			w.pass(20 * time.Second)
		}
		for i, r := range ids {
			if got := w.check(r); i < 5 && got.Status != receipts.Accepted || i >= 5 && (got.Status != receipts.Review || got.Reason != fraud.RuleTillBurst) {
				w.Errorf("receipt %d: %s %s", i+1, got.Status, got.Reason)
			}
		}
	})
}

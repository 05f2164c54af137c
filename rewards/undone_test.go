package rewards_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/points"
	"promobot/prizes"
	"promobot/prizes/supply"
)

// TestAReturnedPricePaysADebtFirst: an order failed after its owner came to owe
// points; what he paid for it is not his to spend again before the debt is.
func TestAReturnedPricePaysADebtFirst(t *testing.T) {
	eachWorld(t, func(w world) {
		w.returning(campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Withdraw})
		w.sources("supplier:alpha")
		alpha := &depot{}
		alpha.meets(failing("refused"))
		orders := w.supplied(map[string]supply.Supplier{"alpha": alpha})
		id := w.paid(300)
		if c, err := w.choose(id, "mug", "update:1"); err != nil || !c.Ordered {
			w.Fatalf("%+v, %v; want it ordered", c, err)
		}
		if _, err := w.back(id, fmt.Sprint("receipt:", id), 1, lines(200)); err != nil {
			w.Fatal(err)
		}
		w.advance(orders, w.openOrders()[0])
		if b := w.balance(id); b != (points.Balance{Available: 100}) {
			w.Errorf("%+v, want the debt of 200 paid out of the 300 that came back", b)
		}
		w.whole()
	})
}

// TestAReplacementIsWithdrawn: its price was paid for the certificate that did
// not work, and comes back as lots of then.
func TestAReplacementIsWithdrawn(t *testing.T) {
	eachWorld(t, func(w world) {
		w.returning(campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Withdraw})
		id := w.paid(300)
		had := w.spend(id, "mug", true)[0]
		w.stock("mug", "more", 2)
		ctx := context.Background()
		replaced := func(certificate int64) (a prizes.Award) {
			err := w.locked(id, func(ctx context.Context, tx *store.Tx) (err error) {
				if err := w.desk.Complain(ctx, tx, id, certificate, prizes.ProblemUsed); err != nil {
					return err
				}
				a, err = w.shop.Replace(ctx, tx, certificate)
				return err
			})
			if err != nil {
				w.Fatal(err)
			}
			return a
		}
		first := replaced(had.ID)
		if err := w.open(id, first.Certificate.ID); err != nil {
			w.Fatal(err)
		}
		w.now.Add(time.Hour.Microseconds())
		second := replaced(first.Certificate.ID)
		got, err := w.back(id, fmt.Sprint("receipt:", id), 1, lines(300))
		if err != nil || len(got.Withdrawn) != 1 || got.Withdrawn[0].ID != second.Certificate.ID || w.balance(id) != (points.Balance{}) {
			w.Errorf("withdrew %+v, balance %+v (%v); want the second replacement and nothing owed", got.Withdrawn, w.balance(id), err)
		}
		if paid, err := w.shop.PaidSource(ctx, w.db.Read(ctx), second.Source); err != nil || paid != fmt.Sprint("update:mug", id) {
			w.Errorf("paid by %q, %v", paid, err)
		}
		w.whole()
	})
}

package backtest_test

import (
	"context"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/store"
	"promobot/receipts"
)

// TestReplayOfNamesThatWereTaughtAndUndone: what a name brought, lost and brought
// again is what the books say, also beside a limit of receipts.
func TestReplayOfNamesThatWereTaughtAndUndone(t *testing.T) {
	eachWorld(t, 7, func(w *world) {
		ctx, terms := context.Background(), spring()
		terms.Returns = campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Keep}
		w.apply(terms)
		id := w.registers(1)
		odd := fns.Item{Name: "НП ЯСК 05", Quantity: 2 * fns.Unit, Sum: 400_00, PaymentType: 4}
		buys := func(items ...fns.Item) receipts.Receipt {
			w.pass(time.Hour)
			return w.buy(id, w.clock().Add(-time.Hour), items...)
		}
		teach := func() (a receipts.Alias) {
			w.must(func(ctx context.Context, tx *store.Tx) (err error) {
				a, err = w.receipts.Teach(ctx, tx, receipts.Alias{Name: odd.Name, SKU: "kola", TaughtBy: "anna"})
				return err
			})
			if _, _, err := w.receipts.ApplyAlias(ctx, a.ID); err != nil {
				w.Fatal(err)
			}
			return a
		}
		only, mixed := buys(odd, bread(900_00)), buys(odd, kola(2, 200_00), bread(900_00))
		a := teach()
		next := buys(odd, bread(900_00))
		w.must(func(ctx context.Context, tx *store.Tx) error {
			_, err := w.receipts.UndoAlias(ctx, tx, a.ID, "anna", receipts.UndoTakeBack)
			return err
		})
		if effect, _, err := w.receipts.ApplyAlias(ctx, a.ID); err != nil || effect.Receipts != 3 {
			w.Fatalf("%+v, %v; want three receipts to lose something", effect, err)
		}
		w.reproduces()
		teach()
		for _, r := range []receipts.Receipt{only, mixed, next} {
			if now, err := w.receipts.ByID(ctx, w.db.Read(ctx), r.ID); err != nil || now.Status != receipts.Accepted || now.Points == 0 {
				w.Errorf("receipt %d is %s %s with %d points (%v), want it paid again", r.ID, now.Status, now.Reason, now.Points, err)
			}
		}
		w.reproduces()
	})
}

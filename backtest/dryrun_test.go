package backtest_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"promobot/backtest"
	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/store"
	"promobot/points"
	"promobot/receipts"
)

// TestDryRun sets the draft beside what was done, each receipt alone.
func TestDryRun(t *testing.T) {
	eachWorld(t, 1, func(w *world) {
		w.apply(plain())
		anna, morning := w.registers(1), noon.Add(-3*time.Hour)
		first := w.buy(anna, morning, kola(3, 300_00), bread(800_00))
		second := w.buy(anna, morning, chips(1, 100_00), bread(1000_00))
		draft := plain()
		draft.PerProduct, draft.PerSKU, draft.ReceiptsDay, draft.FirstReceipt = 4, map[string]points.Amount{"chips": 0}, 1, 50
		dry := func(c backtest.Chosen) []backtest.Effect { return w.dry(draft, c) }
		all := dry(backtest.Chosen{Last: 9})
		if len(all) != 2 || all[0].ReceiptID != first.ID || all[0].Was.Points != 30 || all[0].Would.Points != 62 ||
			all[0].Would.Parts[campaigns.PartFirst] != 50 || all[0].Lines[0].Was != 30 || all[0].Lines[0].Would != 12 || all[0].Lines[0].SKU != "kola" {
			w.Errorf("%+v, want 30 → 62", all)
		}
		if would := all[1].Would; would.Status != receipts.Rejected || would.Reason != campaigns.RuleDayLimit || would.Points != 0 {
			w.Errorf("%+v, want it beyond the day's limit", all[1])
		}
		if one := dry(backtest.Chosen{ID: second.ID}); !reflect.DeepEqual(one, all[1:]) {
			w.Errorf("%+v, want %+v", one, all[1:])
		}
		if last := dry(backtest.Chosen{Last: 1}); !reflect.DeepEqual(last, all[1:]) {
			w.Errorf("%+v, want the last", last)
		}
		ctx := context.Background()
		if _, err := backtest.DryRun(ctx, w.db.Read(ctx), &campaigns.Book{}, draft, backtest.Chosen{ID: 99}); !errors.Is(err, backtest.ErrNotVerified) {
			w.Errorf("%v, want ErrNotVerified", err)
		}
	})
}

// brings goods of a sale back to the shop.
func (w *world) brings(sale receipts.Receipt, items ...fns.Item) {
	w.Helper()
	w.pass(time.Hour)
	r := w.sends(sale.ParticipantID, w.office.sell(fns.Ticket{Operation: fns.SaleReturn, At: w.clock(), SellerINN: "7700000001", Items: items}))
	if r.Status != receipts.Returned {
		w.Fatalf("%+v, want it returned", r)
	}
}

// TestDryRunOfWhatIsLeft: goods that went back and names that were undone count
// neither for the draft nor against it.
func TestDryRunOfWhatIsLeft(t *testing.T) {
	eachWorld(t, 1, func(w *world) {
		ctx, terms := context.Background(), plain()
		terms.FirstReceipt, terms.Focus, terms.Returns = 50, spring().Focus, campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Keep}
		w.apply(terms)
		anna, boris, vera := w.registers(1), w.registers(2), w.registers(3)
		odd := item("НП ЯСК 05", "", 2, 200_00)
		var a receipts.Alias
		w.must(func(ctx context.Context, tx *store.Tx) (err error) {
			a, err = w.receipts.Teach(ctx, tx, receipts.Alias{Name: odd.Name, SKU: "kola", TaughtBy: "anna"})
			return err
		})
		at := noon.Add(-time.Hour)
		part := w.buy(anna, at, kola(3, 330_00), bread(900_00))
		whole := w.buy(anna, at, kola(2, 240_00), bread(1001_00))
		below := w.buy(anna, at, kola(2, 260_00), chips(1, 100_00), bread(800_00))
		mixed := w.buy(boris, at, kola(1, 100_00), odd, bread(1002_00))
		only := w.buy(boris, at, odd, bread(1003_00))
		more := w.buy(vera, at, kola(1, 100_00), doubtful(2, 100_00), bread(900_00))
		lines, err := receipts.OpenLines(ctx, w.db.Read(ctx), 9)
		if err != nil || len(lines) != 1 {
			w.Fatalf("%+v, %v; want one line in doubt", lines, err)
		}
		if err := w.receipts.PlaceLine(ctx, lines[0].ID, receipts.LineApproved); err != nil {
			w.Fatal(err)
		}
		w.brings(part, kola(1, 110_00))
		w.brings(whole, kola(2, 240_00), bread(1001_00))
		w.brings(below, kola(2, 260_00))
		w.must(func(ctx context.Context, tx *store.Tx) error {
			_, err := w.receipts.UndoAlias(ctx, tx, a.ID, "anna", receipts.UndoTakeBack)
			return err
		})
		if _, _, err := w.receipts.ApplyAlias(ctx, a.ID); err != nil {
			w.Fatal(err)
		}
		w.reproduces()
		draft := terms
		draft.PerProduct, draft.FirstReceipt, draft.Minimum = 4, 20, 900_00
		draft.Focus = []campaigns.Focus{terms.Focus[0]}
		draft.Focus[0].Points = 1
		for _, tt := range []struct {
			name       string
			r          receipts.Receipt
			was, would points.Amount
			status     receipts.Status // by the draft
		}{
			{"two of three are left", part, 73, 29, receipts.Accepted},
			{"nothing is left", whole, 0, 0, receipts.Reversed},
			{"too little is left, but enough for the draft", below, 0, 4, receipts.Accepted},
			{"a name counts no more", mixed, 63, 25, receipts.Accepted},
			{"a line counts that did not, beside what is given once", more, 83, 33, receipts.Accepted},
			{"the only name counts no more", only, 0, 0, receipts.Reversed},
		} {
			e := w.dry(draft, backtest.Chosen{ID: tt.r.ID})[0]
			if e.Was.Points != tt.was || e.Would.Points != tt.would || e.Would.Status != tt.status {
				w.Errorf("%s: %+v, want %d → %s %d", tt.name, e, tt.was, tt.status, tt.would)
			}
		}
	})
}

// twice are terms that give twice as much for all, and bound nothing.
func twice(t campaigns.Terms) campaigns.Terms {
	t.PerProduct, t.FirstReceipt, t.PerSKU = 2*t.PerProduct, 2*t.FirstReceipt, map[string]points.Amount{"chips": 2 * t.PerSKU["chips"]}
	t.Bonus = append([]campaigns.BonusDay{}, t.Bonus...)
	t.Focus = append([]campaigns.Focus{}, t.Focus...)
	for i := range t.Bonus {
		t.Bonus[i].Add *= 2
	}
	for i := range t.Focus {
		t.Focus[i].Points *= 2
	}
	return t
}

// TestDryRunOfTwiceIsTwice what was done, whatever happened to the receipt.
func TestDryRunOfTwiceIsTwice(t *testing.T) {
	eachWorld(t, 11, func(w *world) {
		terms := spring()
		terms.Budget, terms.Returns = campaigns.Budget{}, campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Keep}
		w.apply(terms)
		people := []int64{w.registers(1), w.registers(2), w.registers(2), w.registers(3)}
		for range 90 {
			q := w.buys()
			sale := w.sends(people[w.dice.IntN(4)], q)
			w.pass(time.Duration(w.dice.IntN(120)) * time.Minute)
			if sold := w.office.tickets[q.String()]; sale.Status == receipts.Accepted && w.dice.IntN(3) == 0 {
				w.brings(sale, sold.Items[w.dice.IntN(2)*(len(sold.Items)-1):]...)
			}
			w.goesOn(people)
		}
		w.reproduces()
		seen := map[receipts.Status]int{}
		for _, e := range w.dry(twice(terms), backtest.Chosen{Last: 1000}) {
			seen[e.Was.Status]++
			if e.Would.Points != 2*e.Was.Points && e.Was.Status.Final() || e.Would.Status != e.Was.Status {
				w.Errorf("%+v, want twice as much", e)
			}
		}
		for _, status := range []receipts.Status{receipts.Accepted, receipts.Reversed, receipts.Rejected} {
			if seen[status] < 5 {
				w.Errorf("%v: too few are %s", seen, status)
			}
		}
	})
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/points"
	"promobot/receipts"
)

// returnedBasket is worth the first certificate: ten bottles of a promo product.
var returnedBasket = []fns.Item{
	{Name: "НАПИТОК ФОНТАНЫЧ КОЛА 1,5Л", GTIN: "04609991100018", Price: 99_90, Sum: 999_00, Quantity: 10 * fns.Unit}, {Name: "Хлеб", Price: 45_00, Sum: 45_00, Quantity: fns.Unit}}

func (d desk) minted(o fnssim.Order) string {
	d.Helper()
	q, err := d.sim.Mint(o)
	if err != nil {
		d.Fatal(err)
	}
	return q.String()
}

func (d desk) has(person int64, want points.Balance, certificates int) {
	d.Helper()
	ctx := context.Background()
	b, err := d.app.desk.Balance(ctx, d.app.db.Read(ctx), person)
	if err != nil || b != want {
		d.Errorf("balance %+v (%v), want %+v", b, err, want)
	}
	list, err := d.app.shop.Issued(ctx, d.app.db.Read(ctx), person)
	if err != nil || len(list) != certificates {
		d.Errorf("%d certificates (%v), want %d", len(list), err, certificates)
	}
}

// TestRefundJourney is B06 from the shop to the books: bought, paid, a
// certificate came, the goods went back, and everything is as it was before.
func TestRefundJourney(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		anna := d.person("Анна", "+79990000001")
		sale := d.minted(fnssim.Order{Items: returnedBasket})
		bought := d.sends(anna, sale)
		if bought.Status != receipts.Accepted || bought.Points < 60 {
			t.Fatalf("%+v, want points for a certificate", bought)
		}
		d.has(anna, points.Balance{Available: bought.Points - 60}, 1)

		refund := d.minted(fnssim.Order{Sale: sale})
		if r := d.sends(anna, refund); r.Status != receipts.Returned {
			t.Errorf("%s %s, want the refund to be taken", r.Status, r.Reason)
		}
		if r := d.decided(bought.ID); r.Status != receipts.Reversed || r.Points != 0 {
			t.Errorf("%s with %d points, want nothing left", r.Status, r.Points)
		}
		d.has(anna, points.Balance{}, 0)
		d.p.run(0, "verify")

		again := d.sends(anna, d.minted(fnssim.Order{Items: returnedBasket}))
		if again.Points != bought.Points {
			t.Errorf("%d points for the next receipt, want %d", again.Points, bought.Points)
		}
		var seen struct {
			Taken     int64    `json:"taken"`
			Withdrawn []string `json:"withdrawn"`
			Message   string   `json:"message"`
		}
		id := fmt.Sprint(again.ID)
		if err := json.Unmarshal([]byte(d.p.run(0, "receipt", "reverse", id, "--preview", "--json")), &seen); err != nil {
			t.Fatal(err)
		}
		if seen.Taken != int64(again.Points) || len(seen.Withdrawn) != 1 || !strings.Contains(seen.Message, "Специалист пересмотрел чек") {
			t.Errorf("preview %+v", seen)
		}
		d.has(anna, points.Balance{Available: again.Points - 60}, 1) // nothing has changed
		d.p.run(2, "receipt", "reverse", id)
		d.p.run(0, "receipt", "reverse", id, "--by", "anna", "--note", "a test purchase")
		d.has(anna, points.Balance{}, 0)
		d.p.run(1, "receipt", "reverse", id, "--by", "anna")
		d.p.run(1, "receipt", "reverse", "999", "--by", "anna")
		if out := d.p.run(0, "receipt", "shortfalls", "--json"); strings.TrimSpace(out) != "" {
			t.Errorf("shortfalls %s, want none", out)
		}
		d.p.run(0, "verify")
		d.spoiled()
	})
}

// spoiled: verify finds what was tampered with.
func (d desk) spoiled() {
	d.Helper()
	ctx, undo := context.Background(), errors.New("only looked")
	for _, spoil := range []string{
		"", "UPDATE receipt_lines SET returned_kopecks = sum_kopecks + 1 WHERE id = 1", "UPDATE takings SET available = available + 1 WHERE part = 'lines'",
		"UPDATE receipt_returns SET document = 'x' WHERE refund_id IS NOT NULL", "UPDATE receipt_returns SET applied_at = NULL WHERE source LIKE 'staff:%'",
		"UPDATE certificates SET opened_at = voided_at WHERE status = 'void'", "UPDATE postings SET source = source || 'x' WHERE source LIKE '%/withdrawn'",
		"INSERT INTO return_windows (subject, participant_id, version_id, points, until) VALUES ('receipt:1', 1, 1, 5, '2026-01-01')",
	} {
		var row verified
		err := d.app.db.InTx(ctx, func(tx *store.Tx) error {
			if spoil != "" {
				if err := tx.Exec(spoil).Error; err != nil {
					return err
				}
			}
			return errors.Join(returnsBooked(ctx, tx.DB, &row), undo)
		})
		if err == nil || err.Error() != undo.Error() || row.Checked == 0 || (row.Broken == 0) != (spoil == "") {
			d.Errorf("%q: %+v (%v)", spoil, row, err)
		}
	}
}

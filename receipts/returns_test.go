package receipts_test

import (
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/receipts"
)

// returning makes the campaign take returns.
func returning(r campaigns.Returns) func(*campaigns.Terms) {
	return func(t *campaigns.Terms) { t.Returns = r }
}

var owing = campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Keep}

// takenBack registers a refund of goods a day after they were bought, by the
// till of the sale, and returns its code.
func (o *office) takenBack(sale fns.QR, items ...fns.Item) fns.QR {
	q := o.sellAt(sale.At.Add(30*time.Minute), items...)
	o.set(func() {
		t := o.tickets[q.Key]
		t.Operation = fns.SaleReturn
		o.tickets[q.Key] = t
	})
	q.Operation = fns.SaleReturn
	return q
}

// TestRefundReceipt: bought, paid, gone back in part and then whole.
func TestRefundReceipt(t *testing.T) {
	eachWorld(t, returning(owing), func(w world) {
		id := w.person()
		sale := w.office.sell(kola(3, 300), bread(1000))
		bought := w.bought(id, sale)
		w.is(bought, receipts.Accepted, "", 80)

		part := w.bought(id, w.office.takenBack(sale, kola(1, 100)))
		w.is(part, receipts.Returned, "", 0)
		w.is(w.get(bought.ID), receipts.Accepted, "", 70)
		w.told(part.ID, receipts.NoticeRead, receipts.NoticeReturned)
		if b := w.balance(id); b.Available != 70 {
			t.Errorf("%+v, want 70 points left", b)
		}

		w.is(w.bought(id, w.office.takenBack(sale, kola(2, 200), bread(1000))), receipts.Returned, "", 0)
		w.is(w.get(bought.ID), receipts.Reversed, receipts.ReasonBack, 0)
		if b := w.balance(id); b.Available != 0 || b.Debt != 0 {
			t.Errorf("%+v, want nothing left", b)
		}
		w.is(w.bought(id, w.office.good()), receipts.Accepted, "", 80) // the bonus is due again
	})
}

package receipts_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/points"
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

// TestRefundWithoutASale changes nothing, is no guess, and works once the sale
// is registered.
func TestRefundWithoutASale(t *testing.T) {
	eachWorld(t, returning(owing), func(w world) {
		id, stranger := w.person(), w.person()
		sale := w.office.sell(kola(3, 300), bread(1000))
		refund := w.office.takenBack(sale, kola(1, 100))
		bare := w.bought(id, refund)
		w.is(bare, receipts.Rejected, receipts.ReasonNoSale, 0)
		w.told(bare.ID, receipts.NoticeRead, receipts.ReasonNoSale)

		w.is(w.bought(stranger, sale), receipts.Accepted, "", 80)
		w.is(w.bought(id, refund), receipts.Rejected, receipts.ReasonNoSale, 0) // another's sale
		other := w.bought(stranger, w.office.takenBack(sale, kola(1, 90)))      // another price
		w.is(other, receipts.Rejected, receipts.ReasonNoSale, 0)
		if b := w.balance(stranger); b.Available != 80 {
			t.Errorf("%+v, want all 80 points", b)
		}
		w.is(w.bought(stranger, refund), receipts.Returned, "", 0)
		w.is(w.bought(stranger, refund), receipts.Rejected, receipts.ReasonDuplicateOwn, 0)
		w.is(w.bought(id, refund), receipts.Rejected, receipts.ReasonDuplicate, 0)
		if b := w.balance(stranger); b.Available != 70 {
			t.Errorf("%+v, want 70 points", b)
		}
		var guesses int64
		err := w.db.Read(context.Background()).Table("guesses").Where("denied_at IS NOT NULL").Count(&guesses).Error
		if err != nil || guesses != 0 {
			t.Errorf("%d wrong guesses (%v), want none", guesses, err)
		}
		var sightings int64
		err = w.db.Read(context.Background()).Table("sightings").Count(&sightings).Error
		if err != nil || sightings != 1 {
			t.Errorf("%d sightings (%v), want the sale only", sightings, err)
		}
	})
}

// TestRefundsAreRefusedWhereNobodyTakesThem: as before.
func TestRefundsAreRefusedWhereNobodyTakesThem(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		id, sale := w.person(), w.office.good()
		w.is(w.bought(id, sale), receipts.Accepted, "", 80)
		w.is(w.text(id, w.office.takenBack(sale, kola(1, 100)).String()), receipts.Rejected, campaigns.RuleOperation, 0)
	})
}

// TestBelowTheMinimum: less than the minimum is left, and all of it goes.
func TestBelowTheMinimum(t *testing.T) {
	eachWorld(t, returning(owing), func(w world) {
		id, sale := w.person(), w.office.good()
		bought := w.bought(id, sale)
		w.is(w.bought(id, w.office.takenBack(sale, bread(700))), receipts.Returned, "", 0)
		w.is(w.get(bought.ID), receipts.Reversed, receipts.ReasonBack, 0)
		w.is(w.bought(id, sale), receipts.Rejected, receipts.ReasonDuplicateOwn, 0) // a document pays once for ever
		w.is(w.bought(id, w.office.takenBack(sale, kola(3, 300))), receipts.Returned, "", 0)
		if b := w.balance(id); b != (points.Balance{}) {
			t.Errorf("%+v, want nothing", b)
		}
	})
}

// TestTheBestSale: of those that fit, the one of the same till that goes back
// whole, then the latest; where it matters which, a person decides.
func TestTheBestSale(t *testing.T) {
	eachWorld(t, returning(owing), func(w world) {
		id := w.person()
		early, late := w.office.sellAt(noon.Add(-5*time.Hour), kola(2, 200), bread(1100)), w.office.sellAt(noon.Add(-4*time.Hour), kola(2, 200), bread(1100))
		whole := w.office.sellAt(noon.Add(-6*time.Hour), kola(10, 1000))
		c, a, b := w.bought(id, whole), w.bought(id, early), w.bought(id, late)
		w.is(w.bought(id, w.office.takenBack(late, kola(10, 1000))), receipts.Returned, "", 0)
		w.is(w.get(c.ID), receipts.Reversed, receipts.ReasonBack, 0)
		w.is(w.bought(id, w.office.takenBack(late, bread(1100))), receipts.Returned, "", 0)
		w.is(w.get(a.ID), receipts.Accepted, "", 20)
		w.is(w.get(b.ID), receipts.Reversed, receipts.ReasonBack, 0)
	})
}

// TestWhichSale: two sales fit equally, and from one of them more would be
// taken: a person decides, for the participant.
func TestWhichSale(t *testing.T) {
	eachWorld(t, returning(owing), func(w world) {
		id := w.person()
		small, large := w.office.sellAt(noon.Add(-4*time.Hour), kola(2, 200), bread(900)), w.office.sellAt(noon.Add(-5*time.Hour), kola(2, 200), bread(2000))
		a, b := w.bought(id, small), w.bought(id, large)
		r := w.bought(id, w.office.takenBack(small, kola(2, 200)))
		w.is(r, receipts.Review, receipts.ReasonWhichOne, 0)
		before := w.balance(id)
		if err := w.receipts.Approve(context.Background(), w.openCase(r.ID).ID, "agent", "the till's roll"); err != nil {
			t.Fatal(err)
		}
		w.is(w.get(r.ID), receipts.Returned, "", 0)
		w.is(w.get(b.ID), receipts.Reversed, receipts.ReasonBack, 0)
		w.is(w.get(a.ID), receipts.Accepted, "", 70)
		if got := w.balance(id); got.Available != before.Available-20 {
			t.Errorf("%+v after %+v, want 20 points less", got, before)
		}
	})
}

// TestOneRefundManyTimes: a hundred uploads at once take back once.
func TestOneRefundManyTimes(t *testing.T) {
	eachWorld(t, returning(owing), func(w world) {
		id, sale := w.person(), w.office.sell(kola(3, 300), bread(1000))
		w.bought(id, sale)
		refund := w.office.takenBack(sale, kola(1, 100)).String()
		people := []int64{id, w.person(), w.person(), w.person()}
		var ids sync.Map
		atOnce(100, func(i int) {
			if r := w.send(receipts.Submission{ParticipantID: people[i%4], Way: receipts.ByPhoto, Picture: []byte(refund)}); r.ID > 0 {
				ids.Store(r.ID, true)
			}
		})
		ids.Range(func(id, _ any) bool {
			if err := w.receipts.Scan(context.Background(), id.(int64)); err != nil {
				t.Error(err)
			}
			return true
		})
		for range 4 { // send and poll, at once
			w.pass(5 * time.Second)
			var group sync.WaitGroup
			ids.Range(func(id, _ any) bool {
				group.Go(func() {
					if _, err := w.receipts.Check(context.Background(), id.(int64)); err != nil {
						t.Error(err)
					}
				})
				return true
			})
			group.Wait()
		}
		if b := w.balance(id); b.Available != 70 {
			t.Errorf("%+v, want 70 points", b)
		}
		var applied int64
		if err := w.db.Read(context.Background()).Model(&receipts.Receipt{}).Where("status = ?", receipts.Returned).Count(&applied).Error; err != nil || applied != 1 {
			t.Errorf("%d refunds were taken (%v), want one", applied, err)
		}
	})
}

// TestReturnsOfWhatIsHeld: points that wait for the return window go first, and
// those under review shrink with the goods.
func TestReturnsOfWhatIsHeld(t *testing.T) {
	waiting := campaigns.Returns{Points: campaigns.Debt, Prizes: campaigns.Keep, WindowDays: 14}
	eachWorld(t, returning(waiting), func(w world) {
		w.each("in the window", func(w world) {
			id, sale := w.person(), w.office.sell(kola(3, 300), bread(1000))
			bought := w.bought(id, sale)
			if b := w.balance(id); b != (points.Balance{Held: 80}) {
				t.Fatalf("%+v, want 80 that wait", b)
			}
			if until, _ := time.Parse(time.RFC3339, fmt.Sprint(bought.Facts["until"])); !until.Equal(sale.At.AddDate(0, 0, 14)) {
				t.Errorf("told %v, want two weeks after %v", bought.Facts["until"], sale.At)
			}
			w.bought(id, w.office.takenBack(sale, kola(1, 100)))
			if b := w.balance(id); b != (points.Balance{Held: 70}) {
				t.Errorf("%+v, want 70 that wait", b)
			}
			w.bought(id, w.office.takenBack(sale, kola(2, 200), bread(1000)))
			if b := w.balance(id); b != (points.Balance{}) {
				t.Errorf("%+v, want nothing", b)
			}
		})
		w.each("under review", func(w world) {
			w.receipts = w.ruled(fraud.Rules{ReceiptsPerHour: 1})
			id := w.person()
			w.bought(id, w.office.good())
			sale := w.office.sell(kola(3, 330), bread(1000))
			r := w.bought(id, sale)
			if r.Status != receipts.Review || r.Points != 30 {
				t.Fatalf("%+v, want a review of 30 points", r)
			}
			w.is(w.bought(id, w.office.takenBack(sale, kola(1, 110))), receipts.Returned, "", 0)
			w.is(w.get(r.ID), receipts.Review, r.Reason, 20)
			if err := w.receipts.Approve(context.Background(), w.openCase(r.ID).ID, "agent", ""); err != nil {
				t.Fatal(err)
			}
			w.is(w.get(r.ID), receipts.Accepted, "", 20)
			if b := w.balance(id); b != (points.Balance{Held: 100}) { // 80 and 20, both in their window
				t.Errorf("%+v, want 100 that wait", b)
			}
		})
	})
}

package receipts_test

import (
	"context"
	"testing"

	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/internal/store"
	"promobot/points"
	"promobot/receipts"
)

// second is a campaign that runs beside spring, first in priority: 25 points for
// each pack of chips, 1 for a kola.
func second(policy campaigns.Policy) campaigns.Terms {
	t := spring()
	t.Slug, t.FirstReceipt, t.PerProduct, t.PerSKU = "second", 0, 1, map[string]points.Amount{"chips": 25}
	t.Together = campaigns.Together{Policy: policy, Priority: 1}
	t.Returns = owing
	return t
}

// TestSeveralCampaigns: one receipt, two campaigns, three policies.
func TestSeveralCampaigns(t *testing.T) {
	for _, tt := range []struct {
		name   string
		policy campaigns.Policy
		want   points.Amount // own, for kola and chips
		beside points.Amount
		kola   points.Amount // own, for two kolas alone
		others points.Amount // beside
	}{
		{"the first", campaigns.CountFirst, 1 + 25, 0, 2, 0},
		{"the best", campaigns.CountBest, 50 + 10 + 10, 0, 50 + 20, 0},
		{"any", campaigns.CountAny, 1 + 25, 50 + 10 + 10, 2, 20},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachWorld(t, returning(owing), func(w world) {
				w.apply(second(tt.policy))
				one := w.person()
				r := w.bought(one, w.office.sell(kola(1, 300), chips(1, 300), bread(700)))
				w.is(r, receipts.Accepted, "", tt.want)
				if b := w.balance(one); b.Available != tt.want+tt.beside {
					w.Errorf("%d points, want %d and %d beside", b.Available, tt.want, tt.beside)
				}
				if tt.policy == campaigns.CountBest {
					one = w.person() // whose first receipt it is
				}
				before := w.balance(one).Available
				w.is(w.bought(one, w.office.sell(kola(2, 600), bread(700))), receipts.Accepted, "", tt.kola)
				if b := w.balance(one); b.Available != before+tt.kola+tt.others {
					w.Errorf("%d points, want %d and %d more", b.Available, tt.kola, tt.others)
				}
			})
		})
	}
}

// TestTheOnlyCampaignThatTakesIt: what one refuses another may count.
func TestTheOnlyCampaignThatTakesIt(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		narrow := second(campaigns.CountFirst)
		narrow.Products = []assortment.Product{narrow.Products[1]}
		narrow.Minimum = 5000_00
		w.apply(narrow)
		id := w.person()
		w.is(w.bought(id, w.office.good()), receipts.Accepted, "", 80)
		w.is(w.bought(id, w.office.sell(bread(1700))), receipts.Rejected, campaigns.RuleNoPromo, 0)
		w.is(w.text(id, w.office.sell(bread(700)).String()), receipts.Rejected, campaigns.RuleMinimum, 0)
	})
}

// TestEveryCampaignTakesBack: goods that go back lose what each campaign gave.
func TestEveryCampaignTakesBack(t *testing.T) {
	eachWorld(t, returning(owing), func(w world) {
		w.apply(second(campaigns.CountAny))
		id := w.person()
		sale := w.office.sell(kola(2, 600), chips(1, 300), bread(1000))
		bought := w.bought(id, sale)
		if b := w.balance(id); b.Available != (2+25)+(50+20+10) {
			w.Errorf("%+v, want 27 and 80 points", b)
		}
		w.is(w.bought(id, w.office.takenBack(sale, kola(1, 300))), receipts.Returned, "", 0)
		if b := w.balance(id); b.Available != (1+25)+(50+10+10) {
			w.Errorf("%+v, want 26 and 70 points", b)
		}
		w.is(w.bought(id, w.office.takenBack(sale, kola(1, 300), chips(1, 300), bread(1000))), receipts.Returned, "", 0)
		w.is(w.get(bought.ID), receipts.Reversed, receipts.ReasonBack, 0)
		if b := w.balance(id); b.Available != 0 || b.Debt != 0 {
			w.Errorf("%+v, want nothing left", b)
		}
	})
}

// TestLimitsCountBesideToo: a campaign's limit counts what it gave beside.
func TestLimitsCountBesideToo(t *testing.T) {
	eachWorld(t, func(t *campaigns.Terms) { t.ReceiptsDay = 1 }, func(w world) {
		w.apply(second(campaigns.CountAny))
		id := w.person()
		w.bought(id, w.office.sell(kola(1, 300), bread(700)))
		w.bought(id, w.office.sell(kola(1, 300), bread(700)))
		if b := w.balance(id); b.Available != 1+60+1 {
			w.Errorf("%+v, want the other campaign to count one of two", b)
		}
	})
}

// TestBesideKnowsItsOwnNames: what a campaign beside was taught counts when goods
// go back, and what it has given up is not asked for again, nor by another one.
func TestBesideKnowsItsOwnNames(t *testing.T) {
	floor := campaigns.Returns{Points: campaigns.Floor, Prizes: campaigns.Keep}
	eachWorld(t, func(t *campaigns.Terms) {
		t.Together.Priority, t.Together.Policy, t.Returns = 2, campaigns.CountAny, floor
	}, func(w world) {
		other := second(campaigns.CountAny)
		other.Returns = floor
		w.apply(other)
		id := w.person()
		w.learn(w.teach(receipts.Alias{Name: "НП ЯСК 05", SKU: "kola"}))
		sale := w.office.sell(kola(2, 600), shortened(1, 200), bread(1000))
		bought := w.bought(id, sale)
		w.is(bought, receipts.Accepted, "", 70)
		if b := w.balance(id); b.Available != 70+3 {
			w.Errorf("%+v, want 3 points beside, one of them by a name", b)
		}
		w.is(w.bought(id, w.office.takenBack(sale, kola(1, 300))), receipts.Returned, "", 0)
		if b := w.balance(id); b.Available != 60+2 {
			w.Errorf("%+v, want ten and one less", b)
		}
		w.must(func(ctx context.Context, tx *store.Tx) error { // all of it is spent
			_, err := points.Ledger{}.Post(ctx, tx, points.Posting{Source: "update:spent/price", Kind: points.Spending,
				Legs: points.Move(points.Available(id), points.Spent(1), 62)})
			return err
		})
		w.is(w.bought(id, w.office.takenBack(sale, bread(1000))), receipts.Returned, "", 0)
		w.is(w.bought(id, w.office.takenBack(sale, kola(1, 300), shortened(1, 200))), receipts.Returned, "", 0)
		var short points.Amount
		if err := w.db.Read(context.Background()).Table("takings").Select("SUM(short)").Scan(&short).Error; err != nil || short != 62 {
			w.Errorf("%d points were given up (%v), want each once: 62", short, err)
		}
		w.must(func(ctx context.Context, tx *store.Tx) error { // for the books of this world
			_, err := points.Ledger{}.Post(ctx, tx, points.Posting{Source: "update:back/price", Kind: points.Spending, Undoes: "update:spent/price",
				Legs: points.Move(points.Spent(1), points.Available(id), 62)})
			return err
		})
	})
}

package backtest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/money"
	"promobot/internal/store"
	"promobot/points"
	"promobot/receipts"
)

// buys makes up a purchase of the last days: most are good, some are too small,
// too old, of a shop that is denied, without promo goods, in doubt or prepaid.
func (w *world) buys() fns.QR {
	t := fns.Ticket{At: w.clock().Add(-time.Duration(w.dice.IntN(60)) * time.Hour), SellerINN: "7700000001", Seller: "ООО Пример"}
	any := func(n int) fns.Quantity { return fns.Quantity(1 + w.dice.IntN(n)) }
	rest := money.Kopecks(1000_00 + 100*w.dice.IntN(400))
	switch w.dice.IntN(14) {
	case 0:
		rest = 100_00
	case 1:
		t.At = t.At.AddDate(0, 0, -6)
	case 2:
		t.SellerINN = "7700000009"
	case 3:
		t.Items = []fns.Item{bread(300_00)}
	case 4:
		t.Items = []fns.Item{doubtful(any(5), 200_00)}
	case 5:
		t.Items = []fns.Item{doubtful(any(5), 200_00), kola(any(3), 150_00)}
	case 6:
		advance := chips(any(5), 200_00)
		advance.PaymentType = 1
		t.Items = []fns.Item{advance, kola(1, 50_00)}
	case 7:
		t.Items = []fns.Item{kola(any(20), 900_00), chips(any(9), 700_00)}
	default:
		t.Items = []fns.Item{kola(any(4), 200_00), chips(any(2), 100_00)}
	}
	t.Items = append(t.Items, bread(rest))
	t.At = t.At.Truncate(time.Minute)
	return w.office.sell(t)
}

// season lets people live through n purchases, with everything that happens to
// receipts, and puts other terms in force in the middle.
func (w *world) season(n int, terms campaigns.Terms) {
	w.Helper()
	w.apply(terms)
	var people []int64
	for i := range 12 {
		people = append(people, w.registers(i*2/3)) // some share a phone
	}
	for i := range n {
		switch i {
		case n / 3:
			changed := terms
			changed.Focus = []campaigns.Focus{terms.Focus[0]}
			changed.PerProduct, changed.ReceiptsDay, changed.FirstReceipt, changed.Welcome = 6, 4, 30, 5
			changed.Bonus, changed.Focus[0].Points = terms.Bonus[1:], 9
			w.apply(changed)
		case n / 2:
			changed := terms
			changed.KopecksPerPoint, changed.Budget.Points, changed.MinimumOn, changed.ShopsDenied = 40_00, 9000, campaigns.OnPromo, nil
			w.apply(changed)
		case n * 2 / 3:
			people = append(people, w.registers(40), w.registers(1))
		}
		q := w.buys()
		if w.dice.IntN(25) == 0 {
			q.FP++ // nobody has sold that
		}
		w.sends(people[w.dice.IntN(len(people))], q)
		w.pass(time.Duration(w.dice.IntN(70)) * time.Minute)
		w.goesOn(people)
	}
}

// goesOn does some of what waits: releases, cases, lines in doubt, appeals.
func (w *world) goesOn(people []int64) {
	w.Helper()
	ctx := context.Background()
	var held []int64
	if err := w.db.Read(ctx).Model(&receipts.Receipt{}).Where("status = ?", receipts.Held).Order("id").Pluck("id", &held).Error; err != nil {
		w.Fatal(err)
	}
	for _, id := range held {
		if _, err := w.receipts.Release(ctx, id); err != nil {
			w.Fatal(err)
		}
	}
	w.decides(ctx)
	lines, err := receipts.OpenLines(ctx, w.db.Read(ctx), 10)
	if err != nil {
		w.Fatal(err)
	}
	for _, line := range lines {
		if to := []receipts.LineReview{receipts.LineApproved, receipts.LineRefused, ""}[w.dice.IntN(3)]; to != "" {
			if err := w.receipts.PlaceLine(ctx, line.ID, to); err != nil {
				w.Fatal(err)
			}
		}
	}
	w.disputes(ctx, people[w.dice.IntN(len(people))])
}

func (w *world) decides(ctx context.Context) {
	w.Helper()
	cases, err := fraud.Cases(ctx, w.db.Read(ctx), fraud.CaseOpen, 100)
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range cases {
		switch w.dice.IntN(5) {
		case 0:
			err = w.receipts.Refuse(ctx, c.ID, "boris", "odd")
		case 1:
			err = w.receipts.ApprovePlacing(ctx, c.ID, "boris", "it is kola", map[int]string{0: "kola"})
		case 2:
			err = w.receipts.Approve(ctx, c.ID, "boris", "fine")
		}
		if errors.Is(err, receipts.ErrTerms) || errors.Is(err, receipts.ErrNone) || errors.Is(err, receipts.ErrTaken) {
			err = w.receipts.Refuse(ctx, c.ID, "boris", "it must be")
		}
		if err != nil {
			w.Fatal(err)
		}
		var checking []int64
		if err := w.db.Read(ctx).Model(&receipts.Receipt{}).Where("status = ?", receipts.Checking).Pluck("id", &checking).Error; err != nil {
			w.Fatal(err)
		}
		for _, id := range checking {
			w.checks(id)
		}
	}
}

// disputes appeals the participant's last refusal, if it can be appealed.
func (w *world) disputes(ctx context.Context, participantID int64) {
	w.Helper()
	list, err := w.receipts.List(ctx, w.db.Read(ctx), participantID, 3)
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range list {
		if r.Status != receipts.Rejected || !receipts.Appealable(r.Reason) {
			continue
		}
		err := w.db.InTx(ctx, func(tx *store.Tx) error {
			if err := w.people.Lock(ctx, tx, participantID); err != nil {
				return err
			}
			_, err := w.receipts.Appeal(ctx, tx, participantID, r.ID)
			return err
		})
		if err != nil && !errors.Is(err, receipts.ErrAppealed) && !errors.Is(err, receipts.ErrManyAppeals) {
			w.Fatal(err)
		}
	}
}

// outcomes counts what came of the receipts: a season in which something never
// happened proves nothing about it.
func (w *world) outcomes() map[string]int {
	w.Helper()
	var rows []struct {
		Kind string
		N    int
	}
	err := w.db.Read(context.Background()).Raw(`SELECT kind, COUNT(*) AS n FROM events GROUP BY kind
		UNION ALL SELECT r.key, COUNT(*) FROM notices r WHERE r.subject LIKE 'receipt:%' GROUP BY r.key
		UNION ALL SELECT kind, COUNT(*) FROM postings GROUP BY kind
		UNION ALL SELECT 'bonus', COUNT(*) FROM postings WHERE source LIKE '%/bonus-day:%'
		UNION ALL SELECT 'focus', COUNT(*) FROM postings WHERE source LIKE '%/focus:%'
		UNION ALL SELECT 'first', COUNT(*) FROM postings WHERE source LIKE '%/first-receipt'
		UNION ALL SELECT 'more lines', COUNT(*) FROM postings WHERE source LIKE 'receipt:%/line:%'
		UNION ALL SELECT 'cut', COUNT(*) FROM receipts WHERE CAST(facts AS TEXT) LIKE '%cut_rule%'
		UNION ALL SELECT 'waived', COUNT(*) FROM receipts WHERE waived <> ''`).Scan(&rows).Error
	if err != nil {
		w.Fatal(err)
	}
	n := map[string]int{}
	for _, row := range rows {
		n[row.Kind] = row.N
	}
	return n
}

// TestReplayOfASeasonIsItsLedger: hundreds of receipts of all kinds, through the
// real services and three versions of the terms.
func TestReplayOfASeasonIsItsLedger(t *testing.T) {
	eachWorld(t, 7, func(w *world) {
		w.season(210, spring())
		c, n := w.reproduces(), w.outcomes()
		w.Logf("%d receipts, %d points; %v", c.Receipts, c.Ledger, n)
		for _, what := range []string{"receipt.accepted", "receipt.review", "fraud.slow", "fraud.hold", "receipt.appealed", "receipt.rejudged", "receipt.decided",
			"forfeit", "release", "bonus", "focus", "first", "more lines", "cut", "waived", "campaign.day_limit", "campaign.shop", "campaign.no_promo",
			"campaign.minimum", "campaign.too_old", "case.refused", "appeal.refused", "fns.forged", "fraud.refused"} {
			if n[what] == 0 {
				w.Errorf("no %s in the season", what)
			}
		}
		if c.Receipts < 150 || c.Ledger < 1000 {
			w.Errorf("%d receipts with %d points are no season", c.Receipts, c.Ledger)
		}
	})
}

// randomly draws other terms: limits, budgets and rates that bite or do not.
func randomly(w *world) campaigns.Terms {
	t, n := spring(), w.dice.IntN
	t.ReceiptsDay, t.ReceiptsTotal, t.UnitsReceipt = n(4), n(3)*n(9), int64(n(2)*n(15))
	t.PerProduct, t.FirstReceipt, t.Welcome = points.Amount(1+n(20)), points.Amount(n(2)*n(90)), points.Amount(n(2)*n(40))
	t.PerSKU = map[string]points.Amount{"kola": points.Amount(n(9))}
	t.KopecksPerPoint = money.Kopecks(n(2) * (1 + n(90_00)))
	t.Budget = campaigns.Budget{Points: points.Amount(n(2) * n(3000)), Day: points.Amount(n(2) * n(500)),
		Participant: points.Amount(n(2) * n(400)), ParticipantDay: points.Amount(n(2) * n(200))}
	t.Bonus[0].Stack, t.Bonus[1].By = n(2) == 0, []campaigns.DayOf{campaigns.OfPurchase, campaigns.OfRegistration, campaigns.OfBoth}[n(3)]
	t.Bonus[0].From = t.Starts
	t.Bonus[1].From, t.Bonus[1].Weekdays, t.Bonus[1].Hours = t.Starts, nil, campaigns.Clock{From: 60 * n(12), Until: 60 * (12 + n(12))}
	return t
}

// TestReplayOfAnySeasonIsItsLedger draws terms and what happens under them.
func TestReplayOfAnySeasonIsItsLedger(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			eachWorld(t, 100+seed, func(w *world) {
				w.season(30, randomly(w))
				w.reproduces()
			})
		})
	}
}

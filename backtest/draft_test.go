package backtest_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"promobot/backtest"
	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/store"
	"promobot/points"
	"promobot/receipts"
)

// plain are terms of ten points for a kola and nothing else.
func plain() campaigns.Terms {
	t := spring()
	t.ReceiptsDay, t.ReceiptsTotal, t.UnitsReceipt, t.PerSKU, t.MaxAgeDays = 0, 0, 0, nil, 0
	t.Bonus, t.Focus, t.Budget, t.Welcome, t.FirstReceipt = nil, nil, campaigns.Budget{}, 0, 0
	return t
}

func (w *world) buy(id int64, at time.Time, items ...fns.Item) receipts.Receipt {
	w.Helper()
	return w.sends(id, w.office.sell(fns.Ticket{At: at, SellerINN: "7700000001", Items: items}))
}

func (w *world) draft(t campaigns.Terms) backtest.Report {
	w.Helper()
	ctx := context.Background()
	r, err := backtest.Draft(ctx, w.db.Read(ctx), &campaigns.Book{}, t)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// TestDraftOfWhatIsInForceChangesNothing over a past of one version.
func TestDraftOfWhatIsInForceChangesNothing(t *testing.T) {
	eachWorld(t, 3, func(w *world) {
		w.apply(spring())
		people := []int64{w.registers(1), w.registers(2), w.registers(2)}
		for range 40 {
			w.sends(people[w.dice.IntN(3)], w.buys())
			w.pass(time.Duration(w.dice.IntN(120)) * time.Minute)
			w.goesOn(people)
		}
		r := w.draft(spring())
		if len(r.Effects)+len(r.People)+r.Won+r.Lost+r.More+r.Less+r.Unseen != 0 || r.Was != r.Would || r.Was.Receipts == 0 || r.Was.Welcome != 40 {
			w.Errorf("%+v, want no change of many points", r)
		}
	})
}

// TestDraftTellsWinnersAndLosers of a past that can be reckoned by hand.
func TestDraftTellsWinnersAndLosers(t *testing.T) {
	eachWorld(t, 1, func(w *world) {
		w.apply(plain())
		anna, boris, vera := w.registers(1), w.registers(2), w.registers(3)
		morning := noon.Add(-3 * time.Hour)
		w.buy(anna, morning, kola(3, 300_00), bread(800_00))       // 30; by the draft 15
		w.buy(anna, morning, kola(1, 100_00), bread(900_00))       // 10; by the draft beyond the day's limit
		w.buy(boris, morning, chips(2, 200_00), bread(2000_00))    // 20; by the draft 40
		small := w.buy(vera, morning, kola(5, 100_00), bread(100)) // refused by its code: 101 roubles
		w.buy(vera, morning, bread(1500_00))                       // no promo goods by either
		if small.Reason != campaigns.RuleMinimum {
			w.Fatalf("%+v", small)
		}
		t := plain()
		t.PerProduct, t.PerSKU, t.ReceiptsDay, t.Minimum, t.PointValue = 5, map[string]points.Amount{"chips": 20}, 1, 50_00, 2_50
		r := w.draft(t)
		want := backtest.Report{Campaign: "spring", Receipts: 4, Lost: 1, More: 1, Less: 1, Unseen: 1, Gainers: 1, Losers: 1,
			Was: backtest.Sum{Receipts: 60, Kopecks: 150_00}, Would: backtest.Sum{Receipts: 55, Kopecks: 137_50}, PointValue: 2_50, ValueBy: "points.value"}
		got := r
		got.Effects, got.People = nil, nil
		if !reflect.DeepEqual(got, want) {
			w.Errorf("%+v, want\n%+v", got, want)
		}
		people := []backtest.Person{{ParticipantID: anna, Was: 40, Would: 15}, {ParticipantID: boris, Was: 20, Would: 40}}
		if !reflect.DeepEqual(r.People, people) {
			w.Errorf("%+v, want %+v", r.People, people)
		}
		if len(r.Effects) != 3 || r.Effects[1].Would.Status != receipts.Accepted && r.Effects[1].Would.Reason != campaigns.RuleDayLimit {
			w.Errorf("%+v", r.Effects)
		}
		t.Budget.Points, t.Welcome, t.Slug = 40, 15, "summer" // an unknown id is a draft for the campaign that runs
		r = w.draft(t)
		if r.Would.All() != 40 || r.Would.Welcome != 40 || r.BudgetEnds == nil || !r.BudgetEnds.Equal(noon) {
			w.Errorf("%+v, want all of a budget of 40, used up by three welcomes at noon", r)
		}
	})
}

// TestDraftWinsWhatTheTermsRefused: the fraud desk had nothing against it.
func TestDraftWinsWhatTheTermsRefused(t *testing.T) {
	eachWorld(t, 1, func(w *world) {
		strict := plain()
		strict.ShopsDenied = []string{"7700000001"}
		w.apply(strict)
		r := w.buy(w.registers(1), noon.Add(-time.Hour), kola(2, 200_00), bread(900_00))
		if r.Reason != campaigns.RuleShop {
			w.Fatalf("%+v", r)
		}
		got := w.draft(plain())
		if got.Won != 1 || got.Would.Receipts != 20 || got.Effects[0].Would.Status != receipts.Accepted {
			w.Errorf("%+v, want a receipt of 20 points won", got)
		}
	})
}

// TestRulesChangeInTheMiddleOfADay: what was bought before is judged as it was
// then, whenever it comes in, and judging again is recorded with its version.
func TestRulesChangeInTheMiddleOfADay(t *testing.T) {
	eachWorld(t, 1, func(w *world) {
		w.apply(plain())
		anna := w.registers(1)
		early := w.buy(anna, w.clock().Add(time.Hour), kola(2, 300_00), bread(800_00)) // the wall in Moscow shows 15:00
		unsure := w.buy(anna, w.clock().Add(time.Hour), kola(1, 300_00), doubtful(2, 100_00), bread(800_00))
		changed := plain()
		changed.PerProduct = 3
		w.apply(changed)
		late := w.buy(anna, w.clock().Add(time.Hour), kola(2, 300_00), bread(900_00))
		w.pass(time.Hour)
		after := w.buy(anna, w.clock().Add(3*time.Hour), kola(2, 300_00), bread(901_00))
		for _, tt := range []struct {
			r    receipts.Receipt
			want points.Amount
		}{{early, 20}, {unsure, 10}, {late, 20}, {after, 6}} {
			if got := w.get(tt.r.ID); got.Points != tt.want || got.Status != receipts.Accepted {
				w.Errorf("receipt %d: %+v, want %d points", tt.r.ID, got, tt.want)
			}
		}
		ctx := context.Background()
		lines, err := receipts.OpenLines(ctx, w.db.Read(ctx), 9)
		if err != nil || len(lines) != 1 {
			w.Fatalf("%+v, %v; want one line in doubt", lines, err)
		}
		if err := w.receipts.PlaceLine(ctx, lines[0].ID, receipts.LineApproved); err != nil {
			w.Fatal(err)
		}
		if got := w.get(unsure.ID); got.Points != 30 {
			w.Errorf("%d points after a line more, want 30 by the version of its day", got.Points)
		}
		var data string
		err = w.db.Read(ctx).Raw("SELECT CAST(data AS TEXT) FROM events WHERE kind = ? AND subject = ?", receipts.EventRejudged, receipts.Subject(unsure.ID)).Scan(&data).Error
		if err != nil || !containsAll(data, `"version"`, `1`, `"placed"`, `"kola"`, `"accepted"`) {
			w.Errorf("%q (%v), want the judgement by version 1", data, err)
		}
		w.reproduces()
	})
}

// TestLiveNamesWhatDiffers: a posting that no replay explains is found.
func TestLiveNamesWhatDiffers(t *testing.T) {
	eachWorld(t, 1, func(w *world) {
		w.apply(plain())
		anna := w.registers(1)
		r := w.buy(anna, noon.Add(-time.Hour), kola(2, 300_00), bread(800_00))
		w.must(func(ctx context.Context, tx *store.Tx) error {
			_, err := points.Ledger{}.Post(ctx, tx, points.Posting{Source: receipts.Subject(r.ID) + "/gift", Kind: points.Accrual,
				Legs: points.Move(points.Issued(r.CampaignID), points.Available(anna), 7)})
			return err
		})
		ctx := context.Background()
		c, err := backtest.Live(ctx, w.db.Read(ctx), &campaigns.Book{})
		want := []backtest.Difference{{Source: receipts.Subject(r.ID), Ledger: 27, Replay: 20}}
		if err != nil || !reflect.DeepEqual(c.Differences, want) || c.Ledger != 27 || c.Replay != 20 {
			w.Errorf("%+v (%v), want %+v", c, err, want)
		}
	})
}

// TestReplayOfNothing: a database without a campaign has no past.
func TestReplayOfNothing(t *testing.T) {
	eachWorld(t, 1, func(w *world) {
		if c := w.reproduces(); c.Receipts != 0 || c.Ledger != 0 {
			w.Errorf("%+v", c)
		}
		ctx := context.Background()
		if _, err := backtest.Draft(ctx, w.db.Read(ctx), &campaigns.Book{}, plain()); !errors.Is(err, campaigns.ErrNone) {
			w.Errorf("%v, want ErrNone", err)
		}
	})
}

func containsAll(text string, parts ...string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}

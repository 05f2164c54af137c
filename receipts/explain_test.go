package receipts_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/points"
	"promobot/receipts"
)

// statement is all that a participant's points went through, oldest first.
func (w world) statement(id int64) (list []points.Line) {
	w.Helper()
	lines, err := points.Ledger{}.Statement(context.Background(), w.db.Read(context.Background()), id, 1000)
	if err != nil {
		w.Fatal(err)
	}
	for _, line := range lines {
		list = append([]points.Line{line}, list...)
	}
	return list
}

func (w world) explain(id int64, line points.Line) (receipts.Explanation, bool) {
	w.Helper()
	ctx := context.Background()
	e, ok, err := w.receipts.Explain(ctx, w.db.Read(ctx), id, line.Source, line.At)
	if err != nil {
		w.Fatal(err)
	}
	return e, ok
}

// resolved proves D10 for every world: each entry of whoever there is resolves to
// a receipt, its lines and the version of the rules.
func (w world) resolved() {
	w.Helper()
	var people []int64
	if err := w.db.Read(context.Background()).Table("participants").Pluck("id", &people).Error; err != nil {
		w.Fatal(err)
	}
	for _, id := range people {
		for _, line := range w.statement(id) {
			if line.Kind == points.Spending {
				continue // a prize
			}
			e, ok := w.explain(id, line)
			if !ok || e.Rules.Number == 0 || e.Receipt.ParticipantID != id || !e.First && len(e.Lines) == 0 {
				w.Errorf("%+v of participant %d resolves to %+v, %t", line, id, e, ok)
			}
		}
	}
}

func (e earned) String() string { return fmt.Sprintf("%s×%d:%d", e.Title, e.Units, e.Points) }

type earned receipts.Earned

func told(e receipts.Explanation) string {
	texts := []string{fmt.Sprintf("receipt %d, rules %d", e.Receipt.ID, e.Rules.Number)}
	if e.First {
		texts = append(texts, "first")
	}
	for _, l := range e.Lines {
		texts = append(texts, earned(l).String())
	}
	return strings.Join(texts, "; ")
}

func TestEveryEntryIsExplained(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		ctx, id := context.Background(), w.person()
		w.bought(id, w.office.sell(kola(2, 300), doubtful(2, 300), bread(400), kola(1, 100)))
		open, err := receipts.OpenLines(ctx, w.db.Read(ctx), 10)
		if err != nil || len(open) != 1 {
			w.Fatalf("%+v (%v)", open, err)
		}
		if err := w.receipts.PlaceLine(ctx, open[0].ID, receipts.LineApproved); err != nil {
			w.Fatal(err)
		}
		w.pass(24 * time.Hour)
		dearer := spring()
		dearer.PerProduct, dearer.EffectiveFrom = 20, time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC)
		w.apply(dearer)
		w.strictly(rulesOf("hold"))
		held := w.bought(id, w.office.sellAt(w.clock().Add(-time.Hour), kola(3, 300), bread(700)))
		w.pass(24 * time.Hour)
		w.release(held.ID)
		want := []string{
			"receipt 1, rules 1; Кола Ясный Ключ×2:20; Кола Ясный Ключ×1:10",
			"receipt 1, rules 1; first",
			"receipt 1, rules 1; Кола Ясный Ключ×2:20",
			"receipt 2, rules 2; Кола Ясный Ключ×3:60",
		}
		lines := w.statement(id)
		if len(lines) != len(want) {
			w.Fatalf("%+v, want %d entries", lines, len(want))
		}
		for i, line := range lines {
			e, ok := w.explain(id, line)
			if got := told(e); !ok || got != want[i] {
				w.Errorf("%s: %s, want %s", line.Source, got, want[i])
			}
			sum := points.Amount(0)
			for _, l := range e.Lines {
				sum += l.Points
			}
			if !e.First && sum != line.Amount {
				w.Errorf("%s: its lines brought %d, the entry says %d", line.Source, sum, line.Amount)
			}
		}
		other := w.person()
		if _, ok := w.explain(other, lines[0]); ok {
			w.Error("another's receipt is explained to a stranger")
		}
		for _, source := range []string{"receipt:999/lines", "quote:1/hold", "participant:1/first-receipt", ""} {
			if e, ok := w.explain(other, points.Line{Source: source, At: noon}); ok {
				w.Errorf("%q resolves to %+v", source, e)
			}
		}
	})
}

// What comes of a receipt expires as the terms of its version say, also after a
// hold.
func TestReceiptsPointsExpire(t *testing.T) {
	expiring := func(t *campaigns.Terms) { t.Expiry.AfterDays = 30 }
	eachWorld(t, expiring, func(w world) {
		ctx, id := context.Background(), w.person()
		w.bought(id, w.office.good())
		w.strictly(rulesOf("hold"))
		held := w.bought(id, w.office.sellAt(noon.Add(-2*time.Hour), kola(1, 300), bread(700)))
		w.pass(24 * time.Hour)
		w.release(held.ID)
		lots, err := points.Ledger{}.Left(ctx, w.db.Read(ctx), id)
		if err != nil || len(lots) != 3 {
			w.Fatalf("%+v (%v), want three lots", lots, err)
		}
		for _, lot := range lots {
			if want := time.Date(2026, 4, 5, 0, 0, 0, 0, time.UTC); !lot.ExpiresAt.Equal(want) || lot.CampaignID == 0 {
				w.Errorf("%+v, want the end of the thirtieth day", lot)
			}
		}
	})
}

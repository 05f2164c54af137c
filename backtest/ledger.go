package backtest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/points"
	"promobot/receipts"
)

// Difference is a receipt, or a participant's bonus, of which the ledger says
// another number than the replay.
type Difference struct {
	Source string        `json:"source"` // "receipt:17", "participant:5/first-receipt"
	Ledger points.Amount `json:"ledger"`
	Replay points.Amount `json:"replay"`
}

// Comparison is the ledger beside the replay of what was in force.
type Comparison struct {
	Receipts    int           `json:"receipts"` // that were judged
	Ledger      points.Amount `json:"ledger"`   // points for receipts and what persons get once, the welcome included
	Replay      points.Amount `json:"replay"`
	Differences []Difference  `json:"differences"`
}

// Live replays everything by the terms in force and compares it with the ledger:
// receipt by receipt, and what persons get once.
func Live(ctx context.Context, g *gorm.DB, book *campaigns.Book) (Comparison, error) {
	p, err := read(ctx, g, book)
	if err != nil {
		return Comparison{}, err
	}
	r := p.by(InForce)
	if err := r.run(); err != nil {
		return Comparison{}, err
	}
	c := Comparison{Differences: []Difference{}}
	for _, course := range p.order {
		if course.verified {
			c.Receipts++
		}
	}
	c.compare(p.posted, r.replayed())
	return c, nil
}

// replayed are the points of the replay by source, as posted has those of the
// ledger.
func (r *replay) replayed() map[string]points.Amount {
	all := maps.Clone(r.persons)
	for _, c := range r.order {
		if n := c.earned.OfReceipt(); n != 0 {
			all[receipts.Subject(c.ID)] = n
		}
	}
	return all
}

func (c *Comparison) compare(posted, replayed map[string]points.Amount) {
	sources := slices.Concat(slices.Collect(maps.Keys(posted)), slices.Collect(maps.Keys(replayed)))
	slices.SortFunc(sources, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	for _, source := range slices.Compact(sources) {
		ledger, replay := posted[source], replayed[source]
		c.Ledger += ledger
		c.Replay += replay
		if ledger != replay {
			c.Differences = append(c.Differences, Difference{source, ledger, replay})
		}
	}
}

// ledger sums up, by receipt, what was accrued or set aside for it and not taken
// back with a case; and what persons got once. What is spent, expires or is
// corrected later is another matter.
func (p *past) ledger() error {
	rows, err := p.g.Table("postings AS p").Joins("JOIN ledger_entries AS e ON e.posting_id = p.id").
		Where("p.kind IN ? AND e.account LIKE 'participant:%'", []points.Kind{points.Accrual, points.Hold, points.Release, points.Forfeit}).
		Where("p.source LIKE 'receipt:%' OR p.source LIKE 'participant:%'").
		Select("p.source, e.amount").Rows()
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	defer rows.Close()
	p.posted = map[string]points.Amount{}
	for rows.Next() {
		var source string
		var n points.Amount
		if err := rows.Scan(&source, &n); err != nil {
			return fmt.Errorf("read the ledger: %w", err)
		}
		if strings.Contains(source, "/campaign:") {
			continue // given by another campaign beside the receipt's own
		}
		if receipt, _, _ := strings.Cut(source, "/"); strings.HasPrefix(receipt, "receipt:") {
			source = receipt
		}
		p.posted[source] += n
	}
	return rows.Err()
}

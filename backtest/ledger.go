package backtest

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/points"
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
	Ledger      points.Amount `json:"ledger"`   // points for receipts, first ones included
	Replay      points.Amount `json:"replay"`
	Differences []Difference  `json:"differences"`
}

// Live replays everything by the terms in force and compares it with the ledger,
// receipt by receipt.
func Live(ctx context.Context, g *gorm.DB, book *campaigns.Book) (Comparison, error) {
	p, err := read(ctx, g, book)
	if err != nil {
		return Comparison{}, err
	}
	if err := p.by(InForce).run(); err != nil {
		return Comparison{}, err
	}
	posted, err := p.posted()
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{Differences: []Difference{}}
	for _, course := range p.order {
		if course.verified {
			c.Receipts++
		}
		c.compare(posted, fmt.Sprint("receipt:", course.ID), course.would.Points)
	}
	for id := range p.people {
		c.compare(posted, fmt.Sprintf("participant:%d/first-receipt", id), firstOf(p.people[id]))
	}
	return c, nil
}

func firstOf(list []*course) (n points.Amount) {
	for _, c := range list {
		n += c.would.First
	}
	return n
}

func (c *Comparison) compare(posted map[string]points.Amount, source string, replay points.Amount) {
	ledger := posted[source]
	c.Ledger += ledger
	c.Replay += replay
	if ledger != replay {
		c.Differences = append(c.Differences, Difference{source, ledger, replay})
	}
}

// posted sums up, by receipt, what was accrued or set aside for it and not
// taken back with a case; and the bonuses for first receipts. What is spent or
// corrected later is another matter.
func (p *past) posted() (map[string]points.Amount, error) {
	rows, err := p.g.Table("postings AS p").Joins("JOIN ledger_entries AS e ON e.posting_id = p.id").
		Where("p.kind IN ? AND e.account LIKE 'participant:%'", []points.Kind{points.Accrual, points.Hold, points.Release, points.Forfeit}).
		Select("p.source, e.amount").Rows()
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	defer rows.Close()
	posted := map[string]points.Amount{}
	for rows.Next() {
		var source string
		var n points.Amount
		if err := rows.Scan(&source, &n); err != nil {
			return nil, err
		}
		if receipt, _, _ := strings.Cut(source, "/"); strings.HasPrefix(receipt, "receipt:") {
			source = receipt
		}
		posted[source] += n
	}
	return posted, rows.Err()
}

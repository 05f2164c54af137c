package points

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Liability is what a campaign's organiser owes at a moment.
type Liability struct {
	Available Amount // may be spent
	Held      Amount // set aside
	Debt      Amount // owed by participants, zero or negative

	Ending []Due  // of what may be spent, by the moment it expires, the soonest first
	Open   Amount // of what may be spent, what never expires

	Spent   Amount // ever
	Expired Amount // ever
}

// Due is what expires at a moment.
type Due struct {
	At     time.Time
	Points Amount
}

// Outstanding is what may still be asked for.
func (l Liability) Outstanding() Amount { return l.Available + l.Held }

// Breakage is the part of the points gone so far that expired instead of being
// spent, in thousandths rounded down; false while none has gone.
func (l Liability) Breakage() (thousandths int64, known bool) {
	gone := l.Spent + l.Expired
	if gone <= 0 {
		return 0, false
	}
	return int64(l.Expired) * 1000 / int64(gone), true
}

const (
	accountsSQL = `SELECT e.account, SUM(e.amount) AS n FROM ledger_entries e JOIN postings p ON p.id = e.posting_id
		WHERE p.posted_at < ? GROUP BY e.account`
	lotsSQL = `SELECT l.expires_at AS at, SUM(l.amount - COALESCE((SELECT SUM(u.amount) FROM lot_uses u JOIN postings p ON p.id = u.posting_id
			WHERE u.lot_posting_id = l.posting_id AND u.participant_id = l.participant_id AND p.posted_at < ?), 0)) AS points
		FROM lots l WHERE l.created_at < ? AND l.expires_at IS NOT NULL GROUP BY l.expires_at ORDER BY l.expires_at`
)

// Liability reads, of all postings before the moment, what is outstanding.
func (Ledger) Liability(ctx context.Context, g *gorm.DB, before time.Time) (l Liability, err error) {
	var accounts []struct {
		Account Account
		N       Amount
	}
	if err := g.WithContext(ctx).Raw(accountsSQL, before).Scan(&accounts).Error; err != nil {
		return l, fmt.Errorf("liability: %w", err)
	}
	sums := map[string]*Amount{"participant/available": &l.Available, "participant/held": &l.Held, "participant/debt": &l.Debt,
		"campaign/spent": &l.Spent, "campaign/expired": &l.Expired}
	for _, a := range accounts {
		kind, rest, _ := strings.Cut(string(a.Account), ":")
		_, part, _ := strings.Cut(rest, "/")
		if sum := sums[kind+"/"+part]; sum != nil {
			*sum += a.N
		}
	}
	if err := g.WithContext(ctx).Raw(lotsSQL, before, before).Scan(&l.Ending).Error; err != nil {
		return l, fmt.Errorf("liability: %w", err)
	}
	l.Ending = slices.DeleteFunc(l.Ending, func(d Due) bool { return d.Points == 0 })
	l.Open = l.Available
	for i := range l.Ending {
		l.Ending[i].At = l.Ending[i].At.UTC()
		l.Open -= l.Ending[i].Points
	}
	return l, nil
}

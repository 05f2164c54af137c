package till

import (
	"context"
	"fmt"
	"time"

	"promobot/internal/store"
)

// The wrong codes that a shop may send: more than its cashiers mistype, and far
// fewer than it takes to meet one of a thousand codes among a hundred million.
const (
	mostMisses = 20
	missWindow = 10 * time.Minute
)

// missRow counts the wrong codes of a shop since a moment.
type missRow struct {
	TillID int64 `gorm:"primaryKey"`
	Misses int
	Since  time.Time
}

// TableName is the table of wrong codes.
func (missRow) TableName() string { return "till_misses" }

// guess lets the codes of a shop be tried one after another, and refuses when
// there were too many wrong ones.
func guess(ctx context.Context, tx *store.Tx, shopID int64) (row missRow, err error) {
	if err := tx.WithContext(ctx).Clauses(store.ForUpdate()).Take(&row, shopID).Error; err != nil {
		return row, fmt.Errorf("codes of till %d: %w", shopID, err)
	}
	until := row.Since.Add(missWindow)
	if !tx.Now().Before(until) {
		row.Misses, row.Since = 0, tx.Now()
	}
	if row.Misses < mostMisses {
		return row, nil
	}
	p := problemMisses.with("%d wrong codes in %s.", row.Misses, missWindow)
	p.RetryAfter = int((until.Sub(tx.Now()) + time.Second - 1) / time.Second)
	return row, p
}

// missed counts a wrong code. The time begins with the first.
func (m missRow) missed(ctx context.Context, tx *store.Tx) error {
	if m.Misses == 0 {
		m.Since = tx.Now()
	}
	m.Misses++
	return tx.WithContext(ctx).Save(&m).Error
}

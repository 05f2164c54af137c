package receipts

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Backlog is how many receipts wait for the fiscal service's last word, by how
// long ago they came.
type Backlog struct {
	N      int           // all of them
	InLine int           // those among them that wait for a call
	Ages   []AgeGroup    // in order, together N
	Oldest time.Duration // 0: none waits
}

// AgeGroup counts receipts younger than UpTo that the group before does not.
// The last group has no bound.
type AgeGroup struct {
	UpTo time.Duration // 0: no bound
	N    int
}

// ages are the bounds of the groups; the last is when a document that is not in
// the store is given up.
var ages = []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, notYetGivesUp}

// ReadBacklog counts the receipts that wait at the moment.
func ReadBacklog(ctx context.Context, g *gorm.DB, now time.Time) (b Backlog, err error) {
	b.Ages = make([]AgeGroup, len(ages)+1)
	waiting := func() *gorm.DB {
		return g.WithContext(ctx).Model(&Receipt{}).Where("status IN ?", []Status{Checking, Waiting})
	}
	older := 0
	for i := len(ages); i >= 0; i-- {
		from := now
		if i > 0 {
			from = now.Add(-ages[i-1])
		}
		var n int64
		if err := waiting().Where("submitted_at <= ?", from).Count(&n).Error; err != nil {
			return b, fmt.Errorf("backlog: %w", err)
		}
		b.N = int(n)
		b.Ages[i].N = b.N - older
		older = b.N
		if i < len(ages) {
			b.Ages[i].UpTo = ages[i]
		}
	}
	var first []Receipt
	if err := waiting().Order("submitted_at").Limit(1).Find(&first).Error; err != nil {
		return b, fmt.Errorf("backlog: %w", err)
	}
	for _, r := range first {
		b.Oldest = now.Sub(r.SubmittedAt)
	}
	var lined int64
	err = g.WithContext(ctx).Model(&lineRow{}).Count(&lined).Error
	b.InLine = int(lined)
	return b, err
}

package prizes

import (
	"context"
	"fmt"
	"time"

	"promobot/internal/store"
)

// LimitError reports that a person has as many of a prize as the catalogue
// allows. Nothing was written.
type LimitError struct {
	Limit int64
	Days  int64     // within how many days; 0: ever
	Again time.Time // when one may be had again; zero: never
}

// Error says the limit.
func (e *LimitError) Error() string {
	if e.Days == 0 {
		return fmt.Sprintf("prizes: no more than %d a person", e.Limit)
	}
	return fmt.Sprintf("prizes: no more than %d a person in %d days", e.Limit, e.Days)
}

// allowed refuses with a *LimitError what is over the prize's limit.
func allowed(ctx context.Context, tx *store.Tx, p Prize, person []int64) error {
	if p.PerPerson == 0 {
		return nil
	}
	window := time.Duration(p.PerPersonDays) * 24 * time.Hour
	query := counted(tx.WithContext(ctx).Table("awards AS a")).Where("a.prize_id = ? AND a.participant_id IN ?", p.ID, person)
	if window > 0 {
		query = query.Where("a.awarded_at > ?", tx.Now().Add(-window))
	}
	var had []time.Time // the newest first; as many as close the door
	if err := query.Order("a.awarded_at DESC").Limit(int(p.PerPerson)).Pluck("a.awarded_at", &had).Error; err != nil {
		return fmt.Errorf("limit of %s: %w", p.ID, err)
	}
	if int64(len(had)) < p.PerPerson {
		return nil
	}
	e := &LimitError{Limit: p.PerPerson, Days: p.PerPersonDays}
	if window > 0 {
		e.Again = had[len(had)-1].UTC().Add(window)
	}
	return e
}

type personRow struct {
	Mark string `gorm:"primaryKey"`
}

// TableName is the table of persons with several accounts.
func (personRow) TableName() string { return "prize_people" }

// LockPerson holds what accounts of one person share until the transaction ends,
// so that limits and taxes are exact over them. The mark is the keyed one that
// the accounts have in common. The caller has locked one participant and locks
// no other after it.
func (s *Shop) LockPerson(ctx context.Context, tx *store.Tx, mark string) error {
	row := personRow{Mark: mark}
	if _, err := store.Once(ctx, tx, &row); err != nil {
		return fmt.Errorf("lock a person: %w", err)
	}
	if err := tx.WithContext(ctx).Clauses(store.ForUpdate()).Take(&personRow{}, "mark = ?", mark).Error; err != nil {
		return fmt.Errorf("lock a person: %w", err)
	}
	return nil
}

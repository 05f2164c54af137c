package providers

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"promobot/fns"
	"promobot/internal/store"
)

// providerRow is where a provider stands.
type providerRow struct {
	Name         string `gorm:"primaryKey"`
	NextSendAt   time.Time
	Slow, Calm   int
	ShutUntil    time.Time
	ShutBy       string // what shut it: an Outcome
	ShutText     string
	Breaker      string
	BreakerUntil time.Time
	Opens        int
	Probes       int
	Passed       int
}

// TableName is the table of providers.
func (providerRow) TableName() string { return "fiscal_providers" }

func (w providerRow) breaker() breaker {
	return breaker{state: w.Breaker, until: w.BreakerUntil.UTC(), opens: w.Opens, probes: w.Probes, passed: w.Passed}
}

func (w *providerRow) setBreaker(b breaker) {
	w.Breaker, w.BreakerUntil, w.Opens, w.Probes, w.Passed = b.state, b.until, b.opens, b.probes, b.passed
}

func (w providerRow) pace() pace { return pace{next: w.NextSendAt.UTC(), slow: w.Slow, calm: w.Calm} }

func (w *providerRow) setPace(p pace) { w.NextSendAt, w.Slow, w.Calm = p.next, p.slow, p.calm }

// shut is the refusal while nothing may be called.
func (w providerRow) shut(now time.Time) error {
	if !now.Before(w.ShutUntil) {
		return nil
	}
	switch Outcome(w.ShutBy) {
	case NoAccess:
		return &fns.AccessError{Text: w.ShutText}
	case NoQuota:
		return &fns.QuotaError{Until: w.ShutUntil.UTC(), Text: w.ShutText}
	}
	return &fns.RateError{RetryIn: w.ShutUntil.Sub(now), All: true}
}

func (w *providerRow) shutUntil(until time.Time, by Outcome, text string) {
	if until.After(w.ShutUntil) {
		w.ShutUntil, w.ShutBy, w.ShutText = until, string(by), text
	}
}

// dayRow is what a provider's Moscow day has cost.
type dayRow struct {
	Provider, Day string
	Quota, Used   int
	Polls         int
	StoppedUntil  time.Time
	Warned        int
}

// TableName is the table of days.
func (dayRow) TableName() string { return "fiscal_days" }

// quota is the day under the limit that the provider has now.
func (d dayRow) quota(p Provider) quota {
	return quota{limit: p.DailyQuota, used: d.Used, stoppedUntil: d.StoppedUntil.UTC()}
}

// windowRow counts the calls of ten seconds.
type windowRow struct {
	Provider string
	Slot     int64 // unix seconds
	Calls    int
	Failures int
}

// TableName is the table of windows.
func (windowRow) TableName() string { return "fiscal_windows" }

// callRow is a call that costs quota.
type callRow struct {
	ID            int64
	Provider, Day string
	Subject       string
	CalledAt      time.Time
	Outcome       Outcome
	Follows       *int64
}

// TableName is the table of calls.
func (callRow) TableName() string { return "fiscal_calls" }

// lockProvider reads a provider's row and holds it; one who has never been
// asked gets a row.
func lockProvider(ctx context.Context, tx *store.Tx, name string) (row providerRow, err error) {
	for range 2 {
		var rows []providerRow
		err = tx.WithContext(ctx).Clauses(store.ForUpdate()).Find(&rows, "name = ?", name).Error
		if err != nil || len(rows) == 1 {
			if err == nil {
				row = rows[0]
			}
			break
		}
		if _, err = store.Once(ctx, tx, &providerRow{Name: name, Slow: 1, Breaker: Closed}); err != nil {
			break
		}
	}
	if err != nil {
		return row, fmt.Errorf("provider %s: %w", name, err)
	}
	return row, nil
}

// count adds to a row of counters, or makes it.
func count(ctx context.Context, tx *store.Tx, row any, table string, key []string, counters ...string) error {
	columns, sums := make([]clause.Column, len(key)), map[string]any{}
	for i, name := range key {
		columns[i] = clause.Column{Name: name}
	}
	for _, name := range counters {
		sums[name] = gorm.Expr(table + "." + name + " + excluded." + name)
	}
	err := tx.WithContext(ctx).Clauses(clause.OnConflict{Columns: columns, DoUpdates: clause.Assignments(sums)}).Create(row).Error
	if err != nil {
		return fmt.Errorf("count in %s: %w", table, err)
	}
	return nil
}

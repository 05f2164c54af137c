package providers

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Board is how a provider stands, for people and for metrics.
type Board struct {
	Provider string `json:"provider"`
	Breaker  string `json:"breaker"`

	// Until is when calls may pass again; nil: they may now. Why is what keeps
	// them: "breaker", or an Outcome.
	Until *time.Time `json:"until,omitempty"`
	Why   string     `json:"why,omitempty"`

	Day      string          `json:"day"`   // in Moscow
	Quota    int             `json:"quota"` // calls a day; 0 unknown
	Used     int             `json:"used"`
	Left     *int            `json:"left,omitempty"` // nil: unknown
	Polls    int             `json:"polls"`          // that cost no quota
	Slow     int             `json:"slow"`           // times the usual pause between two sends
	Calls    int             `json:"calls"`          // of the last minute
	Failures int             `json:"failures"`       // among them
	Outcomes map[Outcome]int `json:"outcomes"`       // of the day's calls that cost quota
}

// Boards reads how the providers stand that have ever been asked, by name.
func Boards(ctx context.Context, g *gorm.DB, now time.Time) ([]Board, error) {
	var rows []providerRow
	if err := g.WithContext(ctx).Order("name").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("providers: %w", err)
	}
	boards := make([]Board, len(rows))
	for i, row := range rows {
		b := Board{Provider: row.Name, Breaker: row.Breaker, Day: dayOf(now), Slow: max(1, row.Slow), Outcomes: map[Outcome]int{}}
		if err := b.read(ctx, g, row, now); err != nil {
			return nil, fmt.Errorf("board of %s: %w", row.Name, err)
		}
		boards[i] = b
	}
	return boards, nil
}

func (b *Board) read(ctx context.Context, g *gorm.DB, row providerRow, now time.Time) error {
	stopped, err := b.readDay(ctx, g, now)
	if err != nil {
		return err
	}
	b.keptUntil(now, stopped, string(NoQuota))
	b.keptUntil(now, row.ShutUntil.UTC(), row.ShutBy)
	if row.Breaker == Open {
		b.keptUntil(now, row.BreakerUntil.UTC(), "breaker")
	}
	var sum struct{ Calls, Failures int }
	err = g.WithContext(ctx).Model(&windowRow{}).Where("provider = ? AND slot >= ?", b.Provider, now.Add(-window).Unix()).
		Select("COALESCE(SUM(calls), 0) AS calls, COALESCE(SUM(failures), 0) AS failures").Take(&sum).Error
	if err != nil {
		return err
	}
	b.Calls, b.Failures = sum.Calls, sum.Failures
	var outcomes []struct {
		Outcome Outcome
		N       int
	}
	err = g.WithContext(ctx).Model(&callRow{}).Where("provider = ? AND day = ?", b.Provider, b.Day).
		Select("outcome, COUNT(*) AS n").Group("outcome").Find(&outcomes).Error
	for _, o := range outcomes {
		b.Outcomes[o.Outcome] = o.N
	}
	return err
}

// readDay reads the quota. On a day without a call it is that of the last day
// with one.
func (b *Board) readDay(ctx context.Context, g *gorm.DB, now time.Time) (stopped time.Time, err error) {
	var last []dayRow
	err = g.WithContext(ctx).Where("provider = ? AND day <= ?", b.Provider, b.Day).Order("day DESC").Limit(1).Find(&last).Error
	if err != nil || len(last) == 0 {
		return stopped, err
	}
	day := last[0]
	if b.Quota = day.Quota; day.Day == b.Day {
		b.Used, b.Polls, stopped = day.Used, day.Polls, day.StoppedUntil.UTC()
	}
	if b.Quota == 0 {
		return stopped, nil
	}
	left := max(0, b.Quota-b.Used)
	b.Left = &left
	if left == 0 {
		stopped = midnightAfter(now).Add(dayEdge)
	}
	return stopped, nil
}

// keptUntil notes the longest of what keeps calls from the provider.
func (b *Board) keptUntil(now, until time.Time, why string) {
	if until.After(now) && (b.Until == nil || until.After(*b.Until)) {
		b.Until, b.Why = &until, why
	}
}

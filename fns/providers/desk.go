package providers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"promobot/fns"
	"promobot/internal/store"
)

// desk is a provider with its rows, held by a transaction.
type desk struct {
	provider Provider
	row      providerRow
	days     []dayRow // that a call made now counts on, today first
}

func openDesk(ctx context.Context, tx *store.Tx, p Provider) (*desk, error) {
	row, err := lockProvider(ctx, tx, p.Name)
	if err != nil {
		return nil, err
	}
	d := &desk{provider: p, row: row}
	for _, day := range days(tx.Now()) {
		found := []dayRow{}
		if err := tx.WithContext(ctx).Find(&found, "provider = ? AND day = ?", p.Name, day).Error; err != nil {
			return nil, fmt.Errorf("day %s of %s: %w", day, p.Name, err)
		}
		if len(found) == 0 {
			found = []dayRow{{Provider: p.Name, Day: day}}
			if err := tx.WithContext(ctx).Create(&found[0]).Error; err != nil {
				return nil, fmt.Errorf("day %s of %s: %w", day, p.Name, err)
			}
		}
		d.days = append(d.days, found[0])
	}
	return d, nil
}

func (d *desk) today() dayRow { return d.days[0] }

// refuses is why no call may be made now, or nil.
func (d *desk) refuses(now time.Time, op string, purpose fns.Purpose) error {
	if err := d.row.shut(now); err != nil {
		return err
	}
	// The usual time: a pace that is slow for now recovers, and whoever slept by
	// it would leave turns unused.
	every := d.provider.interval()
	for _, day := range d.days {
		if until := day.quota(d.provider).refusedUntil(now, purpose.Retry || purpose.Official); !until.IsZero() {
			return &fns.QuotaError{Until: until, Every: every, Text: fmt.Sprintf("%d calls of %s made on %s", day.Used, d.provider.Name, day.Day)}
		}
	}
	if wait := d.row.breaker().refuses(now); wait > 0 {
		return &fns.TemporaryError{Op: op, RetryIn: wait, Unasked: true, Err: errors.New(d.provider.Name + " rests: most calls failed")}
	}
	if op == opPoll {
		return nil // its question has had the turn
	}
	if wait := d.row.pace().wait(now, d.provider.interval()); wait > 0 {
		return &fns.RateError{RetryIn: wait, Every: every}
	}
	return nil
}

// turn takes the turn of a call that is made by the poll: so as many questions
// wait for their polls as the pace lets through, and not the whole line.
func (d *desk) turn(ctx context.Context, tx *store.Tx) error {
	d.row.setPace(d.row.pace().take(tx.Now(), d.provider.interval()))
	if err := tx.WithContext(ctx).Save(&d.row).Error; err != nil {
		return fmt.Errorf("provider %s: %w", d.provider.Name, err)
	}
	return nil
}

// take takes one call. It returns the day if that has just become low.
func (d *desk) take(ctx context.Context, tx *store.Tx, g *grant, purpose fns.Purpose, follows *int64) (low *dayRow, err error) {
	now := tx.Now()
	if g.op == opSend {
		d.row.setPace(d.row.pace().take(now, d.provider.interval()))
	}
	d.row.setBreaker(d.row.breaker().grant(now))
	if err := tx.WithContext(ctx).Save(&d.row).Error; err != nil {
		return nil, fmt.Errorf("provider %s: %w", d.provider.Name, err)
	}
	for i := range d.days {
		day := &d.days[i]
		day.Used, day.Quota = day.Used+1, d.provider.DailyQuota
		if day.Warned == 0 && day.quota(d.provider).low() {
			day.Warned, low = 1, day
		}
		if err := saveDay(ctx, tx, *day); err != nil {
			return nil, err
		}
		g.days = append(g.days, day.Day)
	}
	call := callRow{Provider: d.provider.Name, Day: d.days[0].Day, Subject: purpose.Subject, CalledAt: now, Outcome: Calling, Follows: follows}
	if err := tx.WithContext(ctx).Create(&call).Error; err != nil {
		return nil, fmt.Errorf("call of %s: %w", d.provider.Name, err)
	}
	g.callID = call.ID
	return low, nil
}

func saveDay(ctx context.Context, tx *store.Tx, day dayRow) error {
	err := tx.WithContext(ctx).Model(&dayRow{}).Where("provider = ? AND day = ?", day.Provider, day.Day).
		Select("quota", "used", "stopped_until", "warned").Updates(&day).Error
	if err != nil {
		return fmt.Errorf("day %s of %s: %w", day.Day, day.Provider, err)
	}
	return nil
}

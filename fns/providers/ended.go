package providers

import (
	"context"
	"errors"
	"fmt"

	"promobot/fns"
	"promobot/internal/store"
)

// ended keeps how a call ended. What cannot be kept is logged and no more: the
// answer is worth more than the note about it, and a call without its note
// counts as one whose outcome is unknown.
func (r *Router) ended(ctx context.Context, g grant, answer fns.Answer, err error) {
	how := outcomeOf(answer, err)
	if stops := err != nil && ctx.Err() != nil; stops {
		return // the process, not the provider: it says nothing about it
	}
	r.watch(Call{Provider: g.provider.Name, Op: g.op, Outcome: how, Took: r.db.Now().Sub(g.at)})
	ctx = context.WithoutCancel(ctx)
	var was, is string
	kept := r.db.InTx(ctx, func(tx *store.Tx) (kept error) {
		was, is, kept = keep(ctx, tx, g, how, err)
		return kept
	})
	switch {
	case kept != nil:
		r.log.Error("note about a fiscal call", "provider", g.provider.Name, "outcome", how, "error", kept)
	case was != is:
		r.log.Warn("breaker of a fiscal provider", "provider", g.provider.Name, "was", was, "is", is)
	}
}

// outcomeOf reads how a call ended.
func outcomeOf(answer fns.Answer, err error) Outcome {
	var (
		quota     *fns.QuotaError
		rate      *fns.RateError
		access    *fns.AccessError
		temporary *fns.TemporaryError
	)
	switch {
	case err == nil && answer.State == fns.Busy:
		return Failed
	case err == nil:
		return Answered
	case errors.Is(err, fns.ErrMessageGone):
		return Lost
	case errors.As(err, &quota):
		return NoQuota
	case errors.As(err, &rate):
		return TooFast
	case errors.As(err, &access):
		return NoAccess
	case errors.As(err, &temporary) && temporary.NotSent:
		return NotSent
	case errors.As(err, &temporary) && temporary.Unknown:
		return Unknown
	case errors.As(err, &temporary) && temporary.Answered:
		return Answered
	}
	return Failed
}

func (o Outcome) failure() bool { return o == Failed || o == Unknown || o == NotSent }

// keep writes what a call's end means, and returns the state of the breaker
// before and after it.
func keep(ctx context.Context, tx *store.Tx, g grant, how Outcome, cause error) (was, is string, err error) {
	row, err := lockProvider(ctx, tx, g.provider.Name)
	if err != nil {
		return "", "", err
	}
	before := row
	if err := row.learn(ctx, tx, g, how, cause); err != nil {
		return "", "", err
	}
	if row != before {
		if err := tx.WithContext(ctx).Save(&row).Error; err != nil {
			return "", "", fmt.Errorf("provider %s: %w", row.Name, err)
		}
	}
	if g.callID != 0 {
		return before.Breaker, row.Breaker, keepCall(ctx, tx, g, how)
	}
	day := dayRow{Provider: row.Name, Day: dayOf(g.at), Quota: g.provider.DailyQuota, Polls: 1}
	return before.Breaker, row.Breaker, count(ctx, tx, &day, "fiscal_days", []string{"provider", "day"}, "polls")
}

// learn makes of a call's end what holds for the calls to come.
func (w *providerRow) learn(ctx context.Context, tx *store.Tx, g grant, how Outcome, cause error) error {
	now := tx.Now()
	if err := w.judge(ctx, tx, how); err != nil {
		return err
	}
	var (
		quota *fns.QuotaError
		rate  *fns.RateError
	)
	switch {
	case errors.As(cause, &quota) && (g.op == opSend || g.provider.PaidPolls):
		err := tx.WithContext(ctx).Model(&dayRow{}).Where("provider = ? AND day = ?", w.Name, dayOf(now)).Update("stopped_until", quota.Until.UTC()).Error
		if err != nil {
			return fmt.Errorf("stop %s: %w", w.Name, err)
		}
	case errors.As(cause, &quota):
		w.shutUntil(quota.Until.UTC(), NoQuota, quota.Text)
	case errors.As(cause, &rate) && rate.All:
		w.shutUntil(now.Add(rate.RetryIn), TooFast, "")
	case how == NoAccess:
		w.shutUntil(now.Add(accessPause), NoAccess, cause.Error())
	}
	if g.callID != 0 {
		w.setPace(w.pace().learn(how == TooFast))
	}
	return nil
}

// judge lets the breaker judge a call. One that was too fast or had no quota
// says nothing about the provider's health. After a recovery the failures of
// before are forgotten.
func (w *providerRow) judge(ctx context.Context, tx *store.Tx, how Outcome) error {
	if how != Answered && !how.failure() {
		return nil
	}
	calls, failures, err := seen(ctx, tx, w.Name, how)
	if err != nil {
		return err
	}
	was := w.Breaker
	w.setBreaker(w.breaker().record(tx.Now(), how.failure(), calls, failures))
	if was != Closed && w.Breaker == Closed {
		err = tx.WithContext(ctx).Delete(&windowRow{}, "provider = ?", w.Name).Error
	}
	return err
}

// seen counts the call in the window and returns the window's sums.
func seen(ctx context.Context, tx *store.Tx, name string, how Outcome) (calls, failures int, err error) {
	now := tx.Now()
	slot := windowRow{Provider: name, Slot: now.Truncate(slotLength).Unix(), Calls: 1}
	if how.failure() {
		slot.Failures = 1
	}
	if err := count(ctx, tx, &slot, "fiscal_windows", []string{"provider", "slot"}, "calls", "failures"); err != nil {
		return 0, 0, err
	}
	oldest := now.Add(-window).Unix()
	if err := tx.WithContext(ctx).Delete(&windowRow{}, "provider = ? AND slot < ?", name, oldest).Error; err != nil {
		return 0, 0, fmt.Errorf("window of %s: %w", name, err)
	}
	var sum struct{ Calls, Failures int }
	err = tx.WithContext(ctx).Model(&windowRow{}).Where("provider = ? AND slot >= ?", name, oldest).
		Select("COALESCE(SUM(calls), 0) AS calls, COALESCE(SUM(failures), 0) AS failures").Take(&sum).Error
	return sum.Calls, sum.Failures, err
}

// keepCall ends the call's own row. One that has never left gives its quota
// back.
func keepCall(ctx context.Context, tx *store.Tx, g grant, how Outcome) error {
	if err := tx.WithContext(ctx).Model(&callRow{}).Where("id = ?", g.callID).Update("outcome", how).Error; err != nil {
		return fmt.Errorf("call %d: %w", g.callID, err)
	}
	if how != NotSent {
		return nil
	}
	err := tx.WithContext(ctx).Exec("UPDATE fiscal_days SET used = used - 1 WHERE provider = ? AND day IN ?", g.provider.Name, g.days).Error
	if err != nil {
		return fmt.Errorf("give a call of %s back: %w", g.provider.Name, err)
	}
	return nil
}

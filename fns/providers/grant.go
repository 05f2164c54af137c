package providers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"promobot/fns"
	"promobot/internal/store"
)

// The two calls.
const (
	opSend = "send"
	opPoll = "poll"
)

// grant is the permission for one call.
type grant struct {
	provider Provider
	op       string
	callID   int64    // of a call that costs quota
	days     []string // on which it was counted
	at       time.Time
}

// freePoll grants a poll that costs no quota, unless nothing may be called.
func (r *Router) freePoll(ctx context.Context, p Provider) (grant, error) {
	var rows []providerRow
	if err := r.db.Read(ctx).Limit(1).Find(&rows, "name = ?", p.Name).Error; err != nil {
		return grant{}, fmt.Errorf("provider %s: %w", p.Name, err)
	}
	now := r.db.Now()
	for _, row := range rows {
		if err := row.shut(now); err != nil {
			return grant{}, err
		}
	}
	return grant{provider: p, op: opPoll, at: now}, nil
}

// grant chooses a provider and takes a call from its quota and pace. Where none
// may be called, it returns the refusal that ends first.
func (r *Router) grant(ctx context.Context, from []Provider, op string, purpose fns.Purpose) (g grant, err error) {
	var refusal error
	var low *dayRow
	err = r.db.InTx(ctx, func(tx *store.Tx) error {
		follows, wait, err := r.unresolved(ctx, tx, op, purpose)
		if err != nil {
			return err
		}
		if wait > 0 {
			refusal = &fns.TemporaryError{Op: op, RetryIn: wait, Unasked: true, Err: errors.New("an earlier question may still be answered")}
			return nil
		}
		desk, no, err := r.choose(ctx, tx, from, op, purpose)
		if err != nil || no != nil {
			refusal = no
			return err
		}
		g = grant{provider: desk.provider, op: op, at: tx.Now()}
		if op == opSend && desk.provider.PaidPolls {
			return desk.turn(ctx, tx)
		}
		low, err = desk.take(ctx, tx, &g, purpose, follows)
		return err
	})
	if low != nil {
		r.log.Warn("the fiscal quota of the day is low", "provider", low.Provider, "day", low.Day, "left", low.Quota-low.Used, "quota", low.Quota)
	}
	if err == nil {
		err = refusal
	}
	return g, err
}

// unresolved finds the subject's last question, if its outcome is unknown:
// either it must be waited for, or it is followed by the next question.
func (r *Router) unresolved(ctx context.Context, tx *store.Tx, op string, purpose fns.Purpose) (follows *int64, wait time.Duration, err error) {
	if op != opSend || purpose.Subject == "" {
		return nil, 0, nil
	}
	if _, err := lockProvider(ctx, tx, r.providers[0].Name); err != nil {
		return nil, 0, err // who asks about the same subject beside us waits here
	}
	var names []string
	for _, p := range r.providers {
		if !p.PaidPolls {
			names = append(names, p.Name)
		}
	}
	var last []callRow
	err = tx.WithContext(ctx).Order("id DESC").Limit(1).Find(&last, "subject = ? AND provider IN ?", purpose.Subject, names).Error
	if err != nil {
		return nil, 0, fmt.Errorf("last question about %s: %w", purpose.Subject, err)
	}
	if len(last) == 0 || last[0].Outcome != Calling && last[0].Outcome != Unknown {
		return nil, 0, nil
	}
	return &last[0].ID, max(0, last[0].CalledAt.Add(fns.AnswerGone).Sub(tx.Now())), nil
}

// choose finds the provider to call: the first that may be called, but one of
// which little is left only if no other may. One that is only to be asked a
// little later is waited for: who comes after it is dearer.
func (r *Router) choose(ctx context.Context, tx *store.Tx, from []Provider, op string, purpose fns.Purpose) (chosen *desk, refusal error, err error) {
	var sparing *desk
	for _, p := range from {
		d, err := openDesk(ctx, tx, p)
		if err != nil {
			return nil, nil, err
		}
		no, scarce := d.refuses(tx.Now(), op, purpose), d.today().quota(p).scarce()
		if no == nil && !scarce {
			return d, nil, nil
		}
		if no == nil && sparing == nil {
			sparing = d
		}
		if no != nil {
			refusal = sooner(refusal, no, tx.Now())
		}
		var rate *fns.RateError
		if errors.As(no, &rate) && !scarce {
			break
		}
	}
	if sparing != nil {
		return sparing, nil, nil
	}
	return nil, refusal, nil
}

// sooner is the refusal that ends first; of equals the first.
func sooner(a, b error, now time.Time) error {
	if a == nil || retryIn(b, now) < retryIn(a, now) {
		return b
	}
	return a
}

// accessPause is how long a refusal of access answers for all receipts.
const accessPause = 30 * time.Second

// retryIn is the pause that a refusal asks for.
func retryIn(err error, now time.Time) time.Duration {
	var (
		quota     *fns.QuotaError
		rate      *fns.RateError
		temporary *fns.TemporaryError
	)
	switch {
	case errors.As(err, &quota):
		return quota.Until.Sub(now)
	case errors.As(err, &rate):
		return rate.RetryIn
	case errors.As(err, &temporary):
		return temporary.RetryIn
	}
	return accessPause
}

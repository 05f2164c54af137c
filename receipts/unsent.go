package receipts

import (
	"context"
	"errors"
	"time"

	"promobot/fns"
	"promobot/internal/store"
)

// unsent keeps a receipt whose question was not sent, or of which nobody knows
// whether it was.
func (s *Service) unsent(ctx context.Context, r Receipt, q requestRow, cause error) (time.Duration, error) {
	if ctx.Err() != nil {
		return 0, ctx.Err() // the process stops; the job runs again
	}
	var (
		quota     *fns.QuotaError
		rate      *fns.RateError
		temporary *fns.TemporaryError
	)
	switch {
	case errors.As(cause, &quota):
		return s.refused(ctx, r, q, cause, max(quota.Until.Sub(s.db.Now()), firstTrouble), quota.Every)
	case errors.As(cause, &rate):
		return s.refused(ctx, r, q, nil, max(rate.RetryIn, shortestPause), rate.Every)
	case errors.As(cause, &temporary) && temporary.Unasked:
		return s.refused(ctx, r, q, cause, max(temporary.RetryIn, shortestPause), 0)
	}
	if err := s.leave(ctx, r); err != nil {
		return 0, err
	}
	if temporary != nil && temporary.Unknown {
		return s.unknown(ctx, r, q, cause)
	}
	return s.trouble(ctx, r, q, cause)
}

// refused has a receipt wait for its turn. Who waits for more than ten seconds
// hears of it.
func (s *Service) refused(ctx context.Context, r Receipt, q requestRow, cause error, pause, every time.Duration) (time.Duration, error) {
	again, waited, err := s.queue(ctx, r, pause, every)
	if err != nil {
		return 0, err
	}
	reason := ReasonQueued
	var temporary *fns.TemporaryError
	if errors.As(cause, &temporary) {
		reason = ReasonUnavailable
	}
	if cause != nil {
		q.Answer = cause.Error()
	}
	if waited+again > toldQueued || reason == ReasonUnavailable {
		return again, s.checking(ctx, r, q, reason)
	}
	return again, nil
}

// unknown parks a receipt whose question may have been taken until the answer
// to it could not exist any longer; one new question then reconciles it. After
// the planned number of those the service is in trouble.
func (s *Service) unknown(ctx context.Context, r Receipt, q requestRow, cause error) (time.Duration, error) {
	pause := fns.AnswerGone
	if q.Resends++; q.Resends > maxResends {
		q.Resends, pause = 0, longestPause
	}
	q.Troubles++
	q.Answer = cause.Error()
	if err := s.checking(ctx, r, q, ReasonUnavailable); err != nil {
		return 0, err
	}
	return pause, cause
}

// leave takes a receipt out of the line: it had its call.
func (s *Service) leave(ctx context.Context, r Receipt) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return s.served(ctx, tx, r) })
}

// doubt keeps a receipt that a service denies whose word is not final: a
// mistake of theirs would cost the participant a genuine receipt. From now on
// only a service whose denial is final is asked, and without its word a person
// looks after a day.
func (s *Service) doubt(ctx context.Context, r Receipt, q requestRow) (time.Duration, error) {
	now := s.db.Now()
	q.MessageID, q.SentAt = "", nil
	if q.DoubtedAt == nil {
		q.DoubtedAt = &now
	}
	return firstTrouble, s.checking(ctx, r, q, ReasonUnavailable)
}

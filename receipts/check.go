package receipts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/failpoint"
	"promobot/internal/store"
)

// The plan of asking. An answer is kept for about a minute, and one message may
// be polled once a second and twelve times a minute; twelve polls fit below.
// Pauses under five seconds are kept by the queue without its scheduler.
const (
	firstPoll     = 2 * time.Second
	secondPoll    = 3 * time.Second
	laterPolls    = 4900 * time.Millisecond
	answerKept    = 55 * time.Second
	maxResends    = 2
	mostOdd       = 10  // unusable answers in a row about one receipt; then a person looks
	mostBusy      = 100 // busy answers in a row, about eight hours
	firstTrouble  = 5 * time.Second
	longestPause  = 5 * time.Minute
	shortestPause = 50 * time.Millisecond // the queue's own tick; a promised turn is not overslept
	notYetGivesUp = 72 * time.Hour
	doubtGivesUp  = 24 * time.Hour // without a word of a service whose denial is final; then a person looks
)

// notYetPauses are the pauses before the fiscal store is asked again; the last
// one repeats until 72 hours are over.
var notYetPauses = []time.Duration{
	5 * time.Minute, 15 * time.Minute, 40 * time.Minute, time.Hour, 3 * time.Hour, 9 * time.Hour, 10 * time.Hour, 12 * time.Hour,
}

// requestRow is where the question about a receipt stands.
type requestRow struct {
	ReceiptID int64 `gorm:"primaryKey"`
	MessageID string
	SentAt    *time.Time
	Polls     int
	Resends   int        // messages lost in a row
	Troubles  int        // failures in a row
	Odds      int        // unusable answers among them
	Busies    int        // "overloaded" among them
	Misses    int        // "not in the store" answers
	Told      string     // the last delay that the participant heard of
	Code      int        // the service's last result code
	Answer    string     // and its words
	DoubtedAt *time.Time // when a service whose word is not final denied it
}

// TableName is the table of questions.
func (requestRow) TableName() string { return "fiscal_requests" }

// Check does one short step of asking the fiscal service: it sends the question
// or polls the answer once. It returns after which pause it is to be called
// again; 0: the work is done. No transaction is open during a call, and between
// two steps everything is in the database. An error with a pause is a trouble of
// the service that is taken care of and only wants to be logged.
func (s *Service) Check(ctx context.Context, id int64) (again time.Duration, err error) {
	r, err := s.ByID(ctx, s.db.Read(ctx), id)
	if err != nil || r.Status != Checking && r.Status != Waiting {
		return 0, err
	}
	var q requestRow
	if err := s.db.Read(ctx).Take(&q, "receipt_id = ?", id).Error; err != nil {
		return 0, fmt.Errorf("question about receipt %d: %w", id, err)
	}
	if q.MessageID == "" {
		if taken, err := s.takenMeanwhile(ctx, r); err != nil || taken {
			return 0, err
		}
		if again, wait, err := s.inTurn(ctx, r); err != nil || wait {
			return again, err
		}
		if q.DoubtedAt != nil && s.db.Now().Sub(*q.DoubtedAt) > doubtGivesUp {
			return 0, s.answered(ctx, r, q, fns.Answer{State: fns.Strange, Code: q.Code, Text: q.Answer})
		}
		if again, err := s.stepBack(ctx, r); err != nil || again > 0 {
			return again, err
		}
		return s.send(ctx, r, q)
	}
	if s.db.Now().Sub(*q.SentAt) > answerKept {
		return s.resend(ctx, r, q)
	}
	return s.poll(ctx, r, q)
}

// takenMeanwhile rejects a receipt whose document was verified for another
// claim by now, so that no call is spent on it.
func (s *Service) takenMeanwhile(ctx context.Context, r Receipt) (bool, error) {
	reason, _, err := s.duplicate(ctx, s.db.Read(ctx), r)
	if err != nil || reason == "" {
		return false, err
	}
	return true, s.db.InTx(ctx, func(tx *store.Tx) error {
		r, err := s.holdAgain(ctx, tx, r)
		if err != nil || r.Status != Checking && r.Status != Waiting {
			return err
		}
		reason, facts, err := s.duplicate(ctx, tx.DB, r)
		if err != nil || reason == "" {
			return err
		}
		if err := s.served(ctx, tx, r); err != nil {
			return err
		}
		return s.reject(ctx, tx, r, reason, facts)
	})
}

// purpose says what a question is asked for.
func (r Receipt) purpose(q requestRow) fns.Purpose {
	return fns.Purpose{Subject: Subject(r.ID), Retry: r.AskedAt != nil || q.Resends > 0, Official: q.DoubtedAt != nil}
}

func (s *Service) send(ctx context.Context, r Receipt, q requestRow) (time.Duration, error) {
	failpoint.Pass(failpoint.FiscalAsking)
	messageID, err := s.outside.Fiscal.Send(fns.WithPurpose(ctx, r.purpose(q)), r.qr())
	if err != nil {
		return s.unsent(ctx, r, q, err)
	}
	failpoint.Pass(failpoint.FiscalAsked)
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		now := tx.Now()
		q.MessageID, q.SentAt, q.Polls = messageID, &now, 0
		if err := s.save(ctx, tx, q); err != nil {
			return err
		}
		if err := s.served(ctx, tx, r); err != nil {
			return err
		}
		if r.AskedAt != nil {
			return nil
		}
		if err := tx.WithContext(ctx).Model(&Receipt{}).Where("id = ?", r.ID).Update("asked_at", now).Error; err != nil {
			return err
		}
		return s.record(ctx, tx, r, EventAsked, nil)
	})
	failpoint.Pass(failpoint.FiscalSent)
	return firstPoll, err
}

// resend gives a message up whose answer never came. After two of them the
// service is in trouble, and hammering it helps nobody.
func (s *Service) resend(ctx context.Context, r Receipt, q requestRow) (time.Duration, error) {
	waited := s.db.Now().Sub(*q.SentAt)
	q.MessageID, q.SentAt = "", nil
	if q.Resends++; q.Resends > maxResends {
		q.Resends = 0
		return s.trouble(ctx, r, q, &fns.TemporaryError{Op: "poll", Err: errors.New("answers do not come")})
	}
	if waited > answerKept {
		return firstPoll, s.checking(ctx, r, q, ReasonUnavailable) // a minute is long for somebody who looks at the screen
	}
	return firstPoll, s.db.InTx(ctx, func(tx *store.Tx) error { return s.save(ctx, tx, q) })
}

func (s *Service) poll(ctx context.Context, r Receipt, q requestRow) (time.Duration, error) {
	answer, err := s.outside.Fiscal.Poll(fns.WithPurpose(ctx, r.purpose(q)), q.MessageID)
	switch {
	case errors.Is(err, fns.ErrMessageGone):
		return s.resend(ctx, r, q)
	case err != nil:
		return s.trouble(ctx, r, q, err)
	}
	q.Code, q.Answer = answer.Code, answer.Text
	switch answer.State {
	case fns.Pending:
		q.Polls++
		return pollPause(q.Polls), s.db.InTx(ctx, func(tx *store.Tx) error { return s.save(ctx, tx, q) })
	case fns.NotYet:
		return s.notYet(ctx, r, q, answer)
	case fns.Busy:
		q.MessageID, q.SentAt = "", nil
		if q.Busies++; q.Busies > mostBusy {
			return 0, s.answered(ctx, r, q, answer)
		}
		return s.trouble(ctx, r, q, &fns.TemporaryError{Op: "poll", RetryIn: answer.RetryIn, Err: errors.New(answer.Text)})
	}
	if answer.Hearsay && answer.State != fns.Found {
		return s.doubt(ctx, r, q)
	}
	if answer.State == fns.Found && answer.Ticket.Key != r.qr().Key {
		// The service's mistake, which says nothing about the receipt.
		return s.odd(ctx, r, q, "a ticket of another document")
	}
	return 0, s.answered(ctx, r, q, answer)
}

// odd asks again after an answer that cannot be used.
func (s *Service) odd(ctx context.Context, r Receipt, q requestRow, what string) (time.Duration, error) {
	q.MessageID, q.SentAt = "", nil
	return s.trouble(ctx, r, q, &fns.TemporaryError{Op: "poll", Answered: true, Err: errors.New(what)})
}

func pollPause(polls int) time.Duration {
	if polls == 1 {
		return secondPoll
	}
	return laterPolls
}

// answered ends the asking with a final or strange answer.
func (s *Service) answered(ctx context.Context, r Receipt, q requestRow, answer fns.Answer) error {
	failpoint.Pass(failpoint.FiscalAnswered)
	defer failpoint.Pass(failpoint.Settled)
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		r, err := s.holdAgain(ctx, tx, r)
		if err != nil || r.Status != Checking && r.Status != Waiting {
			return err
		}
		now := tx.Now()
		r.AnsweredAt = &now
		if err := s.save(ctx, tx, q); err != nil {
			return err
		}
		switch answer.State {
		case fns.Found:
			return s.settle(ctx, tx, r, answer.Ticket)
		case fns.Forged:
			return s.reject(ctx, tx, r, ReasonForged, nil)
		case fns.Malformed:
			return s.reject(ctx, tx, r, ReasonMalformed, nil)
		}
		return s.strange(ctx, tx, r, answer)
	})
}

// strange hands an answer that nobody has described to a person.
func (s *Service) strange(ctx context.Context, tx *store.Tx, r Receipt, answer fns.Answer) error {
	hit := fraud.Hit{Rule: ReasonStrange, Args: map[string]any{"code": answer.Code, "answer": answer.Text}}
	return s.review(ctx, tx, r, fraud.Verdict{}.With(hit))
}

// notYet keeps a receipt that the store does not have, for 72 hours since it
// was first asked for, and tells the participant once.
func (s *Service) notYet(ctx context.Context, r Receipt, q requestRow, answer fns.Answer) (again time.Duration, err error) {
	if answer.Hearsay && s.db.Now().Sub(*r.AskedAt) >= notYetGivesUp {
		return s.doubt(ctx, r, q)
	}
	if !answer.Hearsay {
		q.DoubtedAt = nil
	}
	pause := max(notYetPauses[min(q.Misses, len(notYetPauses)-1)], answer.RetryIn)
	q.MessageID, q.SentAt, q.Resends, q.Troubles, q.Odds, q.Busies = "", nil, 0, 0, 0, 0
	q.Misses++
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		r, err := s.holdAgain(ctx, tx, r)
		if err != nil || r.Status != Checking && r.Status != Waiting {
			pause = 0
			return err
		}
		left := notYetGivesUp - since(tx, r.AskedAt)
		if left <= 0 {
			pause = 0
			return s.reject(ctx, tx, r, ReasonNotFound, nil)
		}
		pause = min(pause, left)
		if err := s.delay(ctx, tx, r, &q, Waiting, ReasonNotYet, NoticeWaiting); err != nil {
			return err
		}
		return s.save(ctx, tx, q)
	})
	return pause, err
}

// trouble keeps a receipt while the service cannot answer: "we are checking",
// never "rejected". The error says how long to wait.
func (s *Service) trouble(ctx context.Context, r Receipt, q requestRow, cause error) (again time.Duration, err error) {
	if ctx.Err() != nil {
		return 0, ctx.Err() // the process stops; the job runs again
	}
	var temporary *fns.TemporaryError
	if errors.As(cause, &temporary) && temporary.Answered {
		q.Odds++
	}
	if q.Odds > mostOdd {
		return 0, s.answered(ctx, r, q, fns.Answer{State: fns.Strange, Code: q.Code, Text: cause.Error()})
	}
	pause, tell := q.troublePause(cause, s.db.Now())
	if !tell {
		return pause, s.db.InTx(ctx, func(tx *store.Tx) error { return s.save(ctx, tx, q) })
	}
	q.Troubles++
	q.Answer = cause.Error()
	reason := ReasonUnavailable
	var quota *fns.QuotaError
	if errors.As(cause, &quota) {
		reason = ReasonQueued
	}
	if err := s.checking(ctx, r, q, reason); err != nil {
		return 0, err
	}
	return pause, cause
}

// late are the notices of delays that a later answer alone ends.
var late = map[string]string{ReasonUnavailable: NoticeUnavailable, ReasonQueued: NoticeQueued}

// checking saves where the question stands and tells the participant, once,
// that the answer is late.
func (s *Service) checking(ctx context.Context, r Receipt, q requestRow, reason string) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		r, err := s.holdAgain(ctx, tx, r)
		if err != nil || r.Status != Checking && r.Status != Waiting {
			return err
		}
		if r.Status == Checking && late[q.Told] == "" {
			if err := s.delay(ctx, tx, r, &q, Checking, reason, late[reason]); err != nil {
				return err
			}
		}
		return s.save(ctx, tx, q)
	})
}

// troublePause reads how long the error asks to wait. A rate limit is our own
// haste and nothing to tell anybody; of two polls of one message the second
// comes no sooner than a second later.
func (q requestRow) troublePause(cause error, now time.Time) (pause time.Duration, tell bool) {
	var (
		quota     *fns.QuotaError
		rate      *fns.RateError
		temporary *fns.TemporaryError
	)
	pause = min(firstTrouble<<min(q.Troubles, 10), longestPause)
	switch {
	case errors.As(cause, &rate) && q.MessageID != "":
		return max(rate.RetryIn, time.Second), false
	case errors.As(cause, &rate):
		return max(rate.RetryIn, shortestPause), false
	case errors.As(cause, &quota):
		return max(quota.Until.Sub(now), firstTrouble), true
	case errors.As(cause, &temporary):
		return max(pause, temporary.RetryIn), true
	}
	return longestPause, true // access refused: an operator must act, see the log
}

// delay notes why the receipt is late and tells the participant, once for each
// kind of delay.
func (s *Service) delay(ctx context.Context, tx *store.Tx, r Receipt, q *requestRow, to Status, reason, notice string) error {
	if q.Told == reason {
		return nil
	}
	from := r.Status
	q.Told, r.Status, r.Reason = reason, to, reason
	if err := move(ctx, tx, from, r); err != nil {
		return err
	}
	if err := s.record(ctx, tx, r, EventDelayed, map[string]any{"reason": reason}); err != nil {
		return err
	}
	return s.tell(ctx, tx, r, notice)
}

func (s *Service) save(ctx context.Context, tx *store.Tx, q requestRow) error {
	err := tx.Later(ctx, func(g *gorm.DB) *gorm.DB {
		return g.Model(&requestRow{}).Where("receipt_id = ?", q.ReceiptID).Select("*").Omit("receipt_id").Updates(&q)
	})
	if err != nil {
		return fmt.Errorf("question about receipt %d: %w", q.ReceiptID, err)
	}
	return nil
}

package receipts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/fraud"
	"promobot/internal/events"
	"promobot/internal/store"
)

// What somebody hears who guesses at receipts.
const (
	// ReasonCooldown refuses what is typed or pasted during a pause. facts:
	// until, or problem: "open" while earlier ones are still being checked,
	// "case" while a person looks.
	ReasonCooldown = "code.cooldown"
	// ReasonGuesses hands a typed receipt to a person: the pauses are used up.
	ReasonGuesses = "code.guesses"

	EventPaused events.Kind = "receipt.guesses_paused" // data: step, until
)

// The ladder. Typed and pasted receipts that the fiscal service denies are
// guesses; photos are never refused for them. One more than fraud.Rules.Guesses
// within the window begins the first pause; then every guess that makes too
// many within the window takes the next step. On the last one a person decides.
//
// No more are asked about at a time than may still be wrong: the others wait
// their turn, unseen, so that a burst of honest ones passes and one of guesses
// finds out no more than single ones would.
//
// A receipt that is accepted wipes nothing out: one good receipt at hand would
// buy guesses without end. A guess whose receipt is accepted on appeal was none;
// until then it counts, so that an appeal buys none either.
const (
	guessWindow = 24 * time.Hour
	ladderLasts = 30 * 24 * time.Hour // after that it begins anew
	stepCase    = 3

	mostNotYet = 10 // typed ones of a participant that wait for the store; a late till bars nobody
)

var guessPauses = [...]time.Duration{1: 15 * time.Minute, 2: 24 * time.Hour, stepCase: 0}

// guessRow is a typed receipt that the fiscal service may be asked about. It is
// a wrong guess from its first denial until its receipt is accepted, whatever
// becomes of an appeal.
type guessRow struct {
	ReceiptID     int64 `gorm:"primaryKey"`
	ParticipantID int64
	GuessedAt     time.Time
	DeniedAt      *time.Time
}

// TableName is the table of guesses.
func (guessRow) TableName() string { return "guesses" }

// pauseRow is a step of the ladder, with the guess that led to it.
type pauseRow struct {
	ReceiptID     int64 `gorm:"primaryKey"`
	ParticipantID int64
	Step          int
	PausedAt      time.Time
	Until         time.Time
	HandedID      *int64 // the receipt that a person was asked about
}

// TableName is the table of pauses.
func (pauseRow) TableName() string { return "guess_pauses" }

// wrongGuess are the reasons by which the fiscal service denies a receipt.
var wrongGuess = []string{ReasonForged, ReasonMalformed, ReasonNotFound, ReasonMismatch}

// guessed takes the next step of the ladder if a denied receipt is one wrong
// guess too many. The caller holds the participant.
func (s *Service) guessed(ctx context.Context, tx *store.Tx, r Receipt) error {
	if s.rules.Guesses <= 0 {
		return nil
	}
	if first, err := deny(ctx, tx, r); err != nil || !first {
		return err
	}
	at, err := s.ladder(ctx, tx.DB, r.ParticipantID, tx.Now())
	if err != nil || at.wrong <= s.rules.Guesses || tx.Now().Before(at.Until) {
		return err
	}
	step := min(at.Step+1, stepCase)
	pause := pauseRow{ReceiptID: r.ID, ParticipantID: r.ParticipantID, Step: step, PausedAt: tx.Now(), Until: tx.Now().Add(guessPauses[step])}
	first, err := store.Once(ctx, tx, &pause)
	if err != nil || !first {
		return err
	}
	return s.record(ctx, tx, r, EventPaused, map[string]any{"step": step, "until": pause.Until})
}

// guess keeps that the receipt may be asked about.
func guess(ctx context.Context, tx *store.Tx, r Receipt) error {
	row := guessRow{ReceiptID: r.ID, ParticipantID: r.ParticipantID, GuessedAt: tx.Now()}
	if _, err := store.Once(ctx, tx, &row); err != nil {
		return fmt.Errorf("guess %d: %w", r.ID, err)
	}
	return nil
}

// deny keeps when the guess turned out to be wrong; not first: it has before,
// and its receipt was asked about anew on appeal.
func deny(ctx context.Context, tx *store.Tx, r Receipt) (first bool, err error) {
	if err := guess(ctx, tx, r); err != nil {
		return false, err
	}
	res := tx.WithContext(ctx).Model(&guessRow{}).Where("receipt_id = ? AND denied_at IS NULL", r.ID).Update("denied_at", tx.Now())
	if res.Error != nil {
		return false, fmt.Errorf("wrong guess %d: %w", r.ID, res.Error)
	}
	return res.RowsAffected > 0, nil
}

// rung is where a participant stands on the ladder.
type rung struct {
	pauseRow
	wrong int              // guesses that were denied within the window
	open  int              // that are being asked about for the first time
	late  int              // that the store does not have yet
	asked fraud.CaseStatus // of the case that the last step led to; "" none yet
}

// ladder finds the last step and counts the guesses of the window. A person who
// approves what the ladder handed over lifts it.
func (s *Service) ladder(ctx context.Context, g *gorm.DB, participantID int64, now time.Time) (at rung, err error) {
	err = g.WithContext(ctx).Order("paused_at DESC, receipt_id DESC").
		Take(&at.pauseRow, "participant_id = ? AND paused_at > ?", participantID, now.Add(-ladderLasts)).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return at, fmt.Errorf("pauses of participant %d: %w", participantID, err)
	}
	from := now.Add(-guessWindow)
	if at.HandedID != nil {
		var c fraud.Case
		if err := g.WithContext(ctx).Take(&c, "subject = ?", Subject(*at.HandedID)).Error; err != nil {
			return at, fmt.Errorf("case of receipt %d: %w", *at.HandedID, err)
		}
		at.asked = c.Status
		if c.Status == fraud.CaseApproved {
			at = rung{}
			from = later(from, *c.DecidedAt)
		}
	}
	var n struct{ Wrong, Open, Late int }
	err = g.WithContext(ctx).Table("guesses AS g").Joins("JOIN receipts AS r ON r.id = g.receipt_id").
		Where("g.participant_id = ?", participantID).
		Select(count("wrong", "g.denied_at > ? AND r.status <> ?")+", "+count("open", "g.denied_at IS NULL AND r.status = ?")+", "+count("late", "r.status = ?"),
			from, Accepted, Checking, Waiting).Scan(&n).Error
	if err != nil {
		return at, fmt.Errorf("guesses of participant %d: %w", participantID, err)
	}
	at.wrong, at.open, at.late = n.Wrong, n.Open, n.Late
	return at, nil
}

func count(name, condition string) string {
	return "COALESCE(SUM(CASE WHEN " + condition + " THEN 1 ELSE 0 END), 0) AS " + name
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Cooldown is why a participant may not type receipts now; its zero value lets
// him.
type Cooldown struct {
	Until   time.Time // the end of the pause; zero: it ends with what Problem names
	Problem string    // "open" or "case", see ReasonCooldown
}

// Paused tells that nothing typed is taken now.
func (c Cooldown) Paused() bool { return c != Cooldown{} }

// Facts are those of ReasonCooldown.
func (c Cooldown) Facts() map[string]any {
	if c.Problem != "" {
		return map[string]any{"problem": c.Problem}
	}
	return map[string]any{"until": c.Until.Format(time.RFC3339Nano)}
}

// Cooldown tells whether a participant may type receipts.
func (s *Service) Cooldown(ctx context.Context, g *gorm.DB, participantID int64) (Cooldown, error) {
	if s.rules.Guesses <= 0 {
		return Cooldown{}, nil
	}
	at, err := s.ladder(ctx, g, participantID, s.db.Now())
	return at.cooldown(s.db.Now()), err
}

func (at rung) cooldown(now time.Time) Cooldown {
	switch {
	case now.Before(at.Until):
		return Cooldown{Until: at.Until}
	case at.asked == fraud.CaseOpen:
		return Cooldown{Problem: "case"}
	case at.late >= mostNotYet:
		return Cooldown{Problem: "open"}
	}
	return Cooldown{}
}

// cool refuses a typed receipt during a pause, or hands it to a person where
// the pauses are used up: then it is done. After a pause it asks again whether
// it is its turn. Neither: the fiscal service may be asked, which is kept. The
// caller holds the participant.
func (s *Service) cool(ctx context.Context, tx *store.Tx, r Receipt) (pause time.Duration, done bool, err error) {
	if s.rules.Guesses <= 0 || !r.Way.guessable() {
		return 0, false, nil
	}
	at, err := s.ladder(ctx, tx.DB, r.ParticipantID, tx.Now())
	if err != nil {
		return 0, false, err
	}
	c := at.cooldown(tx.Now())
	switch {
	case c.Paused():
		return 0, true, s.reject(ctx, tx, r, ReasonCooldown, c.Facts())
	case at.Step >= stepCase:
		return 0, true, s.handOver(ctx, tx, r, at.pauseRow)
	case at.open >= max(1, s.rules.Guesses+1-at.wrong):
		return min(max(tx.Now().Sub(r.SubmittedAt)/4, shortestTurn), longestWait), false, nil
	}
	return 0, false, guess(ctx, tx, r)
}

// shortestTurn is how soon a typed receipt asks again whether it is its turn.
const shortestTurn = 500 * time.Millisecond

// inTurn has a typed receipt wait until it may be asked about. again: after
// that pause; done: it is decided without a question.
func (s *Service) inTurn(ctx context.Context, r Receipt) (again time.Duration, done bool, err error) {
	if s.rules.Guesses <= 0 || !r.Way.guessable() || r.AskedAt != nil {
		return 0, false, nil
	}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		r, err := s.hold(ctx, tx, r.ID)
		if err != nil || r.Status != Checking && r.Status != Waiting {
			done = true
			return err
		}
		var asked int64
		if err := tx.WithContext(ctx).Model(&guessRow{}).Where("receipt_id = ?", r.ID).Count(&asked).Error; err != nil || asked > 0 {
			return err // it had its turn, and the process ended before the question was sent
		}
		again, done, err = s.cool(ctx, tx, r)
		return err
	})
	return again, done || again > 0, err
}

// handOver asks a person about a receipt before the fiscal service is asked.
func (s *Service) handOver(ctx context.Context, tx *store.Tx, r Receipt, step pauseRow) error {
	if _, err := store.Once(ctx, tx, &requestRow{ReceiptID: r.ID}); err != nil {
		return fmt.Errorf("hand receipt %d over: %w", r.ID, err)
	}
	if err := tx.WithContext(ctx).Model(&step).Update("handed_id", r.ID).Error; err != nil {
		return fmt.Errorf("hand receipt %d over: %w", r.ID, err)
	}
	hits := []fraud.Hit{{Rule: ReasonGuesses, Args: map[string]any{}}}
	return s.review(ctx, tx, r, fraud.Verdict{Outcome: fraud.Review, Hits: hits})
}

package receipts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/events"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/participants"
	"promobot/qr"
	"promobot/rewards"
)

// ErrNone reports that there is no such receipt or line.
var ErrNone = errors.New("receipts: no such receipt or line")

// Scanner reads the code on a picture, if it must with the help of what earlier
// pictures of the same receipt have left.
type Scanner interface {
	Scan(ctx context.Context, picture []byte) (qr.Result, error)
	ScanAgain(ctx context.Context, picture []byte, earlier ...qr.Trace) (qr.Result, error)
}

// Fiscal asks the fiscal service: Send puts a question and returns the id by
// which Poll fetches the answer. Its errors are those of package fns.
type Fiscal interface {
	Send(ctx context.Context, q fns.QR) (messageID string, err error)
	Poll(ctx context.Context, messageID string) (fns.Answer, error)
}

// What Files refuses for good; it wraps them.
var (
	// ErrFileGone reports a file that its channel keeps no longer.
	ErrFileGone = errors.New("receipts: the channel keeps the file no longer")
	// ErrFileTooLarge reports a file of more bytes than were allowed.
	ErrFileTooLarge = errors.New("receipts: the file is too large")
)

// Files reads a file that a channel keeps, at most limit bytes. Every error but
// ErrFileGone and ErrFileTooLarge is a trouble that may pass.
type Files interface {
	Fetch(ctx context.Context, ref string, limit int64) ([]byte, error)
}

// Outside are the parts that reach beyond the database.
type Outside struct {
	Scanner Scanner
	Fiscal  Fiscal
	Files   Files // nil where no channel keeps files
	// Mark draws into a picture where it is flawed, as qr.Marked does; nil: no
	// picture is marked.
	Mark func(ctx context.Context, picture []byte, r qr.Result) ([]byte, error)
}

// Service takes receipts in.
type Service struct {
	db      *store.DB
	outside Outside
	people  *participants.Service
	book    *campaigns.Book
	rules   fraud.Rules
	desk    *rewards.Desk
}

// NewService returns a service that judges by the terms in book and by rules.
func NewService(db *store.DB, outside Outside, people *participants.Service, book *campaigns.Book, rules fraud.Rules, desk *rewards.Desk) *Service {
	return &Service{db: db, outside: outside, people: people, book: book, rules: rules.Ready(), desk: desk}
}

// List returns a participant's receipts, newest first, at most limit.
func (s *Service) List(ctx context.Context, g *gorm.DB, participantID int64, limit int) ([]Receipt, error) {
	var list []Receipt
	err := g.WithContext(ctx).Order("id DESC").Limit(limit).Find(&list, "participant_id = ?", participantID).Error
	if err != nil {
		return nil, fmt.Errorf("receipts of participant %d: %w", participantID, err)
	}
	return list, nil
}

// BySource returns the receipt that came by the source.
func (s *Service) BySource(ctx context.Context, g *gorm.DB, source string) (Receipt, bool, error) {
	var r Receipt
	err := g.WithContext(ctx).Take(&r, "source = ?", source).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Receipt{}, false, nil
	}
	if err != nil {
		return Receipt{}, false, fmt.Errorf("receipt of %s: %w", source, err)
	}
	return r, true, nil
}

// ByID returns the receipt; ErrNone if there is none.
func (s *Service) ByID(ctx context.Context, g *gorm.DB, id int64) (Receipt, error) {
	var r Receipt
	err := g.WithContext(ctx).Take(&r, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Receipt{}, fmt.Errorf("receipt %d: %w", id, ErrNone)
	}
	return r, err
}

// hold locks the receipt's participant and reads the receipt as it is now:
// whatever another worker did before is seen.
func (s *Service) hold(ctx context.Context, tx *store.Tx, id int64) (Receipt, error) {
	r, err := s.ByID(ctx, tx.DB, id)
	if err != nil {
		return r, err
	}
	return s.holdAgain(ctx, tx, r)
}

// holdAgain is hold for who has read the receipt before: its participant stays
// the same for ever.
func (s *Service) holdAgain(ctx context.Context, tx *store.Tx, r Receipt) (Receipt, error) {
	if err := s.people.Lock(ctx, tx, r.ParticipantID); err != nil {
		return r, err
	}
	return s.ByID(ctx, tx.DB, r.ID)
}

// move writes the receipt if its status is still the one that was read. The
// caller holds the participant, so that another answer is a defect.
func move(ctx context.Context, tx *store.Tx, from Status, r Receipt) error {
	res := tx.WithContext(ctx).Model(&Receipt{}).Where("id = ? AND status = ?", r.ID, from).
		Select("*").Omit("id", "source", "submitted_at").Updates(&r)
	if res.Error != nil {
		return fmt.Errorf("move receipt %d from %s: %w", r.ID, from, res.Error)
	}
	if res.RowsAffected == 0 {
		return fmt.Errorf("receipt %d is no longer %s", r.ID, from)
	}
	return nil
}

// moveLast is move for what nothing in the transaction reads after it; another
// answer undoes all of it.
func moveLast(ctx context.Context, tx *store.Tx, from Status, r Receipt) error {
	return tx.Later(ctx, func(g *gorm.DB) *gorm.DB {
		return g.Model(&Receipt{}).Where("id = ? AND status = ?", r.ID, from).Select("*").Omit("id", "source", "submitted_at").Updates(&r)
	})
}

// reject ends the receipt with a reason and tells the participant.
func (s *Service) reject(ctx context.Context, tx *store.Tx, r Receipt, reason string, facts map[string]any) error {
	from, now := r.Status, tx.Now()
	r.Status, r.Reason, r.DecidedAt, r.Points, r.Parts = Rejected, reason, &now, 0, nil
	if r.Facts = facts; facts == nil {
		r.Facts = map[string]any{}
	}
	if err := move(ctx, tx, from, r); err != nil {
		return err
	}
	if err := s.record(ctx, tx, r, EventRejected, map[string]any{"reason": reason, "facts": r.Facts}); err != nil {
		return err
	}
	if r.Way.guessable() && slices.Contains(wrongGuess, reason) {
		if err := s.guessed(ctx, tx, r); err != nil {
			return err
		}
	}
	return s.tell(ctx, tx, r, Told(reason))
}

func (s *Service) record(ctx context.Context, tx *store.Tx, r Receipt, kind events.Kind, data map[string]any) error {
	return events.Record(ctx, tx, events.Event{Kind: kind, ParticipantID: r.ParticipantID, Subject: Subject(r.ID), Data: data})
}

func (s *Service) tell(ctx context.Context, tx *store.Tx, r Receipt, key string) error {
	return notify.Tell(ctx, tx, notify.Notice{ParticipantID: r.ParticipantID, Subject: r.told(), Key: key, Args: r.about()})
}

// told is the subject of the receipt's notices. What follows an appeal, or a
// name that was taught, is a new message: the edit of an old one would go unseen.
func (r Receipt) told() string {
	switch {
	case r.again != "":
		return Subject(r.ID) + "/" + r.again
	case r.AppealedAt != nil:
		return Subject(r.ID) + "/appeal"
	}
	return Subject(r.ID)
}

// since is the age of a moment in the transaction.
func since(tx *store.Tx, moment *time.Time) time.Duration {
	if moment == nil {
		return 0
	}
	return tx.Now().Sub(*moment)
}

package receipts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/fraud"
	"promobot/internal/store"
)

// Refusals of an appeal.
var (
	// ErrAppealed reports a receipt whose refusal was disputed before.
	ErrAppealed = errors.New("receipts: appealed before")
	// ErrNoAppeal reports a receipt that is not refused, or for a reason that
	// no person can judge otherwise.
	ErrNoAppeal = errors.New("receipts: nothing that a person could judge otherwise")
	// ErrManyAppeals reports a participant who has used up the day's appeals.
	ErrManyAppeals = errors.New("receipts: too many appeals in a day")
	// ErrTaken reports a document that another participant's verified receipt
	// stands for: it cannot pay twice, whoever is right.
	ErrTaken = errors.New("receipts: another verified receipt stands for the document, refuse the case")
)

// An appeal that is granted or not.
const (
	ReasonAppealRefused = "appeal.refused"   // facts: was, and those of the reason that it names
	ReasonFraud         = "fraud.refused"    // as its participant hears a refusal by whatever rule
	NoticeAgain         = "appeal.again"     // the fiscal service is asked once more
	EventAppealed       = "receipt.appealed" // data: reason
)

// appealable are the reasons that a person may judge otherwise: what the fiscal
// service or the matching of lines said, or a rule of the fraud desk. Of the
// others the code itself is the proof, another photo helps at once, or a person
// has decided already.
var appealable = map[string]bool{
	ReasonDuplicate: true,
	ReasonForged:    true, ReasonMalformed: true, ReasonNotFound: true, ReasonMismatch: true,
	"campaign.no_promo": true, "campaign.promo_min": true, "campaign.shop": true,
}

// Appealable tells whether a person may judge a refusal with the reason
// otherwise.
func Appealable(reason string) bool { return appealable[reason] || fraud.IsRule(reason) }

// Told is the reason of a refusal as its participant hears it: which rule of the
// fraud desk hit is not told.
func Told(reason string) string {
	if fraud.IsRule(reason) {
		return ReasonFraud
	}
	return reason
}

// Appeal is a refusal that its participant disputes.
type Appeal struct {
	ReceiptID     int64 `gorm:"primaryKey"`
	ParticipantID int64
	Reason        string         // of the refusal
	Facts         map[string]any `gorm:"serializer:json"` // its numbers
	OtherID       *int64         // the verified receipt that stands for the same document
	AppealedAt    time.Time
	DueAt         time.Time // when the participant is promised an answer
}

const aDay = 24 * time.Hour

// Appeal disputes the refusal of a receipt: a case is opened, and a person
// decides until DueAt. The caller has locked the participant. Another's receipt
// is ErrNone, as if it did not exist; with ErrAppealed comes the first appeal.
func (s *Service) Appeal(ctx context.Context, tx *store.Tx, participantID, receiptID int64) (Appeal, error) {
	r, err := s.ByID(ctx, tx.DB, receiptID)
	if err == nil && r.ParticipantID != participantID {
		err = fmt.Errorf("receipt %d: %w", receiptID, ErrNone)
	}
	if err != nil {
		return Appeal{}, err
	}
	if a, found, err := s.appealOf(ctx, tx.DB, r.ID); err != nil || found {
		return a, errors.Join(err, ErrAppealed)
	}
	if r.Status != Rejected || !Appealable(r.Reason) {
		return Appeal{}, ErrNoAppeal
	}
	var today int64
	err = tx.WithContext(ctx).Model(&Appeal{}).Where("participant_id = ? AND appealed_at > ?", participantID, tx.Now().Add(-aDay)).Count(&today).Error
	if err != nil {
		return Appeal{}, fmt.Errorf("appeals of participant %d: %w", participantID, err)
	}
	if today >= int64(s.rules.Appeals()) {
		return Appeal{}, ErrManyAppeals
	}
	return s.appeal(ctx, tx, r)
}

func (s *Service) appeal(ctx context.Context, tx *store.Tx, r Receipt) (Appeal, error) {
	now := tx.Now()
	a := Appeal{ReceiptID: r.ID, ParticipantID: r.ParticipantID, Reason: r.Reason, Facts: r.Facts, AppealedAt: now, DueAt: now.Add(s.rules.AppealTime())}
	other, err := s.standing(ctx, tx.DB, r)
	if err != nil {
		return a, err
	}
	a.OtherID = other
	if err := tx.WithContext(ctx).Create(&a).Error; err != nil {
		return a, fmt.Errorf("appeal of receipt %d: %w", r.ID, err)
	}
	r.Status, r.DecidedAt, r.AppealedAt = Review, nil, &now
	if err := move(ctx, tx, Rejected, r); err != nil {
		return a, err
	}
	hits := []fraud.Hit{{Rule: a.Reason, Args: a.Facts}}
	c := fraud.Case{ParticipantID: r.ParticipantID, Subject: Subject(r.ID), Kind: fraud.KindAppeal, Hits: hits, DueAt: &a.DueAt}
	if err := fraud.OpenCase(ctx, tx, c); err != nil {
		return a, err
	}
	return a, s.record(ctx, tx, r, EventAppealed, map[string]any{"reason": a.Reason})
}

// standing is the verified receipt of the same document, another one than r.
func (s *Service) standing(ctx context.Context, g *gorm.DB, r Receipt) (*int64, error) {
	var ids []int64
	err := g.WithContext(ctx).Model(&Receipt{}).Limit(1).
		Where(ofDocument+" AND verified_at IS NOT NULL", r.Scheme, r.FN, r.FD, r.ID).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return &ids[0], nil
}

func (s *Service) appealOf(ctx context.Context, g *gorm.DB, receiptID int64) (a Appeal, found bool, err error) {
	err = g.WithContext(ctx).Take(&a, "receipt_id = ?", receiptID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return a, false, nil
	}
	return a, err == nil, err
}

// grantAppeal takes the receipt up again without the reason that was disputed:
// what is verified is judged and paid, all else is asked about anew.
func (s *Service) grantAppeal(ctx context.Context, tx *store.Tx, r Receipt, placed map[int]string) error {
	other, err := s.standing(ctx, tx.DB, r)
	if err != nil {
		return err
	}
	if other != nil {
		return fmt.Errorf("receipt %d: receipt %d: %w", r.ID, *other, ErrTaken)
	}
	r.Waived = r.Reason
	if r.VerifiedAt == nil {
		return s.askAnew(ctx, tx, r, NoticeAgain)
	}
	return s.takeUp(ctx, tx, r, placed)
}

// refuseAppeal ends the receipt; its participant hears the first reason again.
func (s *Service) refuseAppeal(ctx context.Context, tx *store.Tx, r Receipt) error {
	facts := map[string]any{"was": r.Reason}
	for key, value := range r.Facts {
		facts[key] = value
	}
	return s.reject(ctx, tx, r, ReasonAppealRefused, facts)
}

package receipts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/failpoint"
	"promobot/internal/store"
)

// Submission is a receipt as it came in, with one of Picture, File and Text.
type Submission struct {
	Source        string // unique for ever: "update:17"
	ParticipantID int64
	Way           Way
	Picture       []byte // a photo, picture or PDF
	File          string // one that its channel keeps, as Outside.Files knows it: "telegram:FILEID"
	Text          string // what the code says; of typed fields, their QR.String
	Forwarded     bool   // it was somebody else's message
}

// Submit takes a receipt in; the caller has locked the participant. A text is
// judged at once, a picture by a job. What speaks against the receipt is told
// by a notice, never by an error. The same source again gives the same receipt.
func (s *Service) Submit(ctx context.Context, tx *store.Tx, sub Submission) (Receipt, error) {
	r, first, err := s.insert(ctx, tx, sub)
	if err != nil || !first {
		return r, err
	}
	came := map[string]any{"way": sub.Way}
	if sub.Forwarded {
		came["forwarded"] = true
	}
	if err := s.record(ctx, tx, r, EventSubmitted, came); err != nil {
		return r, err
	}
	if sub.Way.guessable() {
		if err := s.take(ctx, tx, r, sub.Text, string(sub.Way)); err != nil {
			return r, err
		}
		return s.ByID(ctx, tx.DB, r.ID)
	}
	if err := keepPicture(ctx, tx, r.ID, sub); err != nil {
		return r, err
	}
	failpoint.Pass(failpoint.ReceiptSubmitting)
	return r, tx.Enqueue(ctx, ScanArgs{ReceiptID: r.ID})
}

func (s *Service) insert(ctx context.Context, tx *store.Tx, sub Submission) (r Receipt, first bool, err error) {
	version, err := s.book.Newest(ctx, tx.DB)
	if err != nil {
		return r, false, err
	}
	r = Receipt{ParticipantID: sub.ParticipantID, CampaignID: version.CampaignID, Source: sub.Source, Way: sub.Way,
		Country: country, Scheme: scheme, Status: Submitted, Facts: map[string]any{}, SubmittedAt: tx.Now()}
	first, err = store.Once(ctx, tx, &r)
	if err != nil {
		return r, false, fmt.Errorf("submit %s: %w", sub.Source, err)
	}
	if !first {
		r, _, err = s.BySource(ctx, tx.DB, sub.Source)
	}
	return r, first, err
}

// take judges all that the code's text shows and, if nothing speaks against it,
// has the fiscal service asked.
func (s *Service) take(ctx context.Context, tx *store.Tx, r Receipt, text, stage string) error {
	q, err := fns.ParseQR(text)
	if err != nil {
		reason, facts := codeProblem(err)
		return s.reject(ctx, tx, r, reason, facts)
	}
	if err := dropTraces(ctx, tx, r.ParticipantID); err != nil {
		return err
	}
	at := q.At
	// Beside its fields a code may carry any bytes; PostgreSQL stores no others.
	r.Code, r.FN, r.FD, r.FP = strings.ToValidUTF8(text, "\uFFFD"), q.FN, q.FD, q.FP
	r.Operation, r.TotalKopecks, r.PurchasedAt = q.Operation, q.Total, &at
	if err := s.record(ctx, tx, r, EventRead, map[string]any{"stage": stage, "sum": r.TotalKopecks, "at": r.PurchasedAt}); err != nil {
		return err
	}
	r, refusal, err := s.lead(ctx, tx, r)
	if err != nil {
		return err
	}
	if refusal != nil {
		return s.reject(ctx, tx, r, refusal.Rule, refusal.Args)
	}
	reason, facts, err := s.duplicate(ctx, tx.DB, r)
	if err == nil && reason == "" {
		reason, err = s.denied(ctx, tx.DB, r)
	}
	if err != nil {
		return err
	}
	if reason != "" {
		return s.reject(ctx, tx, r, reason, facts)
	}
	if _, done, err := s.cool(ctx, tx, r); done || err != nil {
		return err
	}
	return s.ask(ctx, tx, r)
}

// precheck judges by the terms what the code alone shows.
func (s *Service) precheck(ctx context.Context, tx *store.Tx, r Receipt, version campaigns.Version) (*campaigns.Refusal, error) {
	var registered time.Time
	if version.GraceDaysNew > 0 {
		var err error
		if registered, err = s.people.RegisteredAt(ctx, tx.DB, r.ParticipantID); err != nil {
			return nil, err
		}
	}
	return version.Precheck(r.qr(), r.SubmittedAt, registered), nil
}

func codeProblem(err error) (reason string, facts map[string]any) {
	var field *fns.FieldError
	switch {
	case errors.As(err, &field):
		return ReasonInvalid, map[string]any{"field": field.Field}
	case errors.Is(err, fns.ErrIncomplete):
		return ReasonIncomplete, nil
	}
	return ReasonNotReceipt, nil
}

// ask moves the receipt to Checking and enqueues the question.
func (s *Service) ask(ctx context.Context, tx *store.Tx, r Receipt) error {
	from := r.Status
	r.Status = Checking
	if err := move(ctx, tx, from, r); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, r, NoticeRead); err != nil {
		return err
	}
	if err := tx.WithContext(ctx).Create(&requestRow{ReceiptID: r.ID}).Error; err != nil {
		return fmt.Errorf("ask about receipt %d: %w", r.ID, err)
	}
	return tx.Enqueue(ctx, CheckArgs{ReceiptID: r.ID})
}

// ofDocument finds the other receipts of a document. Its last condition, which
// every document fulfils, lets SQLite use the index of those.
const ofDocument = "scheme = ? AND fn = ? AND fd = ? AND id <> ? AND fn <> ''"

// duplicate finds what stands for the same document already. A verified
// receipt, whoever's, bars all others; a claim that is not verified yet bars
// only its owner from sending the very same code twice, so that a guess squats
// on nobody.
func (s *Service) duplicate(ctx context.Context, g *gorm.DB, r Receipt) (reason string, facts map[string]any, err error) {
	var others []Receipt
	err = g.WithContext(ctx).Order("id").Find(&others,
		ofDocument+" AND (verified_at IS NOT NULL OR participant_id = ?)",
		r.Scheme, r.FN, r.FD, r.ID, r.ParticipantID).Error
	if err != nil {
		return "", nil, err
	}
	for _, other := range others {
		if other.VerifiedAt != nil {
			return duplicateOf(r, other)
		}
	}
	for _, other := range others {
		if !other.Status.Final() && other.qr() == r.qr() {
			return duplicateOf(r, other)
		}
	}
	return "", nil, nil
}

func duplicateOf(r, other Receipt) (reason string, facts map[string]any, err error) {
	if other.ParticipantID != r.ParticipantID {
		return ReasonDuplicate, nil, nil
	}
	return ReasonDuplicateOwn, map[string]any{"first": other.ID, "status": other.Status, "reason": other.Reason,
		"points": other.Points, "at": other.SubmittedAt}, nil
}

// denied finds that the fiscal service has denied this very code before, whoever
// sent it: it must not be asked again. Another sign, total or minute is another
// code.
func (s *Service) denied(ctx context.Context, g *gorm.DB, r Receipt) (reason string, err error) {
	var others []Receipt
	err = g.WithContext(ctx).Order("id").Find(&others, ofDocument+" AND status = ? AND reason IN ?",
		r.Scheme, r.FN, r.FD, r.ID, Rejected, []string{ReasonForged, ReasonMalformed}).Error
	for _, other := range others {
		if other.qr() == r.qr() {
			return other.Reason, nil
		}
	}
	return "", err
}

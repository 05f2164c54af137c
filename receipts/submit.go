package receipts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"promobot/fns"
	"promobot/internal/failpoint"
	"promobot/internal/store"
	"promobot/qr"
)

// Submission is a receipt as it came in.
type Submission struct {
	Source        string // unique for ever: "update:17"
	ParticipantID int64
	Way           Way
	Picture       []byte // by photo
	Text          string // by text: what the code says
}

type photoRow struct {
	ReceiptID int64 `gorm:"primaryKey"`
	SHA256    string
	Picture   []byte
}

// TableName is the table of pictures.
func (photoRow) TableName() string { return "receipt_photos" }

// Submit takes a receipt in; the caller has locked the participant. A text is
// judged at once, a picture by a job. What speaks against the receipt is told
// by a notice, never by an error. The same source again gives the same receipt.
func (s *Service) Submit(ctx context.Context, tx *store.Tx, sub Submission) (Receipt, error) {
	r, first, err := s.insert(ctx, tx, sub)
	if err != nil || !first {
		return r, err
	}
	if err := s.record(ctx, tx, r, EventSubmitted, map[string]any{"way": sub.Way}); err != nil {
		return r, err
	}
	if sub.Way == ByText {
		err := s.take(ctx, tx, r, sub.Text, "text")
		if err != nil {
			return r, err
		}
		return s.ByID(ctx, tx.DB, r.ID)
	}
	sum := sha256.Sum256(sub.Picture)
	photo := photoRow{ReceiptID: r.ID, SHA256: hex.EncodeToString(sum[:]), Picture: sub.Picture}
	if err := tx.WithContext(ctx).Create(&photo).Error; err != nil {
		return r, fmt.Errorf("keep the picture of receipt %d: %w", r.ID, err)
	}
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

const longestTurn = 2 * time.Minute

// MayScan tells that no earlier picture of the participant waits to be scanned:
// an album is answered in its order, and of two photos of one receipt the first
// is the one that counts. A picture that is stuck bars others for two minutes.
func (s *Service) MayScan(ctx context.Context, id int64) (bool, error) {
	var earlier int64
	err := s.db.Read(ctx).Table("receipts AS r").Joins("JOIN receipts AS e ON e.participant_id = r.participant_id AND e.id < r.id").
		Where("r.id = ? AND e.status = ? AND e.submitted_at > ?", id, Submitted, s.db.Now().Add(-longestTurn)).Limit(1).Count(&earlier).Error
	if err != nil {
		return false, fmt.Errorf("pictures before receipt %d: %w", id, err)
	}
	return earlier == 0, nil
}

// Scan reads the code of a submitted picture. It returns nil when that was done
// before.
func (s *Service) Scan(ctx context.Context, id int64) error {
	r, err := s.ByID(ctx, s.db.Read(ctx), id)
	if err != nil || r.Status != Submitted {
		return err
	}
	var photo photoRow
	if err := s.db.Read(ctx).Take(&photo, "receipt_id = ?", id).Error; err != nil {
		return fmt.Errorf("picture of receipt %d: %w", id, err)
	}
	result, scanErr := s.outside.Scanner.Scan(ctx, photo.Picture)
	if ctx.Err() != nil {
		return ctx.Err() // the process stops; the job runs again
	}
	failpoint.Pass(failpoint.ReceiptScanned)
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		r, err := s.hold(ctx, tx, id)
		if err != nil || r.Status != Submitted {
			return err
		}
		now := tx.Now()
		r.ScannedAt = &now
		if scanErr != nil {
			return s.reject(ctx, tx, r, ReasonPicture, map[string]any{"problem": problem(scanErr)})
		}
		if result.Text == "" {
			return s.reject(ctx, tx, r, reasonScan+string(result.Hint), nil)
		}
		return s.take(ctx, tx, r, result.Text, result.Stage)
	})
}

// problem names what the image guard refused.
func problem(err error) string {
	for name, refusal := range map[string]error{
		"too_large": qr.ErrTooLarge, "bomb": qr.ErrTooManyPixels, "format": qr.ErrFormat, "pdf": qr.ErrPDF,
	} {
		if errors.Is(err, refusal) {
			return name
		}
	}
	return "broken"
}

// take judges all that the code's text shows and, if nothing speaks against it,
// has the fiscal service asked.
func (s *Service) take(ctx context.Context, tx *store.Tx, r Receipt, text, stage string) error {
	q, err := fns.ParseQR(text)
	if err != nil {
		reason, facts := codeProblem(err)
		return s.reject(ctx, tx, r, reason, facts)
	}
	at := q.At
	// Beside its fields a code may carry any bytes; PostgreSQL stores no others.
	r.Code, r.FN, r.FD, r.FP = strings.ToValidUTF8(text, "\uFFFD"), q.FN, q.FD, q.FP
	r.Operation, r.TotalKopecks, r.PurchasedAt = q.Operation, q.Total, &at
	if err := s.record(ctx, tx, r, EventRead, map[string]any{"stage": stage, "sum": r.TotalKopecks, "at": r.PurchasedAt}); err != nil {
		return err
	}
	version, err := s.book.At(ctx, tx.DB, q.At)
	if err != nil {
		return err
	}
	r.CampaignID, r.VersionID = version.CampaignID, &version.ID
	if refusal := version.Precheck(q, r.SubmittedAt); refusal != nil {
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
	return s.ask(ctx, tx, r)
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

// duplicate finds what stands for the same document already. A verified
// receipt, whoever's, bars all others; a claim that is not verified yet bars
// only its owner from sending the very same code twice, so that a guess squats
// on nobody.
func (s *Service) duplicate(ctx context.Context, g *gorm.DB, r Receipt) (reason string, facts map[string]any, err error) {
	var others []Receipt
	err = g.WithContext(ctx).Order("id").Find(&others,
		"scheme = ? AND fn = ? AND fd = ? AND id <> ? AND (verified_at IS NOT NULL OR participant_id = ?)",
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
	err = g.WithContext(ctx).Order("id").Find(&others, "scheme = ? AND fn = ? AND fd = ? AND id <> ? AND status = ? AND reason IN ?",
		r.Scheme, r.FN, r.FD, r.ID, Rejected, []string{ReasonForged, ReasonMalformed}).Error
	for _, other := range others {
		if other.qr() == r.qr() {
			return other.Reason, nil
		}
	}
	return "", err
}

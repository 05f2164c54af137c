package fraud

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// Refusals of the desk.
var (
	ErrNoCase  = errors.New("fraud: no such case")
	ErrDecided = errors.New("fraud: the case was decided before")
)

// CaseStatus is where a case stands; it moves once, from open.
type CaseStatus string

// The statuses of a case.
const (
	CaseOpen     CaseStatus = "open"
	CaseApproved CaseStatus = "approved"
	CaseRefused  CaseStatus = "refused"
)

// CaseKind says how a case came about.
type CaseKind string

// The kinds of cases.
const (
	KindReview CaseKind = "review" // rules hit, or nobody but a person can tell
	KindAppeal CaseKind = "appeal" // the participant disputes a refusal

	KindCertificate CaseKind = "certificate" // a code is said not to work; the subject is a certificate
	KindTax         CaseKind = "tax"         // documents are needed for the tax on a year's prizes; "tax:PARTICIPANT/YEAR"
)

// Case is what a person must decide.
type Case struct {
	ID            int64
	ParticipantID int64
	Subject       string // unique: a receipt or a certificate has one case
	Kind          CaseKind
	Status        CaseStatus
	Score         int    // risk, 0 to 99
	Rules         string // version of the rules that hit; "" where none did
	Hits          []Hit  `gorm:"serializer:json"`
	OpenedAt      time.Time
	DueAt         *time.Time // when the participant was promised an answer
	DecidedAt     *time.Time
	DecidedBy     string
	Note          string
}

// OpenCase opens a case: its participant, subject, kind, hits and, where there
// are any, score, rules and promised end. A subject that has an open case keeps
// it; a decided one is opened anew.
func OpenCase(ctx context.Context, tx *store.Tx, c Case) error {
	c.Status, c.OpenedAt = CaseOpen, tx.Now()
	first, err := store.Once(ctx, tx, &c)
	if err == nil && !first {
		err = tx.WithContext(ctx).Model(&Case{}).Where("subject = ? AND status <> ?", c.Subject, CaseOpen).
			Select("kind", "status", "score", "rules", "hits", "opened_at", "due_at", "decided_at", "decided_by", "note").Updates(&c).Error
	}
	if err != nil {
		return fmt.Errorf("open case of %s: %w", c.Subject, err)
	}
	return nil
}

// Decide closes an open case. Another decision than the one that stands is
// ErrDecided.
func Decide(ctx context.Context, tx *store.Tx, id int64, to CaseStatus, by, note string) (Case, error) {
	res := tx.WithContext(ctx).Model(&Case{}).Where("id = ? AND status = ?", id, CaseOpen).
		Updates(map[string]any{"status": to, "decided_at": tx.Now(), "decided_by": by, "note": note})
	if res.Error != nil {
		return Case{}, fmt.Errorf("decide case %d: %w", id, res.Error)
	}
	c, err := CaseByID(ctx, tx.DB, id)
	if err == nil && res.RowsAffected == 0 {
		err = fmt.Errorf("case %d: %w", id, ErrDecided)
	}
	return c, err
}

// CaseByID reads a case; ErrNoCase if there is none.
func CaseByID(ctx context.Context, g *gorm.DB, id int64) (Case, error) {
	var c Case
	err := g.WithContext(ctx).Take(&c, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Case{}, fmt.Errorf("case %d: %w", id, ErrNoCase)
	}
	return c, err
}

// OpenCaseOf reads the open case of a subject, if there is one.
func OpenCaseOf(ctx context.Context, g *gorm.DB, subject string) (c Case, found bool, err error) {
	err = g.WithContext(ctx).Take(&c, "subject = ? AND status = ?", subject, CaseOpen).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return c, false, nil
	}
	return c, err == nil, err
}

// Cases lists cases with the status, or all with "", oldest first, at most
// limit.
func Cases(ctx context.Context, g *gorm.DB, status CaseStatus, limit int) ([]Case, error) {
	query := g.WithContext(ctx).Order("id").Limit(limit)
	if status != "" {
		query = query.Where("status = ?", status)
	}
	var list []Case
	if err := query.Find(&list).Error; err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	return list, nil
}

// CasesOf lists the participant's cases but the one, newest first, at most
// limit.
func CasesOf(ctx context.Context, g *gorm.DB, participantID, but int64, limit int) ([]Case, error) {
	var list []Case
	err := g.WithContext(ctx).Order("id DESC").Limit(limit).Find(&list, "participant_id = ? AND id <> ?", participantID, but).Error
	if err != nil {
		return nil, fmt.Errorf("cases of participant %d: %w", participantID, err)
	}
	return list, nil
}

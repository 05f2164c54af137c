package prizes

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// standardComplainDays is how long after its first view a code may be said not
// to work, where the catalogue says nothing.
const standardComplainDays = 30

// The problems of a code that a participant can name.
const (
	ProblemRefused = "refused" // the shop does not take it
	ProblemUsed    = "used"    // it was redeemed before
	ProblemOther   = "other"
)

// Refusals of a complaint.
var (
	ErrUnseen    = errors.New("prizes: the code was not shown yet")
	ErrTooLate   = errors.New("prizes: too long after the first view")
	ErrComplaint = errors.New("prizes: there was a complaint before")
)

// Complaint is a participant's word that a code does not work, and the proof of
// who saw it first.
type Complaint struct {
	CertificateID int64
	ParticipantID int64
	Problem       string
	ComplainedAt  time.Time

	Proof Proof
}

// Proof is what is known of a certificate's way to its owner. The code is
// masked however it is printed.
type Proof struct {
	PrizeID   string
	Code      Code
	Status    string
	IssuedAt  *time.Time
	OpenedAt  *time.Time // the first view
	OpenedIn  string     // the chat of the first view, by the number of its address, which may be a phone itself: "telegram/7"; "" if it was not kept
	OpenedBy  string     // the update that asked for it: "update:17"
	Supplier  string     // who delivered the code; "" for the pool
	OrderRef  string     // that supplier's own number
	External  string     // the number by which that supplier knows the order
	OrderedAt *time.Time
	ImportID  int64  // the file that brought the code; 0: ordered
	FileName  string // its name
}

type complaintRow struct {
	CertificateID int64 `gorm:"primaryKey"`
	ParticipantID int64
	Problem       string
	ComplainedAt  time.Time
}

// TableName is the table of codes that were said not to work.
func (complaintRow) TableName() string { return "certificate_complaints" }

// CertificateSubject names a certificate, as cases do.
func CertificateSubject(certificateID int64) string {
	return "certificate:" + strconv.FormatInt(certificateID, 10)
}

// Complain notes that a participant's code does not work: once, after the code
// was shown and no longer than the prize allows; else ErrUnseen, ErrTooLate or
// ErrComplaint. Whatever is not his is ErrNotYours.
func (s *Shop) Complain(ctx context.Context, tx *store.Tx, participantID, certificateID int64, problem string) error {
	err := s.complain(ctx, tx, participantID, certificateID, problem)
	if err != nil {
		return fmt.Errorf("complaint of certificate %d: %w", certificateID, err)
	}
	return nil
}

func (s *Shop) complain(ctx context.Context, tx *store.Tx, participantID, certificateID int64, problem string) error {
	c, err := s.yours(ctx, tx.DB, participantID, certificateID)
	if err != nil {
		return err
	}
	prize, err := s.Prize(ctx, tx.DB, c.PrizeID)
	if err != nil {
		return err
	}
	switch last := c.OpenedAt.AddDate(0, 0, int(prize.ComplainDays)); {
	case !c.Opened:
		return ErrUnseen
	case tx.Now().After(last):
		return ErrTooLate
	}
	row := complaintRow{CertificateID: certificateID, ParticipantID: participantID, Problem: problem, ComplainedAt: tx.Now()}
	first, err := store.Once(ctx, tx, &row)
	if err == nil && !first {
		err = ErrComplaint
	}
	return err
}

// Complaint reads a complaint with its proof; false without one.
func (s *Shop) Complaint(ctx context.Context, g *gorm.DB, certificateID int64) (Complaint, bool, error) {
	var row complaintRow
	err := g.WithContext(ctx).Take(&row, certificateID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Complaint{}, false, nil
	}
	if err != nil {
		return Complaint{}, false, fmt.Errorf("complaint of certificate %d: %w", certificateID, err)
	}
	c := Complaint{CertificateID: row.CertificateID, ParticipantID: row.ParticipantID, Problem: row.Problem, ComplainedAt: row.ComplainedAt.UTC()}
	c.Proof, err = s.Proof(ctx, g, certificateID)
	return c, true, err
}

// Proof reads what is known of a certificate's way to its owner.
func (s *Shop) Proof(ctx context.Context, g *gorm.DB, certificateID int64) (Proof, error) {
	var p Proof
	res := g.WithContext(ctx).Raw(`SELECT c.prize_id, c.status, c.issued_at, c.opened_at, c.opened_by, COALESCE(d.channel || '/' || d.id, '') AS opened_in,
			COALESCE(o.supplier, '') AS supplier, COALESCE(o.ref, '') AS order_ref, COALESCE(o.external_id, '') AS external, o.ordered_at,
			c.import_id, COALESCE(i.file_name, '') AS file_name
		FROM certificates c LEFT JOIN addresses d ON d.id = c.opened_address_id LEFT JOIN supply_orders o ON o.id = c.order_id
		LEFT JOIN certificate_imports i ON i.id = c.import_id WHERE c.id = ?`, certificateID).Scan(&p)
	if res.Error == nil && res.RowsAffected == 0 {
		return p, fmt.Errorf("certificate %d: %w", certificateID, ErrNotYours)
	}
	if res.Error != nil {
		return p, fmt.Errorf("proof of certificate %d: %w", certificateID, res.Error)
	}
	var err error
	p.Code, err = s.Peek(ctx, g, certificateID)
	return p, err
}

// Replace awards another certificate of the same prize for one whose code does
// not work, once: the old one is void. Limits and taxes do not count it again.
// ErrOutOfStock leaves nothing behind. The caller has locked the participant.
func (s *Shop) Replace(ctx context.Context, tx *store.Tx, certificateID int64) (Award, error) {
	a, err := s.replace(ctx, tx, certificateID)
	if err != nil {
		return a, fmt.Errorf("replace certificate %d: %w", certificateID, err)
	}
	return a, nil
}

func (s *Shop) replace(ctx context.Context, tx *store.Tx, certificateID int64) (Award, error) {
	var old certificateRow
	if err := tx.WithContext(ctx).Take(&old, "id = ? AND status = ? AND award_id IS NOT NULL", certificateID, statusOpened).Error; err != nil {
		if errors.Is(err, gorm.ErrRecordNotFound) {
			err = ErrMoved
		}
		return Award{}, err
	}
	var row awardRow
	if err := tx.WithContext(ctx).Take(&row, *old.AwardID).Error; err != nil {
		return Award{}, err
	}
	prize, err := s.Prize(ctx, tx.DB, row.PrizeID)
	if err != nil {
		return Award{}, err
	}
	before := Award{ID: row.ID, Status: row.Status}
	row.ID, row.Source, row.AwardedAt, row.ReplacesID = 0, CertificateSubject(certificateID)+"/replacement", tx.Now(), &certificateID
	a, err := s.award(ctx, tx, prize, row, false)
	if err != nil {
		return Award{}, err
	}
	if err := moveAward(ctx, tx, before, map[string]any{"status": AwardReplaced}); err != nil {
		return Award{}, err
	}
	return a, moveCertificate(ctx, tx, old, map[string]any{"status": statusVoid})
}

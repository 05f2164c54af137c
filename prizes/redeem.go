package prizes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// certificateView is a certificate with its award and its prize.
type certificateView struct {
	ID            int64
	AwardID       int64
	ParticipantID int64
	PrizeID       string
	Title         string
	TitleEN       string
	HowToUse      string
	HowToUseEN    string
	ValidUntil    *time.Time
	IssuedAt      *time.Time
	OpenedAt      *time.Time
	Price         int64
}

func views(ctx context.Context, g *gorm.DB) *gorm.DB {
	return g.WithContext(ctx).Table("certificates AS c").
		Joins("JOIN awards AS a ON a.id = c.award_id").
		Joins("JOIN prizes AS p ON p.id = c.prize_id").
		Where("c.status IN ?", []string{statusIssued, statusOpened}).
		Select("c.id, c.award_id, a.participant_id, c.prize_id, p.title, p.title_en, p.how_to_use, p.how_to_use_en, " +
			"c.valid_until, c.issued_at, c.opened_at, a.price")
}

func (v certificateView) certificate() Certificate {
	return Certificate{
		ID:            v.ID,
		AwardID:       v.AwardID,
		ParticipantID: v.ParticipantID,
		PrizeID:       v.PrizeID,
		Title:         v.Title,
		TitleEN:       v.TitleEN,
		HowToUse:      v.HowToUse,
		HowToUseEN:    v.HowToUseEN,
		ValidUntil:    moment(v.ValidUntil, moscow),
		IssuedAt:      moment(v.IssuedAt, time.UTC),
		OpenedAt:      moment(v.OpenedAt, time.UTC),
		Opened:        v.OpenedAt != nil,
		Price:         v.Price,
	}
}

func moment(t *time.Time, zone *time.Location) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.In(zone)
}

// Issued lists a participant's certificates, the newest first.
func (s *Shop) Issued(ctx context.Context, g *gorm.DB, participantID int64) ([]Certificate, error) {
	var rows []certificateView
	err := views(ctx, g).Where("a.participant_id = ?", participantID).Order("a.id DESC").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("certificates of participant %d: %w", participantID, err)
	}
	certificates := make([]Certificate, len(rows))
	for i, row := range rows {
		certificates[i] = row.certificate()
	}
	return certificates, nil
}

// BySource finds the certificate that was issued for a source.
func (s *Shop) BySource(ctx context.Context, g *gorm.DB, source string) (Certificate, bool, error) {
	var row certificateView
	err := views(ctx, g).Where("a.source = ?", source).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Certificate{}, false, nil
	}
	if err != nil {
		return Certificate{}, false, fmt.Errorf("certificate for %s: %w", source, err)
	}
	return row.certificate(), true, nil
}

// View is where a participant asked to see a code.
type View struct {
	AddressID int64  // the chat; 0: none is kept
	Source    string // the update that asked: "update:17"
}

// Open shows a participant the code of a certificate. The first view is
// recorded with its place, as the proof of it; later ones show the same. Any
// certificate that is not this participant's is ErrNotYours; of one that has
// expired ErrExpired comes with the certificate, and nothing is recorded.
func (s *Shop) Open(ctx context.Context, tx *store.Tx, participantID, certificateID int64, seen View) (Code, Certificate, error) {
	code, c, err := s.open(ctx, tx, participantID, certificateID, seen)
	if err != nil {
		return "", c, fmt.Errorf("open certificate %d: %w", certificateID, err)
	}
	return code, c, nil
}

func (s *Shop) open(ctx context.Context, tx *store.Tx, participantID, certificateID int64, seen View) (Code, Certificate, error) {
	c, err := s.yours(ctx, tx.DB, participantID, certificateID)
	if err != nil {
		return "", Certificate{}, err
	}
	if c.Expired(tx.Now()) {
		return "", c, ErrExpired
	}
	first := map[string]any{"status": statusOpened, "opened_at": tx.Now(), "opened_by": seen.Source}
	if seen.AddressID != 0 {
		first["opened_address_id"] = seen.AddressID
	}
	err = tx.WithContext(ctx).Model(&certificateRow{}).Where("id = ? AND status = ?", certificateID, statusIssued).Updates(first).Error
	if err != nil {
		return "", Certificate{}, err
	}
	if c, err = s.yours(ctx, tx.DB, participantID, certificateID); err != nil {
		return "", Certificate{}, err
	}
	code, err := s.Peek(ctx, tx.DB, certificateID)
	return code, c, err
}

// yours is a certificate of the participant; any other is ErrNotYours.
func (s *Shop) yours(ctx context.Context, g *gorm.DB, participantID, certificateID int64) (Certificate, error) {
	var row certificateView
	err := views(ctx, g).Where("c.id = ? AND a.participant_id = ?", certificateID, participantID).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = ErrNotYours
	}
	return row.certificate(), err
}

// Expired tells whether the code is no longer good.
func (c Certificate) Expired(now time.Time) bool {
	return !c.ValidUntil.IsZero() && now.After(c.ValidUntil)
}

// Peek reads the code of any certificate, in stock or issued, for a masked
// line on a screen of staff. It is not a view: nothing is recorded.
func (s *Shop) Peek(ctx context.Context, g *gorm.DB, certificateID int64) (Code, error) {
	var row certificateRow
	if err := g.WithContext(ctx).Take(&row, certificateID).Error; err != nil {
		return "", fmt.Errorf("peek at certificate %d: %w", certificateID, err)
	}
	return s.unseal(row.CodeSealed, row.CodeMac)
}

// codePlace binds a sealed code to its mark: the row's id is not known before
// the insert, and the mark is as unique.
func codePlace(mark string) string { return "certificates/" + mark }

func (s *Shop) unseal(sealed []byte, mark string) (Code, error) {
	text, err := s.vault.Open(sealed, codePlace(mark))
	return Code(text), err
}

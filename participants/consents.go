package participants

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

type consentRow struct {
	ID            int64
	ParticipantID int64
	Document      string
	Version       string
	UpdateID      int64
	GrantedAt     time.Time
	WithdrawnAt   *time.Time
}

// TableName is the table of consents; rows are never removed, they are proof.
func (consentRow) TableName() string { return "consents" }

// Consent records that the participant agreed to a version of a document in
// the given update. The same version again changes nothing; another version
// withdraws the old consent and grants the new one.
func (s *Service) Consent(ctx context.Context, tx *store.Tx, participantID int64, document, version string, updateID int64) error {
	if err := s.Lock(ctx, tx, participantID); err != nil { // two taps at once stand in line
		return err
	}
	old, ok, err := standing(ctx, tx.DB, participantID, document)
	if err != nil || ok && old.Version == version {
		return err
	}
	if err := s.Withdraw(ctx, tx, participantID, document); err != nil {
		return err
	}
	row := consentRow{
		ParticipantID: participantID,
		Document:      document,
		Version:       version,
		UpdateID:      updateID,
		GrantedAt:     tx.Now(),
	}
	if err := tx.WithContext(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("consent of participant %d to %s: %w", participantID, document, err)
	}
	return nil
}

// Withdraw ends the standing consent to a document, if there is one.
func (s *Service) Withdraw(ctx context.Context, tx *store.Tx, participantID int64, document string) error {
	err := tx.WithContext(ctx).Model(&consentRow{}).
		Where("participant_id = ? AND document = ? AND withdrawn_at IS NULL", participantID, document).
		Update("withdrawn_at", tx.Now()).Error
	if err != nil {
		return fmt.Errorf("withdraw consent of participant %d to %s: %w", participantID, document, err)
	}
	return nil
}

// Consented tells whether a consent to the document stands, in any version.
func (s *Service) Consented(ctx context.Context, g *gorm.DB, participantID int64, document string) (bool, error) {
	_, ok, err := standing(ctx, g, participantID, document)
	return ok, err
}

func standing(ctx context.Context, g *gorm.DB, participantID int64, document string) (consentRow, bool, error) {
	var row consentRow
	ok, err := found(g.WithContext(ctx).
		Take(&row, "participant_id = ? AND document = ? AND withdrawn_at IS NULL", participantID, document).Error)
	if err != nil {
		err = fmt.Errorf("consent of participant %d to %s: %w", participantID, document, err)
	}
	return row, ok, err
}

package participants

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
	"promobot/internal/vault"
)

// defaultLanguage is that of a participant who has not chosen.
const defaultLanguage = "ru"

// Service keeps the participants.
type Service struct {
	db    *store.DB
	vault *vault.Vault
}

// NewService returns a service that seals phones and names with v.
func NewService(db *store.DB, v *vault.Vault) *Service {
	return &Service{db: db, vault: v}
}

type participantRow struct {
	ID           int64
	Language     string
	PhoneSealed  []byte
	PhoneMac     *string
	PhoneProof   string
	NameSealed   []byte
	NameMac      *string
	Source       string
	RegisteredAt *time.Time
	CreatedAt    time.Time
}

// TableName is the table of participants.
func (participantRow) TableName() string { return "participants" }

// Lock holds the participant's row until the transaction ends, so that what
// two transactions do for one person is done one after another. It comes
// before every other lock.
func (s *Service) Lock(ctx context.Context, tx *store.Tx, participantID int64) error {
	var row participantRow
	err := tx.WithContext(ctx).Clauses(store.ForUpdate()).Select("id").Take(&row, participantID).Error
	if err != nil {
		return fmt.Errorf("lock participant %d: %w", participantID, err)
	}
	return nil
}

// Get reads a participant; g is db.Read(ctx), or tx.DB inside a transaction.
func (s *Service) Get(ctx context.Context, g *gorm.DB, participantID int64) (Participant, error) {
	row, err := take(ctx, g, participantID)
	if err != nil {
		return Participant{}, err
	}
	p := Participant{
		ID:         row.ID,
		Language:   row.Language,
		Source:     row.Source,
		Registered: row.RegisteredAt != nil,
		CreatedAt:  row.CreatedAt.UTC(),
	}
	phone, err := s.open(row.PhoneSealed, phonePlace(row.ID))
	if err != nil {
		return Participant{}, err
	}
	p.Phone = Phone(phone)
	p.Name, err = s.open(row.NameSealed, namePlace(row.ID))
	return p, err
}

func take(ctx context.Context, g *gorm.DB, participantID int64) (participantRow, error) {
	var row participantRow
	if err := g.WithContext(ctx).Take(&row, participantID).Error; err != nil {
		return row, fmt.Errorf("participant %d: %w", participantID, err)
	}
	return row, nil
}

// open is empty for what was never sealed.
func (s *Service) open(sealed []byte, place string) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	text, err := s.vault.Open(sealed, place)
	return string(text), err
}

// SetLanguage chooses the language of the talk: "ru" or "en", else ErrLanguage.
func (s *Service) SetLanguage(ctx context.Context, tx *store.Tx, participantID int64, language string) error {
	if language != "ru" && language != "en" {
		return ErrLanguage
	}
	return set(ctx, tx, participantID, map[string]any{"language": language})
}

// Register marks the participant as registered; the first moment stays.
func (s *Service) Register(ctx context.Context, tx *store.Tx, participantID int64) error {
	return set(ctx, tx, participantID, map[string]any{
		"registered_at": gorm.Expr("COALESCE(registered_at, ?)", tx.Now()),
	})
}

// RegisteredAt is when the participant registered; zero if not yet.
func (s *Service) RegisteredAt(ctx context.Context, g *gorm.DB, participantID int64) (time.Time, error) {
	row, err := take(ctx, g, participantID)
	if err != nil || row.RegisteredAt == nil {
		return time.Time{}, err
	}
	return row.RegisteredAt.UTC(), nil
}

// set changes columns of a participant who exists.
func set(ctx context.Context, tx *store.Tx, participantID int64, columns map[string]any) error {
	res := tx.WithContext(ctx).Model(&participantRow{}).Where("id = ?", participantID).Updates(columns)
	err := res.Error
	if err == nil && res.RowsAffected == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return fmt.Errorf("change participant %d: %w", participantID, err)
	}
	return nil
}

// found turns "no such row" into false.
func found(err error) (bool, error) {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	return err == nil, err
}

package participants

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

type addressRow struct {
	ID            int64
	ParticipantID int64
	Channel       string
	Address       string
	CreatedAt     time.Time
	ClosedAt      *time.Time
}

// TableName is the table of addresses.
func (addressRow) TableName() string { return "addresses" }

func (r addressRow) address() Address {
	return Address{
		ID:            r.ID,
		ParticipantID: r.ParticipantID,
		Channel:       r.Channel,
		Address:       r.Address,
		Closed:        r.ClosedAt != nil,
	}
}

// Meet finds who writes from an address, and makes a new participant for one
// that was never seen. Of several at once all get the same. Only the first
// meeting sets the source.
func (s *Service) Meet(ctx context.Context, tx *store.Tx, channel, address, source string) (Address, error) {
	known, ok, err := s.Find(ctx, tx.DB, channel, address)
	if err == nil && !ok {
		known, err = s.meetNew(ctx, tx, channel, address, source)
	}
	if err != nil {
		return Address{}, fmt.Errorf("meet in %s: %w", channel, err)
	}
	return known, nil
}

// meetNew makes the participant first, since an address belongs to one. If the
// address was quicker elsewhere, the new participant goes again.
func (s *Service) meetNew(ctx context.Context, tx *store.Tx, channel, address, source string) (Address, error) {
	person := participantRow{Language: defaultLanguage, Source: source, CreatedAt: tx.Now()}
	if err := tx.WithContext(ctx).Create(&person).Error; err != nil {
		return Address{}, err
	}
	row := addressRow{ParticipantID: person.ID, Channel: channel, Address: address, CreatedAt: tx.Now()}
	first, err := store.Once(ctx, tx, &row)
	if err != nil || first {
		return row.address(), err
	}
	if err := tx.WithContext(ctx).Delete(&person).Error; err != nil {
		return Address{}, err
	}
	known, _, err := s.Find(ctx, tx.DB, channel, address)
	return known, err
}

// Find looks an address up; false if nobody wrote from it.
func (s *Service) Find(ctx context.Context, g *gorm.DB, channel, address string) (Address, bool, error) {
	var row addressRow
	ok, err := found(g.WithContext(ctx).Take(&row, "channel = ? AND address = ?", channel, address).Error)
	return row.address(), ok, err
}

// AddressByID reads one address, open or closed.
func (s *Service) AddressByID(ctx context.Context, g *gorm.DB, id int64) (Address, error) {
	var row addressRow
	if err := g.WithContext(ctx).Take(&row, id).Error; err != nil {
		return Address{}, fmt.Errorf("address %d: %w", id, err)
	}
	return row.address(), nil
}

// Addresses lists the open addresses of a participant, the newest last.
func (s *Service) Addresses(ctx context.Context, g *gorm.DB, participantID int64) ([]Address, error) {
	var rows []addressRow
	err := g.WithContext(ctx).Order("id").Find(&rows, "participant_id = ? AND closed_at IS NULL", participantID).Error
	if err != nil {
		return nil, fmt.Errorf("addresses of participant %d: %w", participantID, err)
	}
	addresses := make([]Address, len(rows))
	for i, row := range rows {
		addresses[i] = row.address()
	}
	return addresses, nil
}

// Open marks a closed address as one that takes messages again.
func (s *Service) Open(ctx context.Context, tx *store.Tx, addressID int64) error {
	return closeAddress(ctx, tx, addressID, nil)
}

// Close marks an address that takes no messages, until somebody writes from it.
func (s *Service) Close(ctx context.Context, tx *store.Tx, addressID int64) error {
	now := tx.Now()
	return closeAddress(ctx, tx, addressID, &now)
}

func closeAddress(ctx context.Context, tx *store.Tx, id int64, at *time.Time) error {
	err := tx.WithContext(ctx).Model(&addressRow{}).Where("id = ?", id).Update("closed_at", at).Error
	if err != nil {
		return fmt.Errorf("address %d: %w", id, err)
	}
	return nil
}

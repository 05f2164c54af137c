package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"promobot/internal/store"
)

// StickerOffer is the set of stickers that people are given in a channel.
type StickerOffer struct {
	Channel   string `gorm:"primaryKey"`
	Bot       string // user name of the bot that has published it
	Link      string
	OfferedAt time.Time
}

// TableName is the table of offers.
func (StickerOffer) TableName() string { return "sticker_offers" }

type stickerRecord struct {
	Name      string `gorm:"primaryKey"`
	Record    string
	UpdatedAt time.Time
}

// TableName is the table of what the publisher of stickers remembers.
func (stickerRecord) TableName() string { return "sticker_records" }

// StickerShelf keeps which stickers are published, and which set is offered.
// It is the memory of a stickers.Publisher.
type StickerShelf struct{ db *store.DB }

// NewStickerShelf returns the shelf of the database.
func NewStickerShelf(db *store.DB) StickerShelf { return StickerShelf{db} }

// Get returns the record of that name, "" if there is none.
func (s StickerShelf) Get(ctx context.Context, name string) (string, error) {
	var row stickerRecord
	err := s.db.Read(ctx).Take(&row, "name = ?", name).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return "", nil
	}
	return row.Record, err
}

// Put keeps the record under the name, in place of an earlier one.
func (s StickerShelf) Put(ctx context.Context, name, record string) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		return replaceRow(ctx, tx, &stickerRecord{name, record, tx.Now()})
	})
}

// Offer gives the set to everybody who registers from now on. The moment of the
// offer is set here.
func (s StickerShelf) Offer(ctx context.Context, o StickerOffer) error {
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		o.OfferedAt = tx.Now()
		return replaceRow(ctx, tx, &o)
	})
	if err != nil {
		return fmt.Errorf("offer stickers in %s: %w", o.Channel, err)
	}
	return nil
}

// Offered returns what is offered in the channel; false: nothing.
func (s StickerShelf) Offered(ctx context.Context, channel string) (StickerOffer, bool, error) {
	return offered(ctx, s.db.Read(ctx), channel)
}

func offered(ctx context.Context, g *gorm.DB, channel string) (StickerOffer, bool, error) {
	var o StickerOffer
	err := g.WithContext(ctx).Take(&o, "channel = ?", channel).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return o, false, nil
	}
	if err != nil {
		return o, false, fmt.Errorf("stickers offered in %s: %w", channel, err)
	}
	return o, true, nil
}

func replaceRow(ctx context.Context, tx *store.Tx, row any) error {
	return tx.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(row).Error
}

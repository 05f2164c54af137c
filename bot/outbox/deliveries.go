package outbox

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// keep is how long a delivery without an end of its own is tried: a weekend
// with a broken messenger or a wrong token loses no answer.
const keep = 72 * time.Hour

// Delivery is one message to be brought to an address.
type Delivery struct {
	MessageID int64
	AddressID int64
	Channel   string
	Lane      Lane
	Edits     int64     // the message that it replaces; 0: none
	ExpiresAt time.Time // after it the message is worth nothing; zero: three days from now
}

// deliveryRow is a delivery and how it fares.
type deliveryRow struct {
	MessageID  int64 `gorm:"primaryKey;autoIncrement:false"`
	AddressID  int64
	Channel    string
	Lane       Lane
	Edits      *int64 // never an edit itself
	Status     string
	NotBefore  time.Time
	ExpiresAt  time.Time
	Attempts   int // tries whose outcome counts: not those that were told to wait
	Unknowns   int
	ProviderID string // of the channel's message that stands for this one now
	Error      string // never a text of a message, never a secret
	ClaimedBy  string
	ClaimedAt  *time.Time
	SentAt     *time.Time
	CreatedAt  time.Time
}

// TableName is the table of deliveries.
func (deliveryRow) TableName() string { return "deliveries" }

// Put queues the delivery; it goes out after the commit. An edit of an edit
// edits the original.
func Put(ctx context.Context, tx *store.Tx, d Delivery) error {
	original, err := original(ctx, tx.DB, d.Edits)
	if err == nil {
		row := d.row(original, tx.Now())
		err = tx.WithContext(ctx).Create(&row).Error
	}
	if err != nil {
		return fmt.Errorf("queue message %d: %w", d.MessageID, err)
	}
	return nil
}

// PutNew queues deliveries of messages that edit nothing.
func PutNew(ctx context.Context, tx *store.Tx, list []Delivery) error {
	if len(list) == 0 {
		return nil
	}
	rows := make([]deliveryRow, len(list))
	for i, d := range list {
		rows[i] = d.row(nil, tx.Now())
	}
	if err := tx.WithContext(ctx).Create(&rows).Error; err != nil {
		return fmt.Errorf("queue messages %d and on: %w", list[0].MessageID, err)
	}
	return nil
}

func (d Delivery) row(edits *int64, now time.Time) deliveryRow {
	if d.ExpiresAt.IsZero() {
		d.ExpiresAt = now.Add(keep)
	}
	return deliveryRow{MessageID: d.MessageID, AddressID: d.AddressID, Channel: d.Channel, Lane: d.Lane, Edits: edits,
		Status: Waiting, NotBefore: now, ExpiresAt: d.ExpiresAt, CreatedAt: now}
}

// original follows an edit to the message that it is an edit of.
func original(ctx context.Context, g *gorm.DB, edits int64) (*int64, error) {
	if edits == 0 {
		return nil, nil
	}
	var rows []deliveryRow
	if err := g.WithContext(ctx).Select("edits").Limit(1).Find(&rows, "message_id = ?", edits).Error; err != nil {
		return nil, err
	}
	if len(rows) == 1 && rows[0].Edits != nil {
		return rows[0].Edits, nil
	}
	return &edits, nil
}

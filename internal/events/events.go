// Package events keeps what happened to a participant. It is the only way
// upward: a room that must speak to a higher floor records an event. The table
// is also the participant's timeline.
package events

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// Kind is a stable word such as "receipt.accepted"; renaming one is a migration.
type Kind string

// Event is one thing that happened.
type Event struct {
	ID            int64
	Kind          Kind
	ParticipantID int64
	Subject       string         // what it happened to: "receipt:17"
	Data          map[string]any `gorm:"serializer:json"` // no phone, token or code worth money
	HappenedAt    time.Time
}

// Record writes the event with the caller's transaction: it is never announced
// before the commit and never lost after it. Inside the transaction it cannot
// be read yet.
func Record(_ context.Context, tx *store.Tx, e Event) error {
	e.HappenedAt = tx.Now()
	if e.Data == nil {
		e.Data = map[string]any{}
	}
	store.Append(tx, e)
	return nil
}

// After lists the events that were recorded after the one with the given id,
// oldest first, at most limit.
func After(ctx context.Context, g *gorm.DB, id int64, limit int) ([]Event, error) {
	var list []Event
	err := g.WithContext(ctx).Where("id > ?", id).Order("id").Limit(limit).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("events after %d: %w", id, err)
	}
	return list, nil
}

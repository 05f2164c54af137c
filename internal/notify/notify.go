// Package notify says "tell this participant this", as data. Words are made of
// it at the door, in the participant's language.
package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// Notice is one message to come.
type Notice struct {
	ID            int64
	ParticipantID int64
	Subject       string         // whose status message it edits: "receipt:17"; "" for a new message
	Key           string         // of the catalogue of words
	Args          map[string]any `gorm:"serializer:json"` // no phone, token or code worth money
	CreatedAt     time.Time
	RenderedAt    *time.Time
}

// RenderArgs asks for a notice to be put into words and sent. The worker is
// the talk's.
type RenderArgs struct {
	NoticeID int64 `json:"notice_id"`
}

// Kind names the job.
func (RenderArgs) Kind() string { return "notice_render" }

// Tell writes the notice and the job that renders it: both exist if the
// transaction commits.
func Tell(ctx context.Context, tx *store.Tx, n Notice) error {
	n.CreatedAt = tx.Now()
	if n.Args == nil {
		n.Args = map[string]any{}
	}
	if err := tx.WithContext(ctx).Create(&n).Error; err != nil {
		return fmt.Errorf("tell participant %d %s: %w", n.ParticipantID, n.Key, err)
	}
	return tx.Enqueue(ctx, RenderArgs{NoticeID: n.ID})
}

// Take reads a notice that is not rendered yet and marks it; ok is false when
// that was done before.
func Take(ctx context.Context, tx *store.Tx, id int64) (n Notice, ok bool, err error) {
	res := tx.WithContext(ctx).Model(&Notice{}).Where("id = ? AND rendered_at IS NULL", id).Update("rendered_at", tx.Now())
	if res.Error != nil || res.RowsAffected == 0 {
		return Notice{}, false, res.Error
	}
	err = tx.WithContext(ctx).Take(&n, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Notice{}, false, nil
	}
	return n, err == nil, err
}

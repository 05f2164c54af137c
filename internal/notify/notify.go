// Package notify says "tell this participant this", as data. Words are made of
// it at the door, in the participant's language.
package notify

import (
	"context"
	"time"

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

// RenderArgs asks for the participant's notices to be put into words and sent.
// The worker is the talk's.
type RenderArgs struct {
	ParticipantID int64 `json:"participant_id"`
}

// Kind names the job.
func (RenderArgs) Kind() string { return "notice_render" }

// Tell writes the notice and the job that renders it: both exist if the
// transaction commits. Inside it the notice cannot be read yet.
func Tell(ctx context.Context, tx *store.Tx, n Notice) error {
	n.CreatedAt = tx.Now()
	if n.Args == nil {
		n.Args = map[string]any{}
	}
	store.Append(tx, n)
	return tx.Enqueue(ctx, RenderArgs{ParticipantID: n.ParticipantID})
}

// Take marks the participant's waiting notices as rendered and returns them,
// oldest first. The caller has locked the participant and renders them in the
// same transaction, so that they come in order and once.
func Take(ctx context.Context, tx *store.Tx, participantID int64) ([]Notice, error) {
	var list []Notice
	err := tx.WithContext(ctx).Order("id").Find(&list, "participant_id = ? AND rendered_at IS NULL", participantID).Error
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list, tx.WithContext(ctx).Model(&Notice{}).
		Where("participant_id = ? AND rendered_at IS NULL AND id <= ?", participantID, list[len(list)-1].ID).
		Update("rendered_at", tx.Now()).Error
}

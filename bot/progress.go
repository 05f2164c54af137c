package bot

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// Handled tells whether an update was handled or given up, and by which number
// receipts name it as their source.
func (b *Bot) Handled(ctx context.Context, channel, address, eventID string) (id int64, done bool, err error) {
	found, known, err := b.people.Find(ctx, b.db.Read(ctx), channel, address)
	if err != nil || !known {
		return 0, false, err
	}
	var row updateRow
	err = b.db.Read(ctx).Omit("body", "picture").Take(&row, "address_id = ? AND event_id = ?", found.ID, eventID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("event %s of %s: %w", eventID, channel, err)
	}
	return row.ID, row.Status != updateStored, nil
}

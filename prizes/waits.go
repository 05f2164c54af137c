package prizes

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// Waiter is someone who waits for a prize that was out of stock.
type Waiter struct {
	ID            int64
	ParticipantID int64
	PrizeID       string
}

type waitRow struct {
	ID            int64
	ParticipantID int64
	PrizeID       string
	Since         time.Time
	ToldAt        *time.Time
}

// TableName is the waiting list.
func (waitRow) TableName() string { return "prize_waits" }

// Wait puts the participant on the waiting list of a prize; first is false if
// he stands there already. A prize that is not in the catalogue is ErrUnknown.
func (s *Shop) Wait(ctx context.Context, tx *store.Tx, participantID int64, prizeID string) (first bool, err error) {
	if _, err := s.Prize(ctx, tx.DB, prizeID); err != nil {
		return false, err
	}
	row := waitRow{ParticipantID: participantID, PrizeID: prizeID, Since: tx.Now()}
	first, err = store.Once(ctx, tx, &row)
	if err != nil {
		return false, fmt.Errorf("wait of participant %d for %s: %w", participantID, prizeID, err)
	}
	return first, nil
}

// Waiting lists those who wait for a prize and were not told yet, in order of
// arrival, at most limit.
func (s *Shop) Waiting(ctx context.Context, g *gorm.DB, prizeID string, limit int) ([]Waiter, error) {
	var waiters []Waiter
	err := g.WithContext(ctx).Model(&waitRow{}).
		Where("prize_id = ? AND told_at IS NULL", prizeID).Order("id").Limit(limit).Scan(&waiters).Error
	if err != nil {
		return nil, fmt.Errorf("who waits for %s: %w", prizeID, err)
	}
	return waiters, nil
}

// Told takes a waiter off the list; once more changes nothing.
func (s *Shop) Told(ctx context.Context, tx *store.Tx, waitID int64) error {
	err := tx.WithContext(ctx).Model(&waitRow{}).
		Where("id = ? AND told_at IS NULL", waitID).Update("told_at", tx.Now()).Error
	if err != nil {
		return fmt.Errorf("wait %d: %w", waitID, err)
	}
	return nil
}

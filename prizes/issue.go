package prizes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// The states of a certificate that this room sets.
const (
	statusFree   = "free"
	statusIssued = "issued"
	statusOpened = "opened"
)

type certificateRow struct {
	ID         int64
	PrizeID    string
	CodeSealed []byte
	CodeMac    string
	Status     string
	AwardID    *int64
	ImportID   int64
	ValidUntil *time.Time
	IssuedAt   *time.Time
	OpenedAt   *time.Time
	VoidedAt   *time.Time
}

// TableName is the table of the stock.
func (certificateRow) TableName() string { return "certificates" }

type awardRow struct {
	ID            int64
	ParticipantID int64
	PrizeID       string
	Source        string
	Price         int64
	AwardedAt     time.Time
}

// TableName is the table of who got what, once for each source.
func (awardRow) TableName() string { return "awards" }

// Issue gives the participant a certificate of the prize for a source, at the
// catalogue's price. The same source again returns the first certificate,
// whatever the prize, and takes none; for another participant it is
// ErrNotYours. ErrOutOfStock and ErrUnknown leave nothing behind, so the
// transaction may go on. A code that another transaction is just handing out
// counts as gone, even if that one falls over later. Expired codes are not
// issued. The caller has locked the participant.
func (s *Shop) Issue(ctx context.Context, tx *store.Tx, participantID int64, prizeID, source string) (Certificate, error) {
	c, err := s.issue(ctx, tx, awardRow{ParticipantID: participantID, PrizeID: prizeID, Source: source})
	if err == nil && c.ParticipantID != participantID {
		c, err = Certificate{}, ErrNotYours
	}
	if err != nil {
		return Certificate{}, fmt.Errorf("issue %s for %s: %w", prizeID, source, err)
	}
	return c, nil
}

// issue takes the lock on a free code before it writes the award, so that
// without a code nothing is written.
func (s *Shop) issue(ctx context.Context, tx *store.Tx, award awardRow) (Certificate, error) {
	if c, ok, err := s.BySource(ctx, tx.DB, award.Source); err != nil || ok {
		return c, err
	}
	prize, err := s.Prize(ctx, tx.DB, award.PrizeID)
	if err != nil {
		return Certificate{}, err
	}
	free, err := lockFree(ctx, tx, award.PrizeID)
	if err != nil {
		return Certificate{}, err
	}
	award.Price, award.AwardedAt = prize.Price, tx.Now()
	first, err := store.Once(ctx, tx, &award)
	if err == nil && first {
		err = hand(ctx, tx, free, award.ID)
	}
	if err != nil {
		return Certificate{}, err
	}
	c, _, err := s.BySource(ctx, tx.DB, award.Source) // of another transaction, if that was quicker
	return c, err
}

// lockFree locks a free code. Codes that other transactions hold are passed
// over and never waited for: a wait would keep the rows it has looked at locked,
// and two such waits bar each other.
func lockFree(ctx context.Context, tx *store.Tx, prizeID string) (certificateRow, error) {
	var row certificateRow
	err := usable(tx.WithContext(ctx).Clauses(store.ForUpdateSkipLocked()), tx.Now()).
		Where("prize_id = ?", prizeID).Order("id").Limit(1).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = ErrOutOfStock
	}
	return row, err
}

// hand makes the award the owner of a code that is still free: the condition
// decides, not the lock.
func hand(ctx context.Context, tx *store.Tx, c certificateRow, awardID int64) error {
	res := tx.WithContext(ctx).Model(&certificateRow{}).
		Where("id = ? AND status = ?", c.ID, statusFree).
		Updates(map[string]any{"status": statusIssued, "award_id": awardID, "issued_at": tx.Now()})
	if res.Error == nil && res.RowsAffected != 1 {
		return fmt.Errorf("certificate %d changed under its lock", c.ID)
	}
	return res.Error
}

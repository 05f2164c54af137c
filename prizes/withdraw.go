package prizes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// Unopened lists the certificates that a participant has got since a moment and
// whose codes were not shown yet, the newest first.
func (s *Shop) Unopened(ctx context.Context, g *gorm.DB, participantID int64, since time.Time) ([]Certificate, error) {
	var rows []certificateView
	err := views(ctx, g).Where("a.participant_id = ? AND a.awarded_at >= ? AND c.status = ?", participantID, since, statusIssued).
		Order("a.id DESC").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("unopened certificates of participant %d: %w", participantID, err)
	}
	list := make([]Certificate, len(rows))
	for i, row := range rows {
		list[i] = row.certificate()
	}
	return list, nil
}

// Withdraw takes a certificate back whose code was not shown. It is void and
// never given to anybody again. source is what it was issued for; not ok: its
// owner was quicker and has opened it, or it is not issued.
func (s *Shop) Withdraw(ctx context.Context, tx *store.Tx, certificateID int64) (source string, ok bool, err error) {
	res := tx.WithContext(ctx).Model(&certificateRow{}).
		Where("id = ? AND status IN ? AND award_id IS NOT NULL", certificateID, []string{statusReserved, statusIssued}).
		Updates(map[string]any{"status": statusVoid, "voided_at": tx.Now()})
	if res.Error != nil || res.RowsAffected == 0 {
		return "", false, res.Error
	}
	err = tx.WithContext(ctx).Table("awards AS a").Joins("JOIN certificates AS c ON c.award_id = a.id").
		Where("c.id = ?", certificateID).Select("a.source").Take(&source).Error
	if err != nil {
		return "", false, fmt.Errorf("award of certificate %d: %w", certificateID, err)
	}
	return source, true, nil
}

// Withdrawn tells whether a certificate of the participant was taken back.
func (s *Shop) Withdrawn(ctx context.Context, g *gorm.DB, participantID, certificateID int64) (bool, error) {
	err := g.WithContext(ctx).Table("certificates AS c").Joins("JOIN awards AS a ON a.id = c.award_id").
		Where("c.id = ? AND a.participant_id = ? AND c.status = ?", certificateID, participantID, statusVoid).
		Select("c.id").Take(new(int64)).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	return err == nil, err
}

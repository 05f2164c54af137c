package receipts

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"promobot/internal/store"
	"promobot/qr"
)

// maxMarked bounds a marked picture, in bytes: it is looked at on a phone.
const maxMarked = 300 << 10

// mark draws into a picture where it is flawed; nil: that is not known. A
// picture that cannot be drawn is no reason to keep the person waiting for the
// words.
func (s *Service) mark(ctx context.Context, picture []byte, result qr.Result) []byte {
	if s.outside.Mark == nil {
		return nil
	}
	marked, err := s.outside.Mark(ctx, picture, result)
	if err != nil || len(marked) > maxMarked {
		return nil
	}
	return marked
}

func keepMarked(ctx context.Context, tx *store.Tx, id int64, marked []byte) error {
	err := tx.WithContext(ctx).Model(&photoRow{}).Where("receipt_id = ?", id).Update("marked", marked).Error
	if err != nil {
		return fmt.Errorf("marked picture of receipt %d: %w", id, err)
	}
	return nil
}

// Marked returns a JPEG that shows where the photo of an unread receipt is
// flawed, at most 1280 pixels a side; nil if there is none.
func (s *Service) Marked(ctx context.Context, g *gorm.DB, id int64) ([]byte, error) {
	var rows []photoRow
	err := g.WithContext(ctx).Select("marked").Limit(1).Find(&rows, "receipt_id = ?", id).Error
	if err != nil {
		return nil, fmt.Errorf("marked picture of receipt %d: %w", id, err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return rows[0].Marked, nil
}

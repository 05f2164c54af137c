package receipts

import (
	"context"
	"errors"
	"fmt"

	"promobot/internal/store"
	"promobot/rewards"
)

// ErrNotReversible reports a receipt of which nothing can be taken back.
var ErrNotReversible = errors.New("receipts: only an accepted receipt can be reversed")

// errPreview gives a transaction up that was only to be looked at.
var errPreview = errors.New("receipts: a preview")

// Reversal is what a return or a reversal does, or would do.
type Reversal struct {
	Receipt   Receipt        // as it is then
	Taken     rewards.Points // owed included
	Available rewards.Points // of these, out of what may be spent
	Held      rewards.Points // of these, out of what waits
	Debt      rewards.Points // of these, owed
	Short     rewards.Points // given up
	Withdrawn []rewards.Certificate
	Notice    map[string]any // what the participant is told, see NoticeReturned
}

// Reverse takes everything back that an accepted receipt has brought, by the
// policy of its terms, as if all goods had gone back, and tells the
// participant. by is who decides. A preview does the same and then gives the
// transaction up, so that nothing has changed.
func (s *Service) Reverse(ctx context.Context, receiptID int64, by, note string, preview bool) (came Reversal, err error) {
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		sale, err := s.hold(ctx, tx, receiptID)
		if err != nil {
			return err
		}
		if came, err = s.reverse(ctx, tx, sale, by, note); err == nil && preview {
			err = errPreview
		}
		return err
	})
	if errors.Is(err, errPreview) {
		err = nil
	}
	return came, err
}

func (s *Service) reverse(ctx context.Context, tx *store.Tx, sale Receipt, by, note string) (came Reversal, err error) {
	if sale.Status != Accepted {
		return came, fmt.Errorf("receipt %d is %s: %w", sale.ID, sale.Status, ErrNotReversible)
	}
	lines, err := s.Lines(ctx, tx.DB, sale.ID)
	if err != nil {
		return came, err
	}
	backs := all(lines)
	row := returnRow{Source: fmt.Sprintf("staff:%d", sale.ID), SaleID: &sale.ID, Scheme: sale.Scheme, FN: sale.FN, FD: sale.FD, FP: sale.FP,
		SellerINN: sale.SellerINN, Goods: []Goods{}, SumKopecks: sumOf(backs), ByWhom: by, Note: note, ReturnedAt: tx.Now(), NoticedAt: tx.Now()}
	if err := tx.WithContext(ctx).Create(&row).Error; err != nil {
		return came, fmt.Errorf("reverse receipt %d: %w", sale.ID, err)
	}
	return s.takeBack(ctx, tx, sale, row, backs, "", NoticeReversed)
}

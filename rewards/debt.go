package rewards

import (
	"context"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/points"
)

// repay pays a participant's debt out of what may be spent, once for the source
// that brought it.
func (d *Desk) repay(ctx context.Context, tx *store.Tx, participantID int64, source string) (points.Balance, points.Amount, error) {
	b, err := d.ledger.Balance(ctx, tx.DB, participantID)
	n := min(b.Available, -b.Debt)
	if err != nil || n <= 0 {
		return b, 0, err
	}
	_, err = d.post(ctx, tx, participantID, subjectOf(source), points.Posting{Source: source + "/debt", Kind: points.Repayment,
		Legs: points.Move(points.Available(participantID), points.Debt(participantID), n)}, n)
	b.Available, b.Debt = b.Available-n, b.Debt+n
	return b, n, err
}

// Blocked is what a participant must earn before anything is paid out to him;
// 0: nothing is in the way. Who lets points be spent asks it first.
func (d *Desk) Blocked(ctx context.Context, g *gorm.DB, v campaigns.Version, participantID int64) (points.Amount, error) {
	if v.Returns.Points != campaigns.Block {
		return 0, nil
	}
	b, err := d.ledger.Balance(ctx, g, participantID)
	return -b.Debt, err
}

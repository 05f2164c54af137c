package rewards

import (
	"context"
	"strconv"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/points"
)

// The bonus for the first receipt ever is taken back with the receipt. Then it
// is due again, under the next number; what could not be taken back in full is
// not.

// firstSource names the nth time, from 1, that a participant gets the bonus.
func firstSource(participantID int64, n int) string {
	source := bonusSource(participantID, bonusFirst)
	if n == 1 {
		return source
	}
	return source + ":" + strconv.Itoa(n)
}

// backSource names the end of a bonus.
func backSource(source string, whole bool) string {
	if whole {
		return source + "/back"
	}
	return source + "/short"
}

// nthFirst is the number of the bonus that is not taken back: one that stands,
// or the next that is due.
func (d *Desk) nthFirst(ctx context.Context, tx *store.Tx, participantID int64) (int, error) {
	for n := 1; ; n++ {
		back, err := d.ledger.Posted(ctx, tx.DB, backSource(firstSource(participantID, n), true))
		if err != nil || !back {
			return n, err
		}
	}
}

// first grants the bonus for the first receipt ever, unless it stands.
func (d *Desk) first(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, n points.Amount, to purpose) (points.Amount, error) {
	if n <= 0 {
		return 0, nil
	}
	nth, err := d.nthFirst(ctx, tx, participantID)
	if err != nil {
		return 0, err
	}
	if nth == 1 {
		return d.once(ctx, tx, v, participantID, bonusFirst, n, to)
	}
	source := firstSource(participantID, nth)
	stood, err := d.ledger.Posted(ctx, tx.DB, source)
	if err != nil || stood {
		return 0, err
	}
	_, err = d.post(ctx, tx, participantID, source, to.posting(v, source, n), n)
	return n, err
}

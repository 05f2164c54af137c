package rewards

import (
	"context"
	"strconv"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/points"
)

// What a person gets once, the bonus for the first receipt or a focus product
// of a week, goes back with the receipt that brought it. Then it is due again,
// under the next number; what could not be taken back in full is not.

// onceSource names the nth time, from 1, that a participant gets a bonus.
func onceSource(participantID int64, bonus string, n int) string {
	source := bonusSource(participantID, bonus)
	if n == 1 {
		return source
	}
	return source + "#" + strconv.Itoa(n)
}

// backSource names the end of a bonus.
func backSource(source string, whole bool) string {
	if whole {
		return source + "/back"
	}
	return source + "/short"
}

// nth is the number of the bonus that is not taken back: one that stands, or
// the next that is due.
func (d *Desk) nth(ctx context.Context, tx *store.Tx, participantID int64, bonus string) (n int, stands bool, err error) {
	for n = 1; ; n++ {
		source := onceSource(participantID, bonus, n)
		if stands, err = d.ledger.Posted(ctx, tx.DB, source); err != nil || !stands {
			return n, false, err
		}
		back, err := d.ledger.Posted(ctx, tx.DB, backSource(source, true))
		if err != nil || !back {
			return n, true, err
		}
	}
}

// once grants a bonus that a person and a phone get a single time. The person
// is asked first: who had the bonus must not use up another phone's, and other
// terms by now are no conflict. Of who had it before, and gave it back, the
// phone is known. subject is what it is granted for.
func (d *Desk) once(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, subject, bonus string, n points.Amount, to purpose) (points.Amount, error) {
	if n <= 0 {
		return 0, nil
	}
	nth, stands, err := d.nth(ctx, tx, participantID, bonus)
	if err != nil || stands {
		return 0, err
	}
	if nth == 1 {
		due, err := d.people.OncePerPhone(ctx, tx, participantID, bonus)
		if err != nil || !due {
			return 0, err
		}
	}
	source := onceSource(participantID, bonus, nth)
	_, err = d.issue(ctx, tx, v, participantID, subject, to.posting(v, source, n), n)
	return n, err
}

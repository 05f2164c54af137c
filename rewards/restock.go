package rewards

import (
	"context"
	"math"
	"slices"
	"strconv"

	"promobot/campaigns"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/prizes"
)

// waitersAtOnce is how many waiters are read at a time.
const waitersAtOnce = 200

// Restocked tells those who wait for the prize, in order of arrival and no more
// than there are certificates; where a supplier delivers, there is no end to
// them. Who would have got it automatically gets it now;
// the others hear that it is back. Every person is one transaction. Of a prize
// that is no longer on offer nobody is told.
func (d *Desk) Restocked(ctx context.Context, db *store.DB, book *campaigns.Book, prizeID string) error {
	v, err := book.Newest(ctx, db.Read(ctx))
	if err != nil {
		return err
	}
	list, err := d.shop.Catalogue(ctx, db.Read(ctx), []string{prizeID})
	if err != nil {
		return err
	}
	o, offered := offer(v, prizeID)
	left := list[0].Free
	if list[0].Ordered() {
		left = math.MaxInt64
	}
	for offered && left > 0 {
		waiting, err := d.shop.Waiting(ctx, db.Read(ctx), prizeID, waitersAtOnce)
		if err != nil || len(waiting) == 0 {
			return err
		}
		if left, err = d.serveAll(ctx, db, turn{v, o, list[0]}, waiting, left); err != nil {
			return err
		}
	}
	return nil
}

// turn is what all who wait are served.
type turn struct {
	version campaigns.Version
	offer   campaigns.Offer
	prize   prizes.Prize
}

// serveAll serves waiters while certificates are left, and returns how many are.
func (d *Desk) serveAll(ctx context.Context, db *store.DB, t turn, waiting []prizes.Waiter, left int64) (int64, error) {
	for _, w := range waiting {
		if left == 0 {
			return 0, nil
		}
		var came outcome
		err := db.InTx(ctx, func(tx *store.Tx) (err error) {
			came, err = d.serve(ctx, tx, t, w)
			return err
		})
		if err != nil {
			return 0, wrap(t.prize.ID, w.ParticipantID, err)
		}
		switch came {
		case served:
			left--
		case stockEmpty:
			return 0, nil
		}
	}
	return left, nil
}

// outcome is what came of one waiter's turn.
type outcome int

const (
	passed     outcome = iota // off the list: another run was quicker, or the points were spent meanwhile
	served                    // has the certificate, or knows that it is back
	stockEmpty                // others took the stock; the place in the list stays
)

func (d *Desk) serve(ctx context.Context, tx *store.Tx, t turn, w prizes.Waiter) (outcome, error) {
	if err := d.people.Lock(ctx, tx, w.ParticipantID); err != nil {
		return passed, err
	}
	waits, err := d.stillWaits(ctx, tx, w)
	if err != nil || !waits {
		return passed, err
	}
	if t.offer.Issue == campaigns.Automatically {
		return d.serveAutomatic(ctx, tx, t, w)
	}
	if err := d.shop.Told(ctx, tx, w.ID); err != nil {
		return passed, err
	}
	return served, notify.Tell(ctx, tx, notify.Notice{ParticipantID: w.ParticipantID, Key: NoticeBack, Args: map[string]any{
		"prize": t.prize.ID, "title": t.prize.Title, "title_en": t.prize.TitleEN, "price": t.prize.Price}})
}

// stillWaits looks again under the participant's lock. Those in front only
// leave the list, so who was among the first still is.
func (d *Desk) stillWaits(ctx context.Context, tx *store.Tx, w prizes.Waiter) (bool, error) {
	waiting, err := d.shop.Waiting(ctx, tx.DB, w.PrizeID, waitersAtOnce)
	return slices.Contains(waiting, w), err
}

// serveAutomatic issues before it strikes the waiter off the list: who finds
// the stock empty again keeps his place.
func (d *Desk) serveAutomatic(ctx context.Context, tx *store.Tx, t turn, w prizes.Waiter) (outcome, error) {
	c, err := d.Choose(ctx, tx, t.version, w.ParticipantID, w.PrizeID, "wait:"+strconv.FormatInt(w.ID, 10))
	if err != nil || c.Waiting {
		return stockEmpty, err
	}
	if err := d.shop.Told(ctx, tx, w.ID); err != nil || !c.Made() {
		return passed, err
	}
	return served, d.announce(ctx, tx, c)
}

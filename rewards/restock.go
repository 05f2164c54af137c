package rewards

import (
	"context"
	"strconv"

	"promobot/campaigns"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/prizes"
)

// waitersAtOnce bounds one run: the queue's job has thirty seconds.
const waitersAtOnce = 200

// Restocked tells those who wait for the prize, in order of arrival and no more
// than there are certificates. Who would have got it automatically gets it now;
// the others hear that it is back. Every person is one transaction.
func (d *Desk) Restocked(ctx context.Context, db *store.DB, book *campaigns.Book, prizeID string) error {
	list, err := d.shop.Catalogue(ctx, db.Read(ctx), []string{prizeID})
	if err != nil || len(list) == 0 {
		return err
	}
	waiting, err := d.shop.Waiting(ctx, db.Read(ctx), prizeID, int(min(list[0].Free, waitersAtOnce)))
	if err != nil {
		return err
	}
	for _, w := range waiting {
		err := db.InTx(ctx, func(tx *store.Tx) error { return d.serve(ctx, tx, book, list[0], w) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) serve(ctx context.Context, tx *store.Tx, book *campaigns.Book, prize prizes.Prize, w prizes.Waiter) error {
	if err := d.people.Lock(ctx, tx, w.ParticipantID); err != nil {
		return err
	}
	v, err := book.Newest(ctx, tx.DB)
	if err != nil {
		return err
	}
	// First the place in the list is given up: who finds the stock empty again
	// takes a new one.
	if err := d.shop.Told(ctx, tx, w.ID); err != nil {
		return err
	}
	if o, ok := offer(v, prize.ID); ok && o.Issue == campaigns.Automatically {
		c, err := d.Choose(ctx, tx, v, w.ParticipantID, prize.ID, "wait:"+strconv.FormatInt(w.ID, 10))
		if err != nil || !c.Issued {
			return err
		}
		return notify.Tell(ctx, tx, issuedNotice(c.Certificate, "", c.Balance.Available))
	}
	return notify.Tell(ctx, tx, notify.Notice{ParticipantID: w.ParticipantID, Key: NoticeBack, Args: map[string]any{
		"prize": prize.ID, "title": prize.Title, "title_en": prize.TitleEN, "price": prize.Price}})
}

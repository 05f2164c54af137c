package rewards

import (
	"context"
	"fmt"
	"time"

	"promobot/internal/money"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/points"
)

// open locks the quote's participant and reads the quote again; one whose time
// is over expires by that.
func (c *Cashier) open(ctx context.Context, tx *store.Tx, q Quote) (Quote, error) {
	if err := c.desk.people.Lock(ctx, tx, q.ParticipantID); err != nil {
		return q, err
	}
	fresh := Quote{}
	if err := tx.WithContext(ctx).Take(&fresh, q.ID).Error; err != nil {
		return q, fmt.Errorf("%s: %w", q.source(), err)
	}
	if fresh.Status != PayQuoted && fresh.Status != PayHeld || tx.Now().Before(fresh.ExpiresAt) {
		return fresh, nil
	}
	return c.giveBack(ctx, tx, fresh, PayExpired, NoticePayBack)
}

// openOwn is open for a quote of the shop.
func (c *Cashier) openOwn(ctx context.Context, tx *store.Tx, shopID, id int64) (Quote, error) {
	q, err := c.Find(ctx, tx.DB, shopID, id)
	if err != nil {
		return q, err
	}
	return c.open(ctx, tx, q)
}

// Hold sets n points aside for the quote and divides what they pay over its
// items. From then on the quote stands for another hold time. The same n again
// changes nothing.
// ErrNoQuote, ErrPayMuch, ErrPayShort and ErrPayStatus refuse it; the caller
// commits all the same, since a quote may have expired by the asking.
func (c *Cashier) Hold(ctx context.Context, tx *store.Tx, shopID, id int64, n points.Amount) (Quote, error) {
	q, err := c.openOwn(ctx, tx, shopID, id)
	switch {
	case err != nil:
		return q, err
	case q.Status == PayHeld && q.Points == n:
		return q, nil
	case q.Status != PayQuoted:
		return q, ErrPayStatus
	case n < 1 || n > q.MaxPoints():
		return q, ErrPayMuch
	}
	v, err := c.book.Newest(ctx, tx.DB)
	if err != nil {
		return q, err
	}
	most, err := c.spendable(ctx, tx.DB, v, q.ParticipantID)
	if err != nil {
		return q, err
	}
	if n > most {
		q.Balance = most
		return q, ErrPayShort
	}
	for i, part := range split(money.Kopecks(n)*q.Rate, q.caps()) {
		q.Items[i].Kopecks = part
	}
	q.Points, q.ExpiresAt = n, tx.Now().Add(time.Duration(q.HoldMinutes)*time.Minute)
	return c.move(ctx, tx, q, PayHeld, points.Posting{Source: q.source() + "/hold", Kind: points.Hold,
		Legs: points.Move(points.Available(q.ParticipantID), points.Held(q.ParticipantID), n)}, NoticePayHeld)
}

// Capture ends a payment: the points that were set aside are spent. A captured
// quote again changes nothing. ErrNoQuote and ErrPayStatus refuse it; the
// caller commits all the same.
func (c *Cashier) Capture(ctx context.Context, tx *store.Tx, shopID, id int64) (Quote, error) {
	q, err := c.openOwn(ctx, tx, shopID, id)
	switch {
	case err != nil, q.Status == PayCaptured:
		return q, err
	case q.Status != PayHeld:
		return q, ErrPayStatus
	}
	return c.move(ctx, tx, q, PayCaptured, points.Posting{Source: q.source() + "/capture", Kind: points.Capture,
		Legs: points.Move(points.Held(q.ParticipantID), points.Spent(q.CampaignID), q.Points)}, NoticePaid)
}

// Release gives the points of a quote free. One that is released or expired
// already stays as it is. ErrNoQuote and, of a captured one, ErrPayStatus
// refuse it; the caller commits all the same.
func (c *Cashier) Release(ctx context.Context, tx *store.Tx, shopID, id int64) (Quote, error) {
	q, err := c.openOwn(ctx, tx, shopID, id)
	switch {
	case err != nil, q.Status == PayReleased, q.Status == PayExpired:
		return q, err
	case q.Status == PayCaptured:
		return q, ErrPayStatus
	}
	return c.giveBack(ctx, tx, q, PayReleased, NoticePayFreed)
}

// Expire gives the points of an abandoned quote back when its time is over. It
// returns how long to wait; 0: nothing is left to do.
func (c *Cashier) Expire(ctx context.Context, id int64) (again time.Duration, err error) {
	err = c.db.InTx(ctx, func(tx *store.Tx) error {
		var q Quote
		if err := tx.WithContext(ctx).Take(&q, id).Error; err != nil {
			return fmt.Errorf("quote:%d: %w", id, err)
		}
		q, err := c.open(ctx, tx, q)
		if q.Status == PayQuoted || q.Status == PayHeld {
			again = q.ExpiresAt.Sub(tx.Now())
		}
		return err
	})
	return again, err
}

// giveBack ends a quote that came to nothing. One that only asked has set no
// points aside, and there is nothing to tell.
func (c *Cashier) giveBack(ctx context.Context, tx *store.Tx, q Quote, to PayStatus, notice string) (Quote, error) {
	if q.Status == PayQuoted {
		return step(ctx, tx, q, to)
	}
	return c.move(ctx, tx, q, to, points.Posting{Source: q.source() + "/release", Kind: points.Release, Undoes: q.source() + "/hold",
		Legs: points.Move(points.Held(q.ParticipantID), points.Available(q.ParticipantID), q.Points)}, notice)
}

// move takes a step with its posting and tells the participant.
func (c *Cashier) move(ctx context.Context, tx *store.Tx, q Quote, to PayStatus, p points.Posting, notice string) (Quote, error) {
	q, err := step(ctx, tx, q, to)
	if err != nil {
		return q, err
	}
	if _, err := c.desk.post(ctx, tx, q.ParticipantID, q.source(), p, q.Points); err != nil {
		return q, err
	}
	balance, _, err := c.desk.repay(ctx, tx, q.ParticipantID, p.Source)
	if err != nil {
		return q, err
	}
	return q, notify.Tell(ctx, tx, notify.Notice{ParticipantID: q.ParticipantID, Key: notice, Args: map[string]any{
		"points": int64(q.Points), "balance": int64(balance.Available), "shop": q.Shop}})
}

// step moves the quote from the status in which it was read.
func step(ctx context.Context, tx *store.Tx, q Quote, to PayStatus) (Quote, error) {
	from := q.Status
	q.Status = to
	if to != PayHeld {
		now := tx.Now()
		q.EndedAt = &now
	}
	res := tx.WithContext(ctx).Model(&q).Where("status = ?", from).
		Select("status", "points", "items", "expires_at", "ended_at").Updates(&q)
	if res.Error == nil && res.RowsAffected == 0 {
		return q, fmt.Errorf("%s: %w", q.source(), store.ErrMoved)
	}
	return q, res.Error
}

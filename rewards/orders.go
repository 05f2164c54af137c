package rewards

import (
	"context"
	"errors"
	"fmt"
	"time"

	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/points"
	"promobot/prizes"
	"promobot/prizes/supply"
)

// How orders wait. A webhook may end any wait sooner.
const (
	firstLook  = 2 * time.Second
	longestGap = 10 * time.Minute
	lateLook   = time.Hour          // at an order that was given up
	lateFor    = 7 * 24 * time.Hour // from the order, then nobody asks any more
)

// Source is a supplier that is configured.
type Source struct {
	supply.Supplier
	Patience time.Duration // how long an order may last before its award is served from elsewhere
}

// unknownPatience is how long an order waits for a supplier that is not
// configured (any more).
const unknownPatience = 24 * time.Hour

// Orders takes orders at suppliers to their end: the supplier is asked first,
// then the rows are settled in one transaction, with the notice.
type Orders struct {
	db      *store.DB
	desk    *Desk
	sources map[string]Source
}

// NewOrders returns orders that are placed at the named suppliers.
func NewOrders(db *store.DB, desk *Desk, sources map[string]Source) *Orders {
	return &Orders{db: db, desk: desk, sources: sources}
}

// errStranger reports an order of a supplier that is not configured.
var errStranger = errors.New("the supplier is not configured")

// Advance asks about an order and settles what is known. It returns how long to
// wait before the next look, 0 if there is none, and the trouble that made it
// wait, if any. Any number of runs, also at once, order one certificate: all
// name the same external id, and the order moves once.
func (o *Orders) Advance(ctx context.Context, orderID int64) (again time.Duration, trouble *supply.Trouble, err error) {
	order, err := o.desk.shop.Order(ctx, o.db.Read(ctx), orderID)
	if err != nil || order.Status.Ended() {
		return 0, nil, err
	}
	answer, err := o.ask(ctx, order)
	if errors.As(err, &trouble) {
		again, err = o.wait(ctx, orderID, trouble.Again)
		return again, trouble, err
	}
	if err != nil {
		return 0, nil, fmt.Errorf("order %d: %w", orderID, err)
	}
	if err := o.settle(ctx, orderID, answer); err != nil {
		return 0, nil, err
	}
	again, err = o.wait(ctx, orderID, 0)
	return again, nil, err
}

// ask puts the order to its supplier, once it is written that he may know it.
func (o *Orders) ask(ctx context.Context, order prizes.Order) (supply.Answer, error) {
	source, known := o.sources[order.Supplier]
	if !known {
		return supply.Answer{}, &supply.Trouble{Again: time.Minute, Err: errStranger}
	}
	err := o.db.InTx(ctx, func(tx *store.Tx) error { return o.desk.shop.Sending(ctx, tx, order) })
	if errors.Is(err, prizes.ErrMoved) {
		return supply.Answer{}, &supply.Trouble{Err: err} // a webhook or another run was quicker
	}
	if err != nil {
		return supply.Answer{}, err
	}
	return source.Order(ctx, supply.Order{ExternalID: order.ExternalID, SKU: order.SKU, Again: order.Status != prizes.OrderNew})
}

// Hear takes in what a supplier says by himself. An order that is not his is
// prizes.ErrNoOrder, a second code for one prizes.ErrOtherCode; repetitions
// change nothing.
func (o *Orders) Hear(ctx context.Context, supplier string, a supply.Answer) error {
	order, err := o.desk.shop.OrderBy(ctx, o.db.Read(ctx), supplier, a.ExternalID)
	if err != nil {
		return err
	}
	return o.settle(ctx, order.ID, a)
}

// settle writes what is known of an order, under its participant's lock. What
// was settled before stays.
func (o *Orders) settle(ctx context.Context, orderID int64, a supply.Answer) error {
	return o.locked(ctx, orderID, func(ctx context.Context, tx *store.Tx, order prizes.Order) error {
		switch {
		case order.Status == prizes.OrderDone && a.State == supply.Completed:
			return o.desk.shop.SameCode(ctx, tx.DB, order, a.Code)
		case order.Status == prizes.OrderFailed && a.State == supply.Completed:
			return o.desk.stray(ctx, tx, order, a)
		case order.Status.Ended():
			return nil
		case a.State == supply.Completed:
			return o.desk.delivered(ctx, tx, order, a)
		case a.State == supply.Failed:
			return o.desk.failed(ctx, tx, order, a.Reason)
		case a.Ref != order.Ref:
			return o.desk.shop.Referred(ctx, tx, order, a.Ref)
		}
		return nil
	})
}

// locked runs fn with the order as it stands under its participant's lock.
func (o *Orders) locked(ctx context.Context, orderID int64, fn func(ctx context.Context, tx *store.Tx, order prizes.Order) error) error {
	return o.db.InTx(ctx, func(tx *store.Tx) error {
		order, err := o.desk.shop.Order(ctx, tx.DB, orderID)
		if err != nil {
			return err
		}
		if err := o.desk.people.Lock(ctx, tx, order.ParticipantID); err != nil {
			return err
		}
		if order, err = o.desk.shop.Order(ctx, tx.DB, orderID); err != nil {
			return err
		}
		return fn(ctx, tx, order)
	})
}

// wait tells when to look again, and gives an order up that lasts too long.
func (o *Orders) wait(ctx context.Context, orderID int64, least time.Duration) (again time.Duration, err error) {
	err = o.locked(ctx, orderID, func(ctx context.Context, tx *store.Tx, order prizes.Order) error {
		age := tx.Now().Sub(order.OrderedAt)
		switch {
		case order.Status.Ended():
			return nil
		case order.Status == prizes.OrderLate && age >= lateFor:
			return o.desk.shop.Fail(ctx, tx, order, prizes.ReasonTooLong)
		case order.Status == prizes.OrderLate:
			again = lateLook
			return nil
		case age >= o.patience(order.Supplier):
			if order.Status == prizes.OrderSent {
				again = lateLook
			}
			return o.desk.givenUp(ctx, tx, order)
		}
		again = max(least, gap(order.Tries))
		return nil
	})
	return again, err
}

// gap doubles with every try: 2 s, 4 s … 10 min. It grows with tries and not
// with age, so that an order which was interrupted long ago is not left lying.
func gap(tries int64) time.Duration {
	again := firstLook
	for range tries - 1 {
		if again *= 2; again >= longestGap {
			return longestGap
		}
	}
	return again
}

func (o *Orders) patience(supplier string) time.Duration {
	if source, known := o.sources[supplier]; known {
		return source.Patience
	}
	return unknownPatience
}

// delivered issues the certificate of an order, or stocks it when its award was
// served from elsewhere.
func (d *Desk) delivered(ctx context.Context, tx *store.Tx, order prizes.Order, answer supply.Answer) error {
	a, err := d.shop.Deliver(ctx, tx, order, answer.Code, answer.ValidUntil)
	if errors.Is(err, prizes.ErrKnownCode) {
		return d.failed(ctx, tx, order, prizes.ReasonKnownCode)
	}
	if err != nil {
		return err
	}
	if a.ID != 0 {
		if err := d.handOver(ctx, tx, a); err != nil {
			return err
		}
	}
	return d.resume(ctx, tx, order.PrizeID)
}

// resume serves those who wait for a prize, now that it can be had.
func (d *Desk) resume(ctx context.Context, tx *store.Tx, prizeID string) error {
	waiting, err := d.shop.Waiting(ctx, tx.DB, prizeID, 1)
	if err != nil || len(waiting) == 0 {
		return err
	}
	return EnqueueRestocked(ctx, tx, []string{prizeID})
}

// stray stocks a code that comes for an order which has failed: it is paid for.
func (d *Desk) stray(ctx context.Context, tx *store.Tx, order prizes.Order, answer supply.Answer) error {
	stocked, err := d.shop.Stray(ctx, tx, order, answer.Code, answer.ValidUntil)
	if err != nil || !stocked {
		return err
	}
	return d.resume(ctx, tx, order.PrizeID)
}

// handOver tells of an award whose certificate came after it was made.
func (d *Desk) handOver(ctx context.Context, tx *store.Tx, a prizes.Award) error {
	if err := record(ctx, tx, EventIssued, a); err != nil {
		return err
	}
	if a.Replaces != 0 {
		return notify.Tell(ctx, tx, replacedNotice(a))
	}
	balance, err := d.ledger.Balance(ctx, tx.DB, a.ParticipantID)
	if err != nil {
		return err
	}
	return notify.Tell(ctx, tx, issuedNotice(a.Certificate, "", balance.Available))
}

// failed serves the award of a failed order from the next source, or gives its
// price back.
func (d *Desk) failed(ctx context.Context, tx *store.Tx, order prizes.Order, reason string) error {
	if err := d.shop.Fail(ctx, tx, order, reason); err != nil || !order.Status.Open() {
		return err
	}
	return d.elsewhere(ctx, tx, order.AwardID)
}

func (d *Desk) givenUp(ctx context.Context, tx *store.Tx, order prizes.Order) error {
	if err := d.shop.GiveUp(ctx, tx, order); err != nil {
		return err
	}
	return d.elsewhere(ctx, tx, order.AwardID)
}

func (d *Desk) elsewhere(ctx context.Context, tx *store.Tx, awardID int64) error {
	a, err := d.shop.Award(ctx, tx.DB, awardID)
	if err != nil {
		return err
	}
	next, err := d.shop.Elsewhere(ctx, tx, a)
	switch {
	case errors.Is(err, prizes.ErrOutOfStock):
		return d.returnPrice(ctx, tx, a, NoticeReturned)
	case err != nil || next.Status != prizes.AwardIssued:
		return err
	}
	return d.handOver(ctx, tx, next)
}

// returnPrice ends an award without a certificate and returns its price, which
// pays a debt first.
func (d *Desk) returnPrice(ctx context.Context, tx *store.Tx, a prizes.Award, notice string) error {
	if err := d.shop.Return(ctx, tx, a); err != nil {
		return err
	}
	paid, err := d.shop.PaidSource(ctx, tx.DB, a.Source)
	if err != nil {
		return err
	}
	price := points.Amount(a.Price)
	_, err = d.post(ctx, tx, a.ParticipantID, a.Source, points.Posting{Source: a.Source + "/returned", Kind: points.Refund, Undoes: paid + "/price",
		Legs: points.Move(points.Spent(a.CampaignID), points.Available(a.ParticipantID), price)}, price)
	if err != nil {
		return err
	}
	balance, _, err := d.repay(ctx, tx, a.ParticipantID, a.Source+"/returned")
	if err != nil {
		return err
	}
	if err := record(ctx, tx, EventReturned, a); err != nil {
		return err
	}
	return notify.Tell(ctx, tx, awardNotice(notice, a, balance.Available))
}

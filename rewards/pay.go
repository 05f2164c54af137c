package rewards

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/internal/money"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/internal/vault"
	"promobot/points"
)

// The keys of notices about a payment with points; args: points, balance, shop.
const (
	NoticePayHeld  = "pay.held"
	NoticePaid     = "pay.paid"
	NoticePayFreed = "pay.freed" // the shop has given the points free
	NoticePayBack  = "pay.back"  // nobody has ended the payment in its time
)

// Refusals of a payment. The quote that comes with one says how things stand.
var (
	ErrPayOff    = errors.New("rewards: the campaign does not take points as payment")
	ErrNoQuote   = errors.New("rewards: no such quote of this shop")
	ErrPayMuch   = errors.New("rewards: more points than the quote allows")
	ErrPayShort  = errors.New("rewards: fewer points are there than are asked for")
	ErrPayStatus = errors.New("rewards: the quote is past that step")
)

// PayStatus is where a quote stands. It moves only forward.
type PayStatus string

// The statuses of a quote.
const (
	PayQuoted   PayStatus = "quoted"
	PayHeld     PayStatus = "held"
	PayCaptured PayStatus = "captured"
	PayReleased PayStatus = "released"
	PayExpired  PayStatus = "expired"
)

// Shop is who takes points as payment; the name is told to the participant.
type Shop struct {
	ID   int64
	Name string
}

// Quote says how many points may pay for a purchase, and how many do.
type Quote struct {
	ID            int64
	ShopID        int64
	Shop          string
	ParticipantID int64
	CampaignID    int64
	OrderName     string        // the shop's own name of the purchase
	Rate          money.Kopecks // that a point pays
	HoldMinutes   int64
	Items         []PayItem `gorm:"serializer:json"`
	Status        PayStatus
	Balance       points.Amount // to be spent when it was made
	Points        points.Amount // set aside or paid; of a quote that came to nothing, what went back
	CreatedAt     time.Time
	ExpiresAt     time.Time
	EndedAt       *time.Time
}

// TableName is the table of quotes.
func (Quote) TableName() string { return "pay_quotes" }

// MaxPoints is how many points may pay for the purchase, whoever has them: what
// all items may take together, in whole points.
func (q Quote) MaxPoints() points.Amount { return points.Amount(total(q.caps()) / q.Rate) }

func (q Quote) caps() []money.Kopecks {
	caps := make([]money.Kopecks, len(q.Items))
	for i, item := range q.Items {
		caps[i] = item.Most
	}
	return caps
}

func (q Quote) source() string { return "quote:" + strconv.FormatInt(q.ID, 10) }

// Cashier lets participants pay with points. Points that are set aside for a
// purchase stand in their held account until the shop captures or releases
// them, or the quote's time is over.
type Cashier struct {
	db    *store.DB
	vault *vault.Vault
	desk  *Desk
	book  *campaigns.Book
}

// NewCashier returns a cashier that keeps its codes with v.
func NewCashier(db *store.DB, v *vault.Vault, desk *Desk, book *campaigns.Book) *Cashier {
	return &Cashier{db: db, vault: v, desk: desk, book: book}
}

// Offered tells whether the newest terms take points as payment.
func (c *Cashier) Offered(ctx context.Context, g *gorm.DB) (bool, error) {
	v, err := c.book.Newest(ctx, g)
	if errors.Is(err, campaigns.ErrNone) {
		return false, nil
	}
	return err == nil && v.Pay.Offered(), err
}

// Quote tells a shop how many points its customer, whom the code shows, may pay
// with. It uses the code up and sets nothing aside. ErrCode, ErrPayOff or a
// *BasketError refuse it; the code is then as it was.
func (c *Cashier) Quote(ctx context.Context, tx *store.Tx, shop Shop, code, orderName string, items []PayItem) (Quote, error) {
	v, err := c.book.Newest(ctx, tx.DB)
	if errors.Is(err, campaigns.ErrNone) || err == nil && !v.Pay.Offered() {
		return Quote{}, ErrPayOff
	}
	if err != nil {
		return Quote{}, err
	}
	if items, err = capped(v.Pay, items); err != nil {
		return Quote{}, err
	}
	participantID, err := c.takeCode(ctx, tx, code)
	if err != nil {
		return Quote{}, err
	}
	balance, err := c.desk.Balance(ctx, tx.DB, participantID)
	if err != nil {
		return Quote{}, err
	}
	if owed, err := c.desk.Blocked(ctx, tx.DB, v, participantID); err != nil {
		return Quote{}, err
	} else if owed > 0 {
		balance.Available = 0 // a debt bars them
	}
	q := Quote{ShopID: shop.ID, Shop: shop.Name, ParticipantID: participantID, CampaignID: v.CampaignID, OrderName: orderName,
		Rate: v.Pay.KopecksPerPoint, HoldMinutes: v.Pay.HoldMinutes, Items: items, Status: PayQuoted, Balance: balance.Available,
		CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(v.Pay.HoldTime())}
	if err := tx.WithContext(ctx).Create(&q).Error; err != nil {
		return Quote{}, fmt.Errorf("quote for %s: %w", shop.Name, err)
	}
	return q, tx.Enqueue(ctx, PayExpireArgs{QuoteID: q.ID})
}

// Find reads a quote of the shop as it stands, or ErrNoQuote.
func (c *Cashier) Find(ctx context.Context, g *gorm.DB, shopID, id int64) (q Quote, err error) {
	err = g.WithContext(ctx).Take(&q, "id = ? AND shop_id = ?", id, shopID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return q, ErrNoQuote
	}
	return q, err
}

// Reserved is how much of what a participant's account holds is set aside for
// open payments.
func (c *Cashier) Reserved(ctx context.Context, g *gorm.DB, participantID int64) (n points.Amount, err error) {
	err = g.WithContext(ctx).Model(&Quote{}).Where("participant_id = ? AND status = ?", participantID, PayHeld).
		Select("COALESCE(SUM(points), 0)").Scan(&n).Error
	return n, err
}

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
	balance, err := c.desk.Balance(ctx, tx.DB, q.ParticipantID)
	if err != nil {
		return q, err
	}
	if n > balance.Available {
		q.Balance = balance.Available
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

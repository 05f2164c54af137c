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
	most, err := c.spendable(ctx, tx.DB, v, participantID)
	if err != nil {
		return Quote{}, err
	}
	q := Quote{ShopID: shop.ID, Shop: shop.Name, ParticipantID: participantID, CampaignID: v.CampaignID, OrderName: orderName,
		Rate: v.Pay.KopecksPerPoint, HoldMinutes: v.Pay.HoldMinutes, Items: items, Status: PayQuoted, Balance: most,
		CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(v.Pay.HoldTime())}
	if err := tx.WithContext(ctx).Create(&q).Error; err != nil {
		return Quote{}, fmt.Errorf("quote for %s: %w", shop.Name, err)
	}
	return q, tx.Enqueue(ctx, PayExpireArgs{QuoteID: q.ID})
}

// spendable is what a participant may pay with; nothing while a debt bars it.
func (c *Cashier) spendable(ctx context.Context, g *gorm.DB, v campaigns.Version, participantID int64) (points.Amount, error) {
	owed, err := c.desk.Blocked(ctx, g, v, participantID)
	if err != nil || owed > 0 {
		return 0, err
	}
	balance, err := c.desk.Balance(ctx, g, participantID)
	return balance.Available, err
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

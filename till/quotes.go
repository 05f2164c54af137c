package till

import (
	"context"
	"errors"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"promobot/internal/money"
	"promobot/internal/store"
	"promobot/points"
	"promobot/rewards"
)

// The lengths of a shop's own texts, in characters.
const (
	mostOrder = 100
	mostTitle = 200
	mostCode  = 20
	mostGTIN  = 14
)

type quoteRequest struct {
	Code  string        `json:"code"`
	Order string        `json:"order"`
	Items []itemRequest `json:"items"`
}

type itemRequest struct {
	Name         string        `json:"name"`
	GTIN         string        `json:"gtin"`
	PriceKopecks money.Kopecks `json:"price_kopecks"` // of one unit
	Quantity     int64         `json:"quantity"`
	Discountable *bool         `json:"discountable"` // without it: yes
}

type holdRequest struct {
	Points points.Amount `json:"points"`
}

// quoteAnswer is a quote as every address about it answers.
type quoteAnswer struct {
	Quote         int64             `json:"quote"`
	Order         string            `json:"order"`
	Status        rewards.PayStatus `json:"status"`
	BalancePoints points.Amount     `json:"balance_points"` // of the customer when the quote was made
	MaxPoints     points.Amount     `json:"max_points"`     // that may be held, with that balance
	Hold          string            `json:"hold,omitempty"` // the hold's name in the ledger, once there was one
	Points        points.Amount     `json:"points"`         // that are held or were captured
	Kopecks       money.Kopecks     `json:"kopecks"`        // that they pay
	Items         []itemAnswer      `json:"items"`
	ExpiresAt     string            `json:"expires_at"` // of an open quote; RFC 3339, UTC
}

type itemAnswer struct {
	MaxPoints  points.Amount `json:"max_points"`  // that pay for this item alone
	MaxKopecks money.Kopecks `json:"max_kopecks"` // that points may pay of it
	Kopecks    money.Kopecks `json:"kopecks"`     // that they do pay
}

func told(q rewards.Quote) quoteAnswer {
	a := quoteAnswer{Quote: q.ID, Order: q.OrderName, Status: q.Status, BalancePoints: q.Balance, MaxPoints: min(q.Balance, q.MaxPoints()),
		Items: make([]itemAnswer, len(q.Items)), ExpiresAt: q.ExpiresAt.UTC().Format(time.RFC3339)}
	if q.Points > 0 {
		a.Hold = "quote:" + strconv.FormatInt(q.ID, 10) + "/hold"
	}
	stands := q.Status == rewards.PayHeld || q.Status == rewards.PayCaptured
	if stands {
		a.Points = q.Points
	}
	for i, item := range q.Items {
		a.Items[i] = itemAnswer{MaxPoints: points.Amount(item.Most / q.Rate), MaxKopecks: item.Most}
		if stands {
			a.Items[i].Kopecks = item.Kopecks
			a.Kopecks += item.Kopecks
		}
	}
	return a
}

// payOffered refuses while points pay for nothing.
func (d *Door) payOffered(ctx context.Context) error {
	offered, err := d.rooms.Cashier.Offered(ctx, d.db.Read(ctx))
	if err == nil && !offered {
		return problemPayOff
	}
	return err
}

// quote tells how many points may pay. A code that is not known counts against
// the shop; too many of them end its guessing for a while.
func (d *Door) quote(ctx context.Context, tx *store.Tx, c call) (any, error) {
	in, err := readQuote(c.body)
	if err != nil {
		return nil, err
	}
	tried, err := guess(ctx, tx, c.shop.ID)
	if err != nil {
		return nil, err
	}
	q, err := d.rooms.Cashier.Quote(ctx, tx, rewards.Shop{ID: c.shop.ID, Name: c.shop.Name}, in.Code, in.Order, in.items())
	var basket *rewards.BasketError
	switch {
	case errors.Is(err, rewards.ErrCode):
		if err := tried.missed(ctx, tx); err != nil {
			return nil, err
		}
		return nil, problemCode
	case errors.Is(err, rewards.ErrPayOff):
		return nil, problemPayOff
	case errors.As(err, &basket):
		return nil, problemBasket.with("%s", basket)
	}
	return told(q), err
}

func readQuote(body []byte) (in quoteRequest, err error) {
	if err := decode(body, &in); err != nil {
		return in, err
	}
	if !plain(in.Code, mostCode) || in.Code == "" || !plain(in.Order, mostOrder) || in.Order == "" {
		return in, problemBody.with("code and order are needed, of at most %d and %d printable characters", mostCode, mostOrder)
	}
	for i, item := range in.Items {
		if !plain(item.Name, mostTitle) || !plain(item.GTIN, mostGTIN) {
			return in, problemBody.with("items[%d]: name and gtin have at most %d and %d printable characters", i, mostTitle, mostGTIN)
		}
	}
	return in, nil
}

// plain tells a text that may be kept and shown.
func plain(text string, most int) bool {
	for _, r := range text {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return utf8.RuneCountInString(text) <= most
}

func (in quoteRequest) items() []rewards.PayItem {
	list := make([]rewards.PayItem, len(in.Items))
	for i, item := range in.Items {
		list[i] = rewards.PayItem{Name: item.Name, GTIN: item.GTIN, Price: item.PriceKopecks, Quantity: item.Quantity,
			FullOnly: item.Discountable != nil && !*item.Discountable}
	}
	return list
}

// find shows a quote as it stands.
func (d *Door) find(ctx context.Context, c call) (any, error) {
	q, err := d.rooms.Cashier.Find(ctx, d.db.Read(ctx), c.shop.ID, c.id)
	return stands(q, err)
}

func (d *Door) hold(ctx context.Context, tx *store.Tx, c call) (any, error) {
	var in holdRequest
	if err := decode(c.body, &in); err != nil {
		return nil, err
	}
	q, err := d.rooms.Cashier.Hold(ctx, tx, c.shop.ID, c.id, in.Points)
	return stands(q, err)
}

func (d *Door) capture(ctx context.Context, tx *store.Tx, c call) (any, error) {
	if err := decodeNothing(c.body); err != nil {
		return nil, err
	}
	q, err := d.rooms.Cashier.Capture(ctx, tx, c.shop.ID, c.id)
	return stands(q, err)
}

func (d *Door) release(ctx context.Context, tx *store.Tx, c call) (any, error) {
	if err := decodeNothing(c.body); err != nil {
		return nil, err
	}
	q, err := d.rooms.Cashier.Release(ctx, tx, c.shop.ID, c.id)
	return stands(q, err)
}

// stands turns what came of a step into its answer.
func stands(q rewards.Quote, err error) (any, error) {
	switch {
	case errors.Is(err, rewards.ErrNoQuote):
		return nil, problemNoQuote
	case errors.Is(err, rewards.ErrPayMuch):
		return nil, problemMuch.about(q).upTo(min(q.Balance, q.MaxPoints()))
	case errors.Is(err, rewards.ErrPayShort):
		return nil, problemShort.about(q).upTo(min(q.Balance, q.MaxPoints()))
	case errors.Is(err, rewards.ErrPayStatus):
		return nil, pastSteps[q.Status].about(q)
	case err != nil:
		return nil, err
	}
	return told(q), nil
}

package till

import (
	"context"
	"errors"
	"time"

	"promobot/fns"
	"promobot/internal/money"
	"promobot/internal/store"
	"promobot/points"
	"promobot/receipts"
)

// refundRequest tells that goods of a sale went back.
type refundRequest struct {
	ID     string          `json:"id"`     // the shop's own name of the refund, new for each
	Sale   documentRequest `json:"sale"`   // the receipt of the sale
	Refund documentRequest `json:"refund"` // the receipt of the refund, where it is known
	Items  []goodsRequest  `json:"items"`  // none: all that is left of the sale
	At     string          `json:"at"`     // RFC 3339; without it: now
}

type documentRequest struct {
	FN string `json:"fn"`
	FD int64  `json:"fd"`
	FP int64  `json:"fp"` // 0: not known
}

type goodsRequest struct {
	Name         string        `json:"name"`
	GTIN         string        `json:"gtin"`
	Quantity     fns.Quantity  `json:"quantity_thousandths"`
	PriceKopecks money.Kopecks `json:"price_kopecks"` // of one unit
	SumKopecks   money.Kopecks `json:"sum_kopecks"`   // that was paid back
}

// refundAnswer tells what came of it.
type refundAnswer struct {
	ID     string        `json:"id"`
	Status string        `json:"status"` // applied, kept (until the sale is registered) or refused
	Points points.Amount `json:"points"` // that the customer lost by it
}

// The bounds of a refund.
const (
	mostRefundItems = 200
	mostKopecks     = 1_000_000_000_00
	mostUnits       = 1_000_000 * fns.Unit
)

// returnsTaken refuses while nothing is taken back.
func (d *Door) returnsTaken(ctx context.Context) error {
	taken, err := d.rooms.Receipts.TakesReturns(ctx, d.db.Read(ctx))
	if err == nil && !taken {
		return problemReturnsOff
	}
	return err
}

// refund takes the points of goods that went back from whoever sent the receipt
// of their sale.
func (d *Door) refund(ctx context.Context, tx *store.Tx, c call) (any, error) {
	in, err := readRefund(c.body)
	if err != nil {
		return nil, err
	}
	if c.shop.INN == "" {
		return nil, problemNoINN
	}
	at, err := in.moment(tx.Now())
	if err != nil {
		return nil, err
	}
	came, err := d.rooms.Receipts.ShopReturn(ctx, tx, in.notice(c.shop, at))
	switch {
	case errors.Is(err, receipts.ErrForeignSale):
		return nil, problemForeign
	case errors.Is(err, receipts.ErrNotSold):
		return nil, problemNotSold
	case errors.Is(err, receipts.ErrOtherReturn):
		return nil, problemRefundReused
	case errors.Is(err, receipts.ErrNoReturns):
		return nil, problemReturnsOff
	}
	return refundAnswer{ID: in.ID, Status: refundStatus(came), Points: came.Taken}, err
}

func refundStatus(came receipts.ShopReturned) string {
	switch {
	case came.Refused != "":
		return "refused"
	case came.Known:
		return "applied"
	}
	return "kept"
}

func readRefund(body []byte) (in refundRequest, err error) {
	if err := decode(body, &in); err != nil {
		return in, err
	}
	if !plain(in.ID, mostOrder) || in.ID == "" {
		return in, problemBody.with("id is needed, of at most %d printable characters", mostOrder)
	}
	if !in.Sale.valid() || in.Refund != (documentRequest{}) && !in.Refund.valid() {
		return in, problemBody.with("sale is needed, and may be followed by refund: fn of 16 digits, fd and fp up to %d", int64(fns.MaxNumber))
	}
	if len(in.Items) > mostRefundItems {
		return in, problemBody.with("items: at most %d", mostRefundItems)
	}
	for i, item := range in.Items {
		if err := item.check(); err != nil {
			return in, problemBody.with("items[%d]: %v", i, err)
		}
	}
	return in, nil
}

func (r documentRequest) valid() bool {
	for _, digit := range r.FN {
		if digit < '0' || digit > '9' {
			return false
		}
	}
	return len(r.FN) == 16 && r.FD >= 1 && r.FD <= fns.MaxNumber && r.FP >= 0 && r.FP <= fns.MaxNumber
}

func (r documentRequest) key() fns.Key { return fns.Key{FN: r.FN, FD: r.FD, FP: r.FP} }

func (g goodsRequest) check() error {
	switch {
	case !plain(g.Name, mostTitle) || !plain(g.GTIN, mostGTIN) || g.Name == "" && g.GTIN == "":
		return errors.New("a name or a gtin is needed, of printable characters")
	case g.GTIN != "" && fns.NormalGTIN(g.GTIN) == "":
		return errors.New("gtin is no article number with its check digit")
	case g.Quantity < 1 || g.Quantity > mostUnits:
		return errors.New("quantity_thousandths is from 1 up; 1000 is one unit")
	case g.PriceKopecks < 0 || g.PriceKopecks > mostKopecks || g.SumKopecks < 0 || g.SumKopecks > mostKopecks:
		return errors.New("price_kopecks and sum_kopecks are not below 0")
	}
	return nil
}

func (r refundRequest) moment(now time.Time) (time.Time, error) {
	if r.At == "" {
		return now, nil
	}
	at, err := time.Parse(time.RFC3339, r.At)
	if err != nil {
		return at, problemBody.with("at is no time as RFC 3339 has it")
	}
	return at.UTC(), nil
}

// notice is the refund as the receipts' room takes it.
func (r refundRequest) notice(shop shopRow, at time.Time) receipts.ShopReturn {
	n := receipts.ShopReturn{Source: "shop:" + shop.KeyID + "/" + r.ID, SellerINN: shop.INN, Sale: r.Sale.key(), Document: r.Refund.key(), At: at}
	for _, item := range r.Items {
		n.Goods = append(n.Goods, receipts.Goods{Name: item.Name, GTIN: fns.NormalGTIN(item.GTIN), Quantity: item.Quantity,
			PriceKopecks: item.PriceKopecks, SumKopecks: item.SumKopecks})
	}
	return n
}

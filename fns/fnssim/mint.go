package fnssim

import (
	"errors"
	"fmt"
	"time"

	"promobot/fns"
	"promobot/internal/money"
)

// ErrMint reports an order for a receipt that cannot be.
var ErrMint = errors.New("fnssim: no such receipt can be made")

// Order describes a receipt to be made. The zero Order is a genuine purchase
// of a few things, made now.
type Order struct {
	Sum       money.Kopecks // 0: what the items cost, or a few hundred roubles
	At        time.Time     // wall clock in UTC; zero: now, in Moscow
	Operation fns.Operation // 0: a sale
	Sale      string        // the code of a sale that this is the refund of: by its till, of its items unless others are named
	Forged    bool          // the sign is wrong
	Unstored  bool          // genuine, but the store does not have it
	Items     []fns.Item    // what is left of Sum is filled with ordinary goods
}

// firstDrive begins the numbers of the simulator's own fiscal drives.
const firstDrive = 9_999_000_000_000_000

// Mint makes a receipt and returns its code. Its key is new.
func (s *Sim) Mint(o Order) (fns.QR, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := fns.QR{Operation: o.Operation, At: o.At, Total: o.Sum}
	if err := s.refund(&q, &o); err != nil {
		return fns.QR{}, err
	}
	s.complete(&q, o.Items)
	q.FP = s.sign(q)
	if o.Forged {
		q.FP = q.FP%fns.MaxNumber + 1
	}
	if _, err := fns.ParseQR(q.String()); err != nil {
		return fns.QR{}, fmt.Errorf("%w: %s", ErrMint, plainly(err))
	}
	t, err := s.receiptOf(q, o.Items)
	switch {
	case err != nil:
		return fns.QR{}, err
	case o.Forged:
		s.forged[q.Key] = true
	case !o.Unstored:
		s.documents[q.Key] = t
	}
	return q, nil
}

// orderFields are the fields of an order that a code shows, by the code's names.
var orderFields = map[string]string{"t": "at", "s": "sum", "n": "operation"}

// plainly names the field of an order that makes an impossible code.
func plainly(err error) string {
	var field *fns.FieldError
	if errors.As(err, &field) && orderFields[field.Field] != "" {
		return orderFields[field.Field] + ": " + field.Reason
	}
	return err.Error()
}

// refund makes the order that of a refund, if it names a sale. A till stands in
// one shop for ever, so that the seller is the same too.
func (s *Sim) refund(q *fns.QR, o *Order) error {
	if o.Sale == "" {
		return nil
	}
	code, err := fns.ParseQR(o.Sale)
	sale, known := s.documents[code.Key]
	if err != nil || !known || sale.Operation != fns.Sale {
		return fmt.Errorf("%w: sale: not the code of a sale that was made here", ErrMint)
	}
	if q.FN = sale.FN; q.Operation == 0 {
		q.Operation = fns.SaleReturn
	}
	if len(o.Items) == 0 && o.Sum == 0 {
		o.Items = sale.Items
	}
	return nil
}

// complete fills in what an order leaves open.
func (s *Sim) complete(q *fns.QR, items []fns.Item) {
	if q.Operation == 0 {
		q.Operation = fns.Sale
	}
	if q.At.IsZero() {
		wall := s.now().In(moscow)
		q.At = time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, time.UTC)
	}
	if q.Total == 0 {
		q.Total = sumOf(items)
	}
	if q.Total == 0 {
		q.Total = money.Kopecks(300_00 + s.rng.IntN(1500_00))
	}
	if q.FN == "" {
		q.FN = fmt.Sprint(firstDrive + s.rng.IntN(1000))
	}
	q.FD = 1 + s.rng.Int64N(1_000_000_000)
}

func sumOf(items []fns.Item) (sum money.Kopecks) {
	for _, item := range items {
		sum += item.Sum
	}
	return sum
}

// receiptOf lists the ordered items and fills up the rest of the total.
func (s *Sim) receiptOf(q fns.QR, items []fns.Item) (fns.Ticket, error) {
	if len(items) == 0 {
		return s.invent(q), nil
	}
	b := basket{rng: s.rngFor(q.String()), left: q.Total}
	for _, item := range items {
		b.add(item)
	}
	if b.left < 0 {
		return fns.Ticket{}, fmt.Errorf("%w: sum: the items cost %s, more than the sum %s", ErrMint, sumOf(items), q.Total)
	}
	b.fill()
	t := s.fromShop(q)
	t.Items = b.items
	return t, nil
}

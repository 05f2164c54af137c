package fnssim

import (
	"encoding/json"
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
	s.complete(&q, o.Items)
	q.FP = s.sign(q)
	if o.Forged {
		q.FP = q.FP%fns.MaxNumber + 1
	}
	if _, err := fns.ParseQR(q.String()); err != nil {
		return fns.QR{}, fmt.Errorf("%w: %w", ErrMint, err)
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
	q.FN = fmt.Sprint(firstDrive + s.rng.IntN(1000))
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
		return fns.Ticket{}, fmt.Errorf("%w: the items cost more than %s", ErrMint, q.Total)
	}
	b.fill()
	t := s.fromShop(q)
	t.Items = b.items
	return t, nil
}

// amount is a JSON text in roubles or a whole number of kopecks.
type amount money.Kopecks

func (a *amount) UnmarshalJSON(value []byte) error {
	var text string
	if json.Unmarshal(value, &text) == nil {
		k, err := money.ParseRoubles(text)
		*a = amount(k)
		return err
	}
	var kopecks int64
	if err := json.Unmarshal(value, &kopecks); err != nil || kopecks < 0 {
		return fmt.Errorf("%s is neither roubles in a text nor a whole number of kopecks", value)
	}
	*a = amount(kopecks)
	return nil
}

// wallTime is a time without a zone.
type wallTime time.Time

func (w *wallTime) UnmarshalText(text []byte) error {
	layout := "2006-01-02T15:04"
	if len(text) > len(layout) {
		layout += ":05"
	}
	at, err := time.Parse(layout, string(text))
	*w = wallTime(at)
	return err
}

// mintRequest is the body of POST /control/mint.
type mintRequest struct {
	Sum       amount     `json:"sum"`
	At        wallTime   `json:"at"`
	Operation int        `json:"operation"`
	Genuine   *bool      `json:"genuine"`
	Stored    *bool      `json:"stored"`
	Items     []mintItem `json:"items"`
}

type mintItem struct {
	Name     string      `json:"name"`
	GTIN     string      `json:"gtin"`
	Price    amount      `json:"price"`
	Quantity json.Number `json:"quantity"`
	Sum      amount      `json:"sum"`
}

func (r mintRequest) order() (Order, error) {
	o := Order{
		Sum: money.Kopecks(r.Sum), At: time.Time(r.At), Operation: fns.Operation(r.Operation),
		Forged: r.Genuine != nil && !*r.Genuine, Unstored: r.Stored != nil && !*r.Stored,
	}
	for i, m := range r.Items {
		item, err := m.item()
		if err != nil {
			return Order{}, fmt.Errorf("%w: item %d: %w", ErrMint, i+1, err)
		}
		o.Items = append(o.Items, item)
	}
	return o, nil
}

// item makes up the amounts that are not given: quantity 1, and price from sum
// or sum from price.
func (m mintItem) item() (fns.Item, error) {
	item := fns.Item{Name: m.Name, GTIN: fns.NormalGTIN(m.GTIN), Price: money.Kopecks(m.Price), Sum: money.Kopecks(m.Sum), Quantity: fns.Unit, ProductType: plain}
	if m.GTIN != "" && item.GTIN == "" {
		return item, fmt.Errorf("gtin %q has a wrong check digit", m.GTIN)
	}
	if m.Quantity != "" {
		var err error
		if item.Quantity, err = fns.ParseQuantity(m.Quantity.String()); err != nil || item.Quantity == 0 || item.Quantity > 10_000*fns.Unit {
			return item, fmt.Errorf("quantity %q", m.Quantity)
		}
	}
	const most = 1_000_000_000_00
	if item.Price > most || item.Sum > most {
		return item, errors.New("amounts beyond a milliard")
	}
	if item.Sum == 0 {
		item.Sum = (item.Price*money.Kopecks(item.Quantity) + 500) / 1000
	}
	if item.Price == 0 {
		item.Price = item.Sum * 1000 / money.Kopecks(item.Quantity)
	}
	return item, nil
}

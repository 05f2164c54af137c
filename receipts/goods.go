package receipts

import (
	"strings"
	"unicode"

	"promobot/fns"
	"promobot/internal/money"
)

// Goods are what went back of one product: a line of a refund, or of a shop's
// notice. Price is that of one unit; Sum is what was paid back.
type Goods struct {
	Name         string        `json:"name"`
	GTIN         string        `json:"gtin,omitempty"` // 14 digits, or ""
	Quantity     fns.Quantity  `json:"quantity_thousandths"`
	PriceKopecks money.Kopecks `json:"price_kopecks,omitempty"` // 0: what the sum says
	SumKopecks   money.Kopecks `json:"sum_kopecks,omitempty"`   // 0: what was paid for them
}

// goodsOf are the lines of a ticket.
func goodsOf(t fns.Ticket) []Goods {
	goods := make([]Goods, len(t.Items))
	for i, item := range t.Items {
		goods[i] = Goods{Name: item.Name, GTIN: item.GTIN, Quantity: item.Quantity, PriceKopecks: item.Price, SumKopecks: item.Sum}
	}
	return goods
}

// back is what of one line of a sale goes back.
type back struct {
	line     int // from 0
	quantity fns.Quantity
	sum      money.Kopecks
}

func sumOf(backs []back) (sum money.Kopecks) {
	for _, b := range backs {
		sum += b.sum
	}
	return sum
}

// left is what of a line has not gone back yet.
func (l Line) left() (fns.Quantity, money.Kopecks) {
	return l.QuantityThousandths - l.ReturnedThousandths, l.SumKopecks - l.ReturnedKopecks
}

// gone tells that nothing of the line is left.
func (l Line) gone() bool {
	return l.ReturnedThousandths > 0 && l.ReturnedThousandths >= l.QuantityThousandths
}

// unsold finds where in a sale the goods come from: each among its lines of the
// same product and price that have not gone back, and no more of it than is
// left. Not ok: some of them were not bought with this receipt. It is pure.
func unsold(lines []Line, goods []Goods) (backs []back, ok bool) {
	taken := map[int]back{}
	for _, g := range goods {
		need := g.Quantity
		for i, line := range lines {
			if need == 0 || !g.of(line) {
				continue
			}
			quantity, sum := line.left()
			quantity, sum = quantity-taken[i].quantity, sum-taken[i].sum
			n := min(need, quantity)
			if n <= 0 {
				continue
			}
			taken[i] = back{line: i, quantity: taken[i].quantity + n, sum: taken[i].sum + share(sum, n, quantity)}
			need -= n
		}
		if need > 0 || g.Quantity <= 0 {
			return nil, false
		}
	}
	for i := range lines {
		if b, some := taken[i]; some {
			backs = append(backs, b)
		}
	}
	return backs, len(backs) > 0
}

// share is the part of a sum that n of so many units cost; all of it for all.
func share(sum money.Kopecks, n, of fns.Quantity) money.Kopecks {
	return (sum*money.Kopecks(n) + money.Kopecks(of)/2) / money.Kopecks(of)
}

// all is everything that has not gone back.
func all(lines []Line) (backs []back) {
	for i, line := range lines {
		if quantity, sum := line.left(); quantity > 0 {
			backs = append(backs, back{i, quantity, sum})
		}
	}
	return backs
}

// of tells whether the goods are those of a line. An article number decides
// where both have one. Prices that are worked out of a sum may be off by a
// kopeck.
func (g Goods) of(l Line) bool {
	if g.GTIN != "" && l.GTIN != "" && g.GTIN != l.GTIN {
		return false
	}
	if (g.GTIN == "" || l.GTIN == "") && plainName(g.Name) != plainName(l.Name) {
		return false
	}
	mine := unitPrice(g.PriceKopecks, g.SumKopecks, g.Quantity)
	its := unitPrice(l.PriceKopecks, l.SumKopecks, l.QuantityThousandths)
	return mine == 0 || its == 0 || mine-its <= 1 && its-mine <= 1
}

func unitPrice(price, sum money.Kopecks, quantity fns.Quantity) money.Kopecks {
	if price != 0 || quantity <= 0 {
		return price
	}
	return share(sum, fns.Unit, quantity)
}

// plainName is a name without what two tills of a shop may print differently:
// case, and whatever stands between the words.
func plainName(name string) string {
	words := strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, " ")
}

package fnssim

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"promobot/fns"
	"promobot/internal/money"
)

// invent makes up the ticket of a code: the same for the same code and seed.
// Its lines sum to the code's total, some of them promoted goods if the total
// is large enough for one.
func (s *Sim) invent(q fns.QR) fns.Ticket {
	b := basket{rng: s.rngFor(q.String()), left: q.Total}
	b.addPromoted(s.options.Goods)
	b.fill()
	t := s.fromShop(q)
	t.Items = b.items
	return t
}

// rngFor is a generator that depends on the text and the seed only.
func (s *Sim) rngFor(text string) *rand.Rand {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", s.options.Seed, text))
	return rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))
}

// fromShop is a ticket without lines. A till stands in one shop for ever.
func (s *Sim) fromShop(q fns.QR) fns.Ticket {
	rng := s.rngFor(q.FN)
	at := shops[rng.IntN(len(shops))]
	return fns.Ticket{
		Key: q.Key, Operation: q.Operation, At: q.At, Total: q.Total,
		SellerINN: inn(at.region, 100+at.region), Seller: at.seller, Place: at.place, Address: at.city + ", " + at.address,
	}
}

// basket is a ticket's lines in the making.
type basket struct {
	rng   *rand.Rand
	left  money.Kopecks // what the lines do not cover yet
	items []fns.Item
}

func (b *basket) add(item fns.Item) {
	item.PaymentType = fullPay
	b.items = append(b.items, item)
	b.left -= item.Sum
}

const (
	maxPromoted  = 5
	maxEveryday  = 7
	maxUnits     = 500_000
	promotedPart = 2 // promoted goods take at most one part in so many
)

// addPromoted spends up to half of the total on promoted goods, at least one if
// there is money for it. Marked goods are a line per piece.
func (b *basket) addPromoted(goods []Good) {
	budget := b.left / promotedPart
	for range maxPromoted {
		if len(goods) == 0 {
			return
		}
		g := goods[b.rng.IntN(len(goods))]
		if g.Price > 0 && g.Price <= budget {
			b.addGood(g)
			budget -= g.Price
		}
	}
	for _, g := range goods {
		if len(b.items) == 0 && g.Price > 0 && g.Price <= b.left {
			b.addGood(g)
		}
	}
}

func (b *basket) addGood(g Good) {
	item := fns.Item{Name: g.Name, GTIN: fns.NormalGTIN(g.GTIN), Price: g.Price, Sum: g.Price, Quantity: fns.Unit, ProductType: plain}
	if item.GTIN != "" {
		item.ProductType = marked
	}
	b.add(item)
}

// fill buys everyday goods until nothing is left, to the kopeck.
func (b *basket) fill() {
	lines := 1 + b.rng.IntN(maxEveryday)
	for b.left > 0 {
		last := b.closing()
		if last != nil && (lines <= 1 || b.left < 100_00) {
			b.add(fns.Item{Name: last.name, Price: b.left, Sum: b.left, Quantity: fns.Unit, ProductType: plain})
			return
		}
		b.addEveryday()
		lines--
	}
}

// closing finds an article whose price may be all that is left.
func (b *basket) closing() *ordinary {
	var fitting []*ordinary
	for i := range everyday {
		o := &everyday[i]
		if !o.byTheKilogram && o.least <= b.left && b.left <= o.most {
			fitting = append(fitting, o)
		}
	}
	if len(fitting) == 0 {
		return nil
	}
	return fitting[b.rng.IntN(len(fitting))]
}

// addEveryday buys one article that leaves something over. From what is more
// than any one article costs it buys several of the dearest at once.
func (b *basket) addEveryday() {
	affordable := 1
	for affordable < len(everyday) && everyday[affordable].most < b.left {
		affordable++
	}
	o, units := everyday[b.rng.IntN(affordable)], int64(1)
	if b.closing() == nil {
		o = everyday[len(everyday)-1]
		units = max(1, int64(b.left/o.most)*3/4)
	}
	price, quantity := b.price(o), fns.Quantity(min(units, maxUnits))*fns.Unit
	if o.byTheKilogram {
		quantity = fns.Quantity(200 + b.rng.IntN(800)) // less than a unit: never more than the price
	}
	sum := (price*money.Kopecks(quantity) + 500) / 1000
	b.add(fns.Item{Name: o.name, Price: price, Sum: sum, Quantity: quantity, ProductType: plain})
}

// price is in the article's range and ends in 9, as prices do, if it can.
func (b *basket) price(o ordinary) money.Kopecks {
	price := o.least + money.Kopecks(b.rng.Int64N(int64(o.most-o.least)+1))
	if nice := price/10_00*10_00 + 9_90; nice >= o.least && nice <= o.most {
		price = nice
	}
	return min(price, b.left)
}

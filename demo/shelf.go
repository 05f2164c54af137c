package demo

import (
	"time"

	"promobot/campaigns"
	"promobot/demo/paper"
	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/internal/money"
)

// shelf makes the receipts of the tray for a campaign's terms.
type shelf struct {
	counter counter
	terms   campaigns.Terms
	goods   []fnssim.Good
	now     time.Time // the wall clock in the campaign's zone
	sold    sale      // the first one
	first   paper.Receipt
}

func (s *shelf) good() (made slip, err error) {
	s.sold = s.sale(0, 2*time.Hour, 1240_00, 2)
	s.first, err = s.counter.sell(s.sold)
	return photo("good", s.first, 11).named(text{"Хороший", "Good"}, text{"Баллы за секунды", "Points in seconds"}), err
}

func (s *shelf) faded() (slip, error) {
	r, err := s.counter.sell(s.sale(1, 26*time.Hour, 1512_40, 3))
	return photo("faded", r, 12, paper.Faded).named(text{"Выцветший", "Faded"}, text{"Лежал на солнце", "It lay in the sun"}), err
}

func (s *shelf) torn() (slip, error) {
	r, err := s.counter.sell(s.sale(2, 5*time.Hour, 1187_60, 2))
	return photo("torn", r, 13, paper.Torn).named(text{"Порванный", "Torn"}, text{"Без угла кода", "A corner of the code is gone"}), err
}

// duplicate is the document of good on another picture.
func (s *shelf) duplicate() (slip, error) {
	return photo("duplicate", s.first, 14, paper.Crumpled, paper.Rotated(-7)).
		named(text{"Дубль", "Duplicate"}, text{"Первый чек, другое фото", "The first one, another photo"}), nil
}

// refund gives all of good back, at its till.
func (s *shelf) refund() (slip, error) {
	back, note := s.sold, text{"Деньги вернули", "The money went back"}
	back.operation, back.at, back.of = fns.SaleReturn, back.at.Add(time.Hour), s.first.Code
	if s.terms.Returns.Taken() {
		note = text{"Первый чек вернули, баллы тоже", "The first one went back, and its points"}
	}
	r, err := s.counter.sell(back)
	return photo("refund", r, 15).named(text{"Возврат", "Refund"}, note), err
}

// firstReceipts is when tills began to print codes; no older one is a receipt's.
var firstReceipts = time.Date(2016, 7, 1, 0, 0, 0, 0, time.UTC)

// beforeStart is how long before the campaign the old receipt was bought.
const beforeStart = 47 * 24 * time.Hour

// old is bought before the campaign, or longer ago than it takes receipts. A
// campaign that takes all there are has none.
func (s *shelf) old() (slip, error) {
	sale, note := s.sale(1, 0, 1199_00, 2), text{"Куплен до начала акции", "Bought before it began"}
	sale.at = s.terms.Starts.Add(14*time.Hour + 25*time.Minute - beforeStart)
	if sale.at.Before(firstReceipts) {
		if s.terms.MaxAgeDays == 0 {
			return slip{}, nil
		}
		sale.at, note = s.now.AddDate(0, 0, -s.terms.MaxAgeDays-30), text{"Таких старых не берут", "Too long ago"}
	}
	r, err := s.counter.sell(sale)
	return photo("old", r, 16, paper.Rotated(4)).named(text{"Слишком старый", "Too old"}, note), err
}

func (s *shelf) small() (slip, error) {
	if s.terms.Minimum == 0 {
		return slip{}, nil
	}
	sale := s.sale(2, 4*time.Hour, 0, 1)
	sale.total = s.terms.Minimum * 4123 / 10000
	sale.items = shopping(sale.total, s.goods, 2, 1)
	r, err := s.counter.sell(sale)
	total, least := roubles(sale.total), roubles(s.terms.Minimum)
	return photo("small", r, 17).named(text{"Мало", "Too little"},
		text{total.ru + ", а нужно от " + least.ru, total.en + " where " + least.en + " is needed"}), err
}

func (s *shelf) foreign() (slip, error) {
	r, err := s.counter.sell(s.sale(0, 7*time.Hour, 1430_50, 0))
	return photo("foreign", r, 18, paper.Rotated(-4)).named(text{"Не наш", "None of ours"}, text{"Ни одного товара акции", "No promo products"}), err
}

// sale is a purchase of long enough ago, dear enough and with enough promo
// goods for the terms. The number n varies shop and goods.
func (s *shelf) sale(n int, ago time.Duration, total money.Kopecks, promo int) sale {
	if more := s.terms.Minimum - 1000_00; more > 0 {
		total += more
	}
	if s.terms.MinimumOn == campaigns.OnPromo && promo > 0 {
		promo = s.enough(3*n, promo)
		total += s.terms.Minimum
	}
	return sale{seller: s.seller(n), at: s.inPeriod(s.now.Add(-ago)), operation: fns.Sale, total: total,
		items: shopping(total, s.goods, 3*n, promo)}
}

// enough is how many promo goods reach the minimum, at least n.
func (s *shelf) enough(from, n int) int {
	var sum money.Kopecks
	for i := 0; len(s.goods) > 0 && (i < n || sum < s.terms.Minimum) && i < 3*len(s.goods); i++ {
		sum += s.goods[(from+i)%len(s.goods)].Price
		n = max(n, i+1)
	}
	return n
}

// seller is one that the terms allow.
func (s *shelf) seller(n int) seller {
	chosen := sellers[n%len(sellers)]
	if len(s.terms.ShopsAllowed) > 0 {
		chosen.inn = s.terms.ShopsAllowed[0]
	}
	return chosen
}

// inPeriod moves a purchase into the campaign's period.
func (s *shelf) inPeriod(at time.Time) time.Time {
	const lateMorning = 11*time.Hour + 37*time.Minute
	switch {
	case at.Before(s.terms.Starts):
		return s.terms.Starts.Add(lateMorning)
	case !at.Before(s.terms.Ends):
		return s.terms.Ends.AddDate(0, 0, -1).Add(lateMorning)
	}
	return at
}

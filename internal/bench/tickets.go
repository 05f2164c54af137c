package bench

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/money"
)

const (
	// kinds is how many different baskets there are; a document's number says
	// which is its.
	kinds = 64
	// linesOfTicket is how many lines a ticket has, promoLines of them promo.
	linesOfTicket, promoLines = 8, 3

	tills  = 5000
	seller = "ООО «Лавка у дома»"
	inn    = "7700000000"
)

// firstPurchase is the shop's wall clock of document 0. A till sells to two a
// day, so that it is no hot spot and no suspect.
var firstPurchase = time.Date(2024, 1, 1, 9, 0, 0, 0, time.UTC)

// document is the key and the moment of the document with the given number, in
// the invented drive of its till.
func document(fd int64) (fns.Key, time.Time) {
	return fns.Key{FN: strconv.FormatInt(firstTill+fd%tills, 10), FD: fd, FP: fd + 1}, firstPurchase.Add(time.Duration(fd/tills) * 12 * time.Hour)
}

const firstTill = 9999_0789_0000_0000

// Tickets stands in for the fiscal service: it has the ticket of every document
// of the bench at once and in the same process. It implements receipts.Fiscal.
type Tickets struct {
	baskets [kinds][]fns.Item
	totals  [kinds]money.Kopecks
	rewards [kinds]campaigns.Reward
}

// NewTickets fills the baskets with promo goods and with others, and notes what
// the terms make of them, for the yardstick.
func NewTickets(v campaigns.Version, promo []fns.Item) (*Tickets, error) {
	t := &Tickets{}
	for kind := range kinds {
		t.baskets[kind] = basket(kind, promo)
		for _, item := range t.baskets[kind] {
			t.totals[kind] += item.Sum
		}
		t.rewards[kind] = v.Reward(t.ticket(int64(kind)), campaigns.History{ReceiptsTotal: 1})
		if no := t.rewards[kind].Refusal; no != nil || t.rewards[kind].Points == 0 {
			return nil, fmt.Errorf("bench: a basket earns nothing: %v", no)
		}
	}
	return t, nil
}

func basket(kind int, promo []fns.Item) []fns.Item {
	items := make([]fns.Item, linesOfTicket)
	for i := range items {
		item := fns.Item{Name: ordinary[(kind+7*i)%len(ordinary)], Price: money.Kopecks(49_90 + 10_00*((kind+i)%13))}
		if i < promoLines {
			item = promo[(kind+i)%len(promo)]
		}
		item.Quantity = fns.Unit * fns.Quantity(1+(kind+i)%3)
		item.Sum = item.Price * money.Kopecks(item.Quantity/fns.Unit)
		item.PaymentType = 4
		items[i] = item
	}
	return items
}

// ordinary goods are no promo goods of any terms that the bench is run with.
var ordinary = strings.Split("ХЛЕБ РЖАНОЙ НАРЕЗКА 350Г|МОЛОКО ПАСТ. 2,5% 930МЛ|ЯЙЦО КУРИНОЕ С1 10ШТ|СЫР ПОЛУТВЕРДЫЙ 45% 200Г|"+
	"МАКАРОНЫ СПИРАЛИ 450Г|ФИЛЕ КУРИНОЕ ОХЛ. 1КГ|КОФЕ МОЛОТЫЙ 250Г|МАСЛО ПОДСОЛНЕЧНОЕ 1Л|КРУПА ГРЕЧНЕВАЯ 800Г|САХАР-ПЕСОК 1КГ|"+
	"БАТОН НАРЕЗНОЙ 400Г|КЕФИР 1% 900Г|СМЕТАНА 20% 300Г|ТВОРОГ 5% 200Г|ОГУРЦЫ КОРОТКОПЛОДНЫЕ|ПАКЕТ-МАЙКА|САЛФЕТКИ БУМАЖНЫЕ 100ШТ", "|")

// ticket is that of the document with the given number.
func (t *Tickets) ticket(fd int64) fns.Ticket {
	key, at := document(fd)
	kind := fd % kinds
	return fns.Ticket{
		Key: key, Operation: fns.Sale, At: at, Total: t.totals[kind], SellerINN: inn, Seller: seller, Place: "Магазин 17", Address: "Москва", Items: t.baskets[kind],
	}
}

// Send gives the question the number of its document.
func (t *Tickets) Send(_ context.Context, q fns.QR) (string, error) { return messageID(q.FD), nil }

// Poll answers at once: found.
func (t *Tickets) Poll(_ context.Context, id string) (fns.Answer, error) {
	fd, err := strconv.ParseInt(strings.TrimPrefix(id, messagePrefix), 10, 64)
	if err != nil {
		return fns.Answer{}, fmt.Errorf("bench: message %q: %w", id, err)
	}
	return fns.Answer{State: fns.Found, Code: 200, Ticket: t.ticket(fd)}, nil
}

const messagePrefix = "bench:"

func messageID(fd int64) string { return messagePrefix + strconv.FormatInt(fd, 10) }

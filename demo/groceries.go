package demo

import (
	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/internal/money"
)

// The kinds of payment and of goods that tills print (tags 1214 and 1212).
const (
	fullPayment = 4
	plainGoods  = 1
	markedGoods = 33
)

// ordinary goods are no promo product of ours and carry no brand.
var ordinary = []struct {
	name  string
	price money.Kopecks
}{
	{"ХЛЕБ РЖАНОЙ НАРЕЗКА 350Г", 54_90},
	{"МОЛОКО ПАСТ. 2,5% 930МЛ", 89_90},
	{"ЯЙЦО КУРИНОЕ С1 10ШТ", 119_90},
	{"СЫР ПОЛУТВЕРДЫЙ 45% 200Г", 189_90},
	{"МАКАРОНЫ СПИРАЛИ 450Г", 74_90},
	{"ФИЛЕ КУРИНОЕ ОХЛ. 1КГ", 389_90},
	{"КОФЕ МОЛОТЫЙ 250Г", 349_90},
	{"МАСЛО ПОДСОЛНЕЧНОЕ 1Л", 139_90},
	{"КРУПА ГРЕЧНЕВАЯ 800Г", 94_90},
	{"САХАР-ПЕСОК 1КГ", 79_90},
}

// weighed closes a receipt to the kopeck: its price may be any.
const weighed = "ОВОЩИ ВЕСОВЫЕ"

// leastWeighed is the least that a weighed line costs, to be believed.
const leastWeighed = 40_00

// basket is what somebody buys for a total.
type basket struct {
	left  money.Kopecks
	items []fns.Item
}

// shopping fills a basket of exactly total with n promo goods, the first of
// them being goods[from], and with ordinary goods. Promo goods that the total
// has no room for are left out.
func shopping(total money.Kopecks, goods []fnssim.Good, from, n int) []fns.Item {
	b := basket{left: total}
	for i := range min(n, len(goods)*3) {
		b.addPromo(goods[(from+i)%len(goods)])
	}
	for i := range ordinary {
		o := ordinary[(from+i)%len(ordinary)]
		if b.left-o.price >= leastWeighed {
			b.add(fns.Item{Name: o.name, Price: o.price, Sum: o.price, ProductType: plainGoods})
		}
	}
	if b.left > 0 {
		b.add(fns.Item{Name: weighed, Price: b.left, Sum: b.left, ProductType: plainGoods})
	}
	return b.items
}

func (b *basket) addPromo(g fnssim.Good) {
	if b.left-g.Price < leastWeighed {
		return
	}
	item := fns.Item{Name: g.Name, GTIN: g.GTIN, Price: g.Price, Sum: g.Price, ProductType: plainGoods}
	if g.GTIN != "" {
		item.ProductType = markedGoods
	}
	b.add(item)
}

func (b *basket) add(item fns.Item) {
	item.Quantity, item.PaymentType = fns.Unit, fullPayment
	b.items = append(b.items, item)
	b.left -= item.Sum
}

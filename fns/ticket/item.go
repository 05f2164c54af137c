package ticket

import (
	"fmt"

	"promobot/fns"
	"promobot/internal/money"
)

// readItem reads one line. Missing amounts are made up from the others: tills
// always print them, archives do not always keep them.
func readItem(o object) (fns.Item, error) {
	r := reader{o: o}
	item := fns.Item{
		Name:        o.text("name"),
		GTIN:        gtin(o),
		Price:       money.Kopecks(r.integer("price")),
		Sum:         money.Kopecks(r.integer("sum")),
		Quantity:    r.quantity(),
		PaymentType: r.kind("paymentType", "calculationTypeSign"),
		ProductType: r.kind("productType", "calculationSubjectSign"),
	}
	if r.err == nil && !o.has("sum") {
		sum, err := product(item.Price, item.Quantity)
		r.keep(err)
		item.Sum = sum
	}
	return item, r.err
}

func (r *reader) quantity() fns.Quantity {
	text := r.o.text("quantity")
	if text == "" {
		return fns.Unit
	}
	q, err := fns.ParseQuantity(text)
	r.keep(err)
	return q
}

// kind reads a small enumeration; what is out of any enumeration is 0, unknown.
func (r *reader) kind(names ...string) int {
	n, _, err := r.o.integer(names...)
	if err != nil || n > 255 {
		return 0
	}
	return int(n)
}

// product is price times quantity, rounded half up to a kopeck.
func product(price money.Kopecks, quantity fns.Quantity) (money.Kopecks, error) {
	whole := int64(quantity / fns.Unit)
	if whole > 0 && int64(price) > maxAmount/whole {
		return 0, fmt.Errorf("sum: %d times %s is out of range", price, quantity)
	}
	part := int64(price)/1000*int64(quantity%fns.Unit) + (int64(price)%1000*int64(quantity%fns.Unit)+500)/1000
	return money.Kopecks(int64(price)*whole + part), nil
}

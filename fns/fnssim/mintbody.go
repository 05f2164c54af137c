package fnssim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"promobot/fns"
	"promobot/internal/money"
)

// amount is a JSON text in roubles or a whole number of kopecks.
type amount money.Kopecks

func (a *amount) UnmarshalJSON(value []byte) error {
	k := money.Kopecks(0)
	var text string
	err := json.Unmarshal(value, &text)
	if err == nil {
		k, err = money.ParseRoubles(text)
	} else {
		err = json.Unmarshal(value, (*int64)(&k))
	}
	if err == nil && k < 0 {
		err = errors.New("negative")
	}
	*a = amount(k)
	return err
}

// kopecks is an amount, or 0 if it was left out.
func (a *amount) kopecks() money.Kopecks {
	if a == nil {
		return 0
	}
	return money.Kopecks(*a)
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

// fillIn reads a JSON object into fields by their names. What is left out, or
// null, is not touched.
func fillIn(object []byte, fields map[string]any) error {
	var values map[string]json.RawMessage
	if json.Unmarshal(object, &values) != nil {
		return fmt.Errorf("not an object with the fields %s", names(fields))
	}
	for name, value := range values {
		field, known := fields[name]
		if !known {
			return fmt.Errorf("%s: unknown; the fields are %s", name, names(fields))
		}
		if bytes.Equal(value, []byte("null")) {
			continue
		}
		if err := decode(value, field); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func names(fields map[string]any) string {
	return strings.Join(slices.Sorted(maps.Keys(fields)), ", ")
}

// readOrder reads the body of POST /control/mint. An empty one is the zero
// Order.
func readOrder(body []byte) (Order, error) {
	var o Order
	var sum *amount
	var at wallTime
	var genuine, stored *bool
	var items []json.RawMessage
	if len(bytes.TrimSpace(body)) == 0 {
		return o, nil
	}
	err := fillIn(body, map[string]any{
		"sum": &sum, "at": &at, "operation": &o.Operation, "sale": &o.Sale, "genuine": &genuine, "stored": &stored, "items": &items,
	})
	if err == nil && o.Operation != 0 && !o.Operation.Valid() {
		err = fmt.Errorf("operation: it takes %s", takes(&o.Operation))
	}
	if err == nil {
		o.Items, err = readItems(items)
	}
	if err != nil {
		return Order{}, fmt.Errorf("%w: %w", ErrMint, err)
	}
	o.Sum, o.At = sum.kopecks(), time.Time(at)
	o.Forged, o.Unstored = genuine != nil && !*genuine, stored != nil && !*stored
	return o, nil
}

func readItems(list []json.RawMessage) (items []fns.Item, err error) {
	for i, object := range list {
		item, err := readItem(object)
		if err != nil {
			return nil, fmt.Errorf("items: line %d: %w", i+1, err)
		}
		items = append(items, item)
	}
	return items, nil
}

// readItem makes up the amounts that are not given: quantity 1, and price from
// sum or sum from price.
func readItem(object []byte) (fns.Item, error) {
	item := fns.Item{Quantity: fns.Unit, ProductType: plain}
	var gtin string
	var price, sum *amount
	var quantity json.Number
	err := fillIn(object, map[string]any{"name": &item.Name, "gtin": &gtin, "price": &price, "quantity": &quantity, "sum": &sum})
	if err == nil && price == nil && sum == nil {
		err = errors.New("it has neither price nor sum")
	}
	if err == nil {
		item.GTIN, err = readGTIN(gtin)
	}
	if err == nil && quantity != "" {
		item.Quantity, err = readQuantity(quantity)
	}
	if err != nil {
		return fns.Item{}, err
	}
	return priced(item, price, sum)
}

func readGTIN(text string) (string, error) {
	gtin := fns.NormalGTIN(text)
	if text != "" && gtin == "" {
		return "", fmt.Errorf("gtin: %q is no article number of 8 to 14 digits with its check digit", text)
	}
	return gtin, nil
}

// maxLineUnits is more than anybody buys of one thing.
const maxLineUnits = 10_000

func readQuantity(n json.Number) (fns.Quantity, error) {
	q, err := fns.ParseQuantity(n.String())
	if err != nil || q == 0 || q > maxLineUnits*fns.Unit {
		return 0, fmt.Errorf("quantity: %s is not from 0.001 to %d", n, maxLineUnits)
	}
	return q, nil
}

// priced gives a line its amounts, of which one may be missing.
func priced(item fns.Item, price, sum *amount) (fns.Item, error) {
	const most = 1_000_000_000_00
	item.Price, item.Sum = price.kopecks(), sum.kopecks()
	if item.Price > most || item.Sum > most {
		return item, errors.New("price and sum: at most a milliard roubles")
	}
	if sum == nil {
		item.Sum = (item.Price*money.Kopecks(item.Quantity) + 500) / 1000
	}
	if price == nil {
		item.Price = item.Sum * 1000 / money.Kopecks(item.Quantity)
	}
	return item, nil
}

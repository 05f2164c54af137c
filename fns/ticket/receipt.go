package ticket

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"promobot/fns"
	"promobot/internal/money"
)

// read turns a receipt into a ticket.
func read(o object) (fns.Ticket, error) {
	r := reader{o: o}
	t := fns.Ticket{
		Key:       fns.Key{FN: drive(o.text("fiscalDriveNumber")), FD: r.number("fiscalDocumentNumber"), FP: r.number("fiscalSign")},
		Operation: fns.Operation(r.integer("operationType")),
		At:        r.time(),
		Total:     money.Kopecks(r.integer("totalSum")),
		SellerINN: inn(o.text("userInn")),
		Seller:    o.text("user"),
		Place:     o.text("retailPlace"),
		Address:   o.text("retailPlaceAddress", "retailAddress"),
		Items:     r.items(),
	}
	return t, r.err
}

// reader reads fields and keeps the first refusal.
type reader struct {
	o   object
	err error
}

func (r *reader) keep(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) integer(names ...string) int64 {
	n, _, err := r.o.integer(names...)
	r.keep(err)
	return n
}

// number reads a document number or a fiscal sign; 0 means it is not there.
func (r *reader) number(name string) int64 {
	n := r.integer(name)
	if n > fns.MaxNumber {
		r.keep(fmt.Errorf("%s: %d is beyond 32 bits", name, n))
	}
	return n
}

// drive restores the zeros that a drive number loses when it travels as a
// number.
func drive(text string) string {
	if text == "" || len(text) >= 16 {
		return text
	}
	return strings.Repeat("0", 16-len(text)) + text
}

// inn takes the padding off a taxpayer number: spaces behind it, or two zeros
// before ten digits. Masked and broken numbers are "".
func inn(text string) string {
	if len(text) == 12 && strings.HasPrefix(text, "00") {
		text = text[2:]
	}
	if len(text) == 9 || len(text) == 11 {
		text = "0" + text // a number that lost its zero
	}
	if len(text) != 10 && len(text) != 12 || strings.Trim(text, "0123456789") != "" {
		return ""
	}
	return text
}

// time reads the shop's wall clock. Where a source gives both, localDateTime is
// what the receipt shows, while dateTime may be true universal time.
func (r *reader) time() time.Time {
	value := r.o["localDateTime"]
	if value == nil {
		value = r.o["dateTime"]
	}
	at, err := wallClock(value)
	r.keep(err)
	return at
}

func (r *reader) items() []fns.Item {
	list, isList := r.o["items"].([]any)
	switch {
	case !isList && r.o.has("items"):
		r.keep(errors.New("items: not a list"))
		return nil
	case len(list) > maxItems:
		r.keep(fmt.Errorf("items: %d of them", len(list)))
		return nil
	}
	var items []fns.Item
	for i, value := range list {
		line, _ := value.(map[string]any)
		item, err := readItem(line)
		if err != nil {
			r.keep(fmt.Errorf("item %d: %w", i+1, err))
			return nil
		}
		items = append(items, item)
	}
	return items
}

package fns

import (
	"slices"
	"time"

	"promobot/internal/money"
)

// Draft is what is known so far of a receipt whose fields a person types. The
// zero value knows nothing; a missing operation is a sale.
type Draft struct {
	At        time.Time     `json:"at,omitzero"`  // the shop's wall clock, in time.UTC
	Day       time.Time     `json:"day,omitzero"` // a date whose time is not known yet
	Total     money.Kopecks `json:"total,omitzero"`
	FN        string        `json:"fn,omitempty"`
	FD        int64         `json:"fd,omitzero"`
	FP        int64         `json:"fp,omitzero"`
	Operation Operation     `json:"operation,omitzero"`
}

// TypedFields are the fields that a person is asked for, as the code spells
// them and in the order in which they stand on a receipt.
var TypedFields = [...]string{"t", "s", "fn", "i", "fp"}

// Problem is what is wrong with a typed field.
type Problem string

// The problems. The last four are doubts: the field has a value, which the
// person should confirm or correct.
const (
	SlipDigits  Problem = "digits"  // not as many digits as the field has; Slip.Digits were typed
	SlipRange   Problem = "range"   // zero, or more than 4294967295
	SlipDate    Problem = "date"    // no such date or time
	SlipNoTime  Problem = "no_time" // a date alone; Draft.Day keeps it
	SlipNoYear  Problem = "no_year"
	SlipFuture  Problem = "future"  // more than twelve hours ahead
	SlipEarly   Problem = "early"   // before the first fiscal receipt
	SlipSum     Problem = "sum"     // zero, or no amount
	SlipTwice   Problem = "twice"   // given twice with different values
	SlipUnclear Problem = "unclear" // numbers that could be several fields

	SlipNoKopecks Problem = "no_kopecks" // 1240: is it 1240.00 or 12.40?
	SlipSwapped   Problem = "swapped"    // day and month look exchanged
)

// Slip is a typed field that is wrong or doubtful.
type Slip struct {
	Field   string // one of TypedFields
	Problem Problem
	Said    string   // what was typed, as it was read
	Digits  int      // how many digits that has
	Choices []string // what may be meant, likeliest first, as ParseTyped reads it
}

// Doubt tells that the field has a value that only wants to be confirmed.
func (s Slip) Doubt() bool { return s.Problem == SlipNoKopecks || s.Problem == SlipSwapped }

// ParseTyped reads the fields of a receipt as people type or paste them: in any
// order with labels in Russian or English, or without labels by their shape.
// now is the present for dates that are yet to come; the zero time knows no
// future. A field that is neither in the draft nor named by a slip was not
// given.
func ParseTyped(text string, now time.Time) (Draft, []Slip) { return Draft{}.Read(text, "", now) }

// Read adds what a text says to the draft; what it says anew replaces what was
// known. field is the one that was asked for: a value without a label is taken
// for it. "" asks for none.
func (d Draft) Read(text, field string, now time.Time) (Draft, []Slip) {
	if q, err := ParseQR(text); err == nil {
		return Draft{At: q.At, Total: q.Total, FN: q.FN, FD: q.FD, FP: q.FP, Operation: q.Operation}.checked(now)
	}
	s, pieces := sorter{known: d, now: now}, lex(clean(text), field, !d.Day.IsZero())
	if !answers(pieces, field) {
		field = ""
	}
	s.sort(pieces, field)
	return s.draft(), s.slips
}

// checked judges a draft whose fields were given in the code's own grammar.
func (d Draft) checked(now time.Time) (Draft, []Slip) {
	if !ahead(d.At, now) {
		return d, nil
	}
	slip := Slip{Field: "t", Problem: SlipFuture, Said: d.At.Format(typedLayout)}
	d.At = time.Time{}
	return d, []Slip{slip}
}

// Missing lists the fields that have no value yet, in the order of TypedFields.
func (d Draft) Missing() []string {
	known := map[string]bool{"t": !d.At.IsZero(), "s": d.Total > 0, "fn": d.FN != "", "i": d.FD > 0, "fp": d.FP > 0}
	return slices.DeleteFunc(slices.Clone(TypedFields[:]), func(field string) bool { return known[field] })
}

// Empty tells that nothing is known.
func (d Draft) Empty() bool { return d == Draft{} }

// Without forgets a field.
func (d Draft) Without(field string) Draft {
	switch field {
	case "t":
		d.At, d.Day = time.Time{}, time.Time{}
	case "s":
		d.Total = 0
	case "fn":
		d.FN = ""
	case "i":
		d.FD = 0
	case "fp":
		d.FP = 0
	}
	return d
}

// QR is the code that the receipt bears; false while a field is missing. It is
// the same as that of a photo but for the seconds, which few codes have.
func (d Draft) QR() (QR, bool) {
	q := QR{Key: Key{FN: d.FN, FD: d.FD, FP: d.FP}, Operation: d.Operation, At: d.At, Total: d.Total}
	if q.Operation == 0 {
		q.Operation = Sale
	}
	return q, len(d.Missing()) == 0
}

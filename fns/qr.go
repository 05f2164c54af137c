package fns

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"promobot/internal/money"
)

// QR is what the code on a receipt says.
type QR struct {
	Key
	Operation Operation
	At        time.Time // the shop's wall clock, in time.UTC
	Total     money.Kopecks
}

const (
	minuteLayout = "20060102T1504"
	secondLayout = "20060102T150405"
)

// String writes the canonical text of the code. Seconds appear only when they
// are not zero.
func (q QR) String() string {
	layout := minuteLayout
	if q.At.Second() != 0 {
		layout = secondLayout
	}
	return fmt.Sprintf("t=%s&s=%s&fn=%s&i=%d&fp=%d&n=%d", q.At.Format(layout), q.Total, q.FN, q.FD, q.FP, q.Operation)
}

// Minute is the minute of the purchase, by the shop's wall clock.
func (q QR) Minute() time.Time { return q.At.Truncate(time.Minute) }

// ParseQR reads the text of a receipt's code:
// t=20260314T1842&s=587.40&fn=7380440800123456&i=45871&fp=2874106593&n=1.
//
// The fields may come in any order and case, after the "?" of a link, with
// &amp; for &, percent-encoded once, with other fields among them. A missing n
// is a sale. A date more than twelve hours ahead is not refused: there is no
// clock here.
//
// It refuses with ErrNotReceipt, ErrIncomplete, or a *FieldError.
func ParseQR(text string) (QR, error) {
	pairs, err := readPairs(text)
	if err != nil {
		return QR{}, err
	}
	f := fieldReader{pairs: pairs}
	q := QR{
		At:        f.time(),
		Total:     f.total(),
		Key:       Key{FN: f.drive(), FD: f.number("i"), FP: f.number("fp")},
		Operation: f.operation(),
	}
	if f.err != nil {
		return QR{}, f.err
	}
	return q, nil
}

// fieldReader turns texts into fields and keeps the first refusal.
type fieldReader struct {
	pairs map[string]string
	err   error
}

func (f *fieldReader) refuse(field, reason string) {
	if f.err == nil {
		f.err = &FieldError{Field: field, Reason: reason}
	}
}

// take returns a field's text, "" and a refusal if it is missing.
func (f *fieldReader) take(field string) string {
	text, found := f.pairs[field]
	if !found {
		f.refuse(field, "missing")
	}
	return text
}

// firstFiscalDay is when the first online tills were switched on.
var firstFiscalDay = time.Date(2016, 7, 1, 0, 0, 0, 0, time.UTC)

func (f *fieldReader) time() time.Time {
	text := strings.TrimSuffix(strings.ToUpper(f.take("t")), "Z")
	layout := minuteLayout
	if len(text) == len(secondLayout) {
		layout = secondLayout
	}
	at, err := time.Parse(layout, text)
	switch {
	case err != nil || at.Format(layout) != text:
		f.refuse("t", "not a date and time")
	case at.Before(firstFiscalDay):
		f.refuse("t", "before the first fiscal receipt")
	}
	return at
}

// maxSumDigits bounds the roubles of a total.
const maxSumDigits = 9

func (f *fieldReader) total() money.Kopecks {
	text := f.take("s")
	total, err := money.ParseRoubles(text)
	roubles, _, _ := strings.Cut(strings.Replace(text, ",", ".", 1), ".")
	if err != nil || total <= 0 || len(roubles) > maxSumDigits {
		f.refuse("s", "not a total in roubles")
	}
	return total
}

func (f *fieldReader) drive() string {
	fn := f.take("fn")
	if len(fn) != 16 || !allDigits(fn) {
		f.refuse("fn", "not 16 digits")
	}
	return fn
}

func (f *fieldReader) number(field string) int64 {
	text := f.take(field)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || len(text) > 10 || !allDigits(text) || n < 1 || n > MaxNumber {
		f.refuse(field, "not a number from 1 to 4294967295")
	}
	return n
}

func (f *fieldReader) operation() Operation {
	text, found := f.pairs["n"]
	if !found {
		return Sale
	}
	if len(text) != 1 || text < "1" || text > "4" {
		f.refuse("n", "not an operation from 1 to 4")
		return 0
	}
	return Operation(text[0] - '0')
}

func allDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

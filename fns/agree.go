package fns

import (
	"errors"
	"fmt"
)

// ErrMismatch reports a ticket that is not the document of the code; the error
// is a *Mismatch.
var ErrMismatch = errors.New("fns: the ticket is another document")

// Mismatch names the first thing in which a ticket differs from its code.
type Mismatch struct {
	Field      string // "key", "operation", "sum" or "minute"
	Code, Have string // what the code says, what the ticket says
}

// Error names the field and both values.
func (m *Mismatch) Error() string {
	return fmt.Sprintf("%v: %s %s, the code says %s", ErrMismatch, m.Field, m.Have, m.Code)
}

// Unwrap makes every Mismatch an ErrMismatch.
func (m *Mismatch) Unwrap() error { return ErrMismatch }

// Agree reports whether t is the document that q names: the same key,
// operation, total and minute. Anything else is a *Mismatch. Seconds are not
// compared, because most codes are printed without them.
func Agree(q QR, t Ticket) error {
	const minute = "2006-01-02T15:04"
	for _, m := range []Mismatch{
		{"key", q.Key.String(), t.Key.String()},
		{"operation", q.Operation.String(), t.Operation.String()},
		{"sum", q.Total.String(), t.Total.String()},
		{"minute", q.At.Format(minute), t.At.Format(minute)},
	} {
		if m.Code != m.Have {
			return &m
		}
	}
	return nil
}

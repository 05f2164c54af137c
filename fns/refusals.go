package fns

import (
	"errors"
	"fmt"
	"time"
)

// What ParseQR refuses.
var (
	// ErrNotReceipt reports the text of some other code: a link, a payment, a
	// marking or excise code, a receipt of another country.
	ErrNotReceipt = errors.New("fns: not a receipt code")
	// ErrIncomplete reports a link to a receipt that names the document but
	// neither its time nor its total, so that the service cannot be asked.
	ErrIncomplete = errors.New("fns: receipt link without time and total")
	// ErrInvalid reports a receipt code with a missing or impossible field; the
	// error is a *FieldError.
	ErrInvalid = errors.New("fns: invalid receipt code")
)

// FieldError is an ErrInvalid that names the field as the code spells it: t, s,
// fn, i, fp or n, or "" when the text as a whole is at fault.
type FieldError struct {
	Field  string
	Reason string
}

// Error names the field and what is wrong with it.
func (e *FieldError) Error() string {
	return fmt.Sprintf("%v: %s: %s", ErrInvalid, e.Field, e.Reason)
}

// Unwrap makes every FieldError an ErrInvalid.
func (e *FieldError) Unwrap() error { return ErrInvalid }

// ErrMessageGone reports that the service does not know the message id, or no
// longer keeps its answer (about a minute): the request must be sent anew.
var ErrMessageGone = errors.New("fns: the answer is no longer kept")

// QuotaError reports that the quota of the day is used up. Every further call
// only makes it worse, so no request is sent before Until, the next Moscow
// midnight. When sends have no quota, answers may still be polled for.
type QuotaError struct {
	Until time.Time
	Text  string        // the service's words
	Every time.Duration // how far apart sends will be then; 0 unknown
}

// Error says until when to be silent.
func (e *QuotaError) Error() string {
	return fmt.Sprintf("fns: day quota used up until %s: %s", e.Until.Format(time.RFC3339), e.Text)
}

// RateError reports a call that came, or would have come, too soon.
type RateError struct {
	RetryIn time.Duration // the least pause before the same call
	All     bool          // it holds for every call, not only for one like this
	Every   time.Duration // how far apart sends are for now, so that a line of them can be told when to come; 0 unknown
}

// Error says how long to wait.
func (e *RateError) Error() string { return fmt.Sprintf("fns: too fast, wait %s", e.RetryIn) }

// AccessError reports that the service will not serve us as we are: address,
// method, master token or the request itself. Repeating does not help, an
// operator must act. It concerns all receipts, so for half a minute every call
// is answered with it and none is made.
type AccessError struct {
	Text string // the service's words
}

// Error repeats the service's words.
func (e *AccessError) Error() string { return "fns: access refused: " + e.Text }

// TemporaryError reports an outage: network, timeout, a broken answer, an
// internal error of the service. It says nothing about the receipt; ask again
// with back-off. If it is Answered again and again, asking will not help this
// receipt: the service does answer about it, and a person must look.
type TemporaryError struct {
	Op      string        // what was being done
	RetryIn time.Duration // the least pause the service asked for, 0 none
	// Answered reports that the service did answer about this very message, and
	// that the answer is unusable: a completed answer without a code, with a
	// fault in place of a result or with a ticket that cannot be read; or that
	// it could not read the request for this receipt.
	Answered bool
	// Unknown reports a send that may have reached the service: its request was
	// written, and no answer was read. It is not to be sent again before its
	// answer could not be kept any longer, AnswerGone.
	Unknown bool
	// NotSent reports that nothing of the request has left this machine.
	NotSent bool
	// Unasked reports that no call was tried, since the service rests.
	Unasked bool
	Err     error
}

// AnswerGone is how long after a send its answer could at most be fetched: the
// service keeps it for about a minute.
const AnswerGone = 65 * time.Second

// Error names the step and its cause.
func (e *TemporaryError) Error() string { return fmt.Sprintf("fns: %s: %v", e.Op, e.Err) }

// Unwrap returns the cause.
func (e *TemporaryError) Unwrap() error { return e.Err }

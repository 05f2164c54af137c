package outbox

import (
	"cmp"
	"context"
	"errors"
	"time"
	"unicode/utf8"
)

// The pauses between tries that failed.
const (
	firstPause   = time.Second
	longestPause = 5 * time.Minute
)

// mostUnknowns is how often an answer may go out with nobody knowing whether it
// arrived: better twice than never. With the pauses between them the tries last
// longer than a messenger's hiccup.
const mostUnknowns = 8

// outcome is what becomes of a delivery.
type outcome struct {
	row      deliveryRow
	original *string // the channel's id that now stands for the edited message; nil: as before
	closes   bool    // the address is closed
	wrong    bool    // somebody should look at it
}

// judge decides what becomes of a delivery after a try. pause is the time until
// the n-th next try.
func judge(r result, now time.Time, pause func(n int) time.Duration) outcome {
	o := outcome{row: r.row}
	o.row.Status, o.row.Error = Waiting, said(r.err)
	var later Later
	switch {
	case errors.As(r.err, &later): // NotBefore is what the channel told
		o.row.Error = saidLater
		return o
	case errors.Is(r.err, ErrAccount):
		o.row.NotBefore = now
		return o
	}
	o.row.Attempts++
	o.row.NotBefore = now.Add(pause(o.row.Attempts))
	o.decide(r, now)
	return o
}

func (o *outcome) decide(r result, now time.Time) {
	switch err := r.err; {
	case err == nil:
		o.sent(cmp.Or(r.id, r.letter.Replaces), now)
	case errors.Is(err, ErrUnwanted):
		o.row.Status, o.row.Error = Dropped, saidUnwanted
	case errors.Is(err, ErrUnreachable):
		o.row.Status, o.closes = Dead, true
	case errors.Is(err, ErrGone) && r.letter.Replaces != "":
		none := ""
		o.row.NotBefore, o.row.Unknowns, o.original = now, 0, &none
	case errors.Is(err, ErrContent), errors.Is(err, ErrGone):
		o.row.Status, o.wrong = Dead, true
	case errors.Is(err, ErrUnknown), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		o.unknown(r)
	}
}

func (o *outcome) sent(id string, now time.Time) {
	o.row.Status, o.row.ProviderID, o.row.SentAt = Sent, id, &now
	if o.row.Edits != nil {
		o.original = &id
	}
}

// unknown sends an edit again whatever happens, since it does no harm; a push
// never; anything else while a proxy answers, which has hardly passed it on, and
// else mostUnknowns times in all.
func (o *outcome) unknown(r result) {
	o.row.Unknowns++
	if r.letter.Replaces != "" {
		return
	}
	worn := o.row.Unknowns >= mostUnknowns && !errors.Is(r.err, ErrProxy)
	if o.row.Lane == Push || worn {
		o.row.Status, o.row.Error, o.wrong = Dropped, saidUnknown, o.row.Lane != Push
	}
}

// backoff is the pause before the n-th try after the first: 1, 2, 4 … seconds,
// five minutes at most, a fifth more or less.
func backoff(rand func() float64) func(n int) time.Duration {
	return func(n int) time.Duration {
		pause := min(firstPause<<min(n-1, 20), longestPause)
		return time.Duration(float64(pause) * (0.8 + 0.4*rand()))
	}
}

// mostSaid keeps what is written down short.
const mostSaid = 200

func said(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error()
	for len(text) > mostSaid {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

package fns_test

import (
	"errors"
	"testing"
	"time"

	"promobot/fns"
)

func TestAgree(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*fns.Ticket)
		want   string // the field refused, "" none
	}{
		{"the same document", func(*fns.Ticket) {}, ""},
		{"seconds differ", func(d *fns.Ticket) { d.At = d.At.Add(59 * time.Second) }, ""},
		{"the next minute", func(d *fns.Ticket) { d.At = d.At.Add(time.Minute) }, "minute"},
		{"the minute before", func(d *fns.Ticket) { d.At = d.At.Add(-time.Second) }, "minute"},
		{"another day", func(d *fns.Ticket) { d.At = d.At.AddDate(0, 0, 1) }, "minute"},
		{"a kopeck more", func(d *fns.Ticket) { d.Total++ }, "sum"},
		{"a kopeck less", func(d *fns.Ticket) { d.Total-- }, "sum"},
		{"a return", func(d *fns.Ticket) { d.Operation = fns.SaleReturn }, "operation"},
		{"no operation", func(d *fns.Ticket) { d.Operation = 0 }, "operation"},
		{"another drive", func(d *fns.Ticket) { d.FN = "7380440800123457" }, "key"},
		{"another document", func(d *fns.Ticket) { d.FD++ }, "key"},
		{"another sign", func(d *fns.Ticket) { d.FP++ }, "key"},
		{"no key", func(d *fns.Ticket) { d.Key = fns.Key{} }, "key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := sample()
			ticket := fns.Ticket{Key: q.Key, Operation: q.Operation, At: q.At, Total: q.Total}
			tt.change(&ticket)
			err := fns.Agree(q, ticket)
			var m *fns.Mismatch
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.want != "" && (!errors.As(err, &m) || !errors.Is(err, fns.ErrMismatch) || m.Field != tt.want):
				t.Errorf("got %v, want a mismatch of %s", err, tt.want)
			}
		})
	}
}

func TestQuantity(t *testing.T) {
	for _, tt := range []struct {
		text string
		want fns.Quantity
		back string
	}{
		{"1", 1000, "1"},
		{"10", 10_000, "10"},
		{"0.294", 294, "0.294"},
		{"1.20", 1200, "1.2"},
		{"0", 0, "0"},
		{"1.1620000000000001", 1162, "1.162"},
		{"1000000", 1_000_000_000, "1000000"},
	} {
		got, err := fns.ParseQuantity(tt.text)
		if err != nil || got != tt.want || got.String() != tt.back {
			t.Errorf("%q: got %d (%s), %v; want %d (%s)", tt.text, got, got, err, tt.want, tt.back)
		}
	}
	for _, text := range []string{"", "-1", "1,5", "1000000.001", "x", "1/2"} {
		if got, err := fns.ParseQuantity(text); !errors.Is(err, fns.ErrQuantity) {
			t.Errorf("%q: got %d, %v; want a refusal", text, got, err)
		}
	}
}

func TestReadCode(t *testing.T) {
	for code, want := range map[int]fns.State{
		200: fns.Found, 400: fns.Malformed, 404: fns.NotYet, 406: fns.Forged, 503: fns.Busy,
		452: fns.Malformed, 453: fns.Forged, 454: fns.Forged, 455: fns.NotYet, 544: fns.NotYet,
		528: fns.Busy, 531: fns.Busy, 0: fns.Strange, 777: fns.Strange, -1: fns.Strange,
	} {
		if got, _ := fns.ReadCode(code); got != want {
			t.Errorf("code %d is %v, want %v", code, got, want)
		}
	}
	for _, s := range []fns.State{fns.Pending, fns.NotYet, fns.Busy, fns.Strange} {
		if s.Final() {
			t.Errorf("%v must not be final", s)
		}
	}
}

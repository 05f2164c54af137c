package campaigns

import (
	"strings"
	"time"

	"promobot/points"
)

// The parts of what a receipt brings: the ends of their sources in the books.
const (
	PartLines = "lines"
	PartFirst = "first-receipt"

	partBonus = "bonus-day:" // + the day's id
	partFocus = "focus:"     // + the focus's id and the ISO week: "cola:2026-W23"
)

// Parts are points by part.
type Parts map[string]points.Amount

// OfReceipt sums up what is for a receipt, not for its person.
func (p Parts) OfReceipt() (n points.Amount) {
	for part, of := range p {
		if part == PartLines || strings.HasPrefix(part, partBonus) {
			n += of
		}
	}
	return n
}

// Sum adds up all parts.
func (p Parts) Sum() (n points.Amount) {
	for _, of := range p {
		n += of
	}
	return n
}

// With adds other parts to these, which stay as they are.
func (p Parts) With(other Parts) Parts {
	sum := Parts{}
	for _, parts := range []Parts{p, other} {
		for part, n := range parts {
			if n != 0 {
				sum[part] += n
			}
		}
	}
	return sum
}

// Parts are those of the reward that are above zero.
func (r Reward) Parts() Parts {
	p := Parts{PartLines: r.Points, PartFirst: r.First}
	for _, e := range r.Extra {
		p[e.Source] += e.Points
	}
	return p.With(nil)
}

// Beyond is the reward less what the receipt was given before, part by part. As
// nothing is taken back, a part that has shrunk leaves less to the others.
func (r Reward) Beyond(given Parts) Reward {
	left := r.OfReceipt() - given.OfReceipt()
	more := func(n, had points.Amount) points.Amount {
		n = max(0, min(n-had, left))
		left -= n
		return n
	}
	r.Points = more(r.Points, given[PartLines])
	extra := make([]Extra, 0, len(r.Extra))
	for _, e := range r.Extra {
		if !e.Once {
			e.Points = more(e.Points, given[e.Source])
		}
		if e.Points > 0 {
			extra = append(extra, e)
		}
	}
	r.Extra = extra
	return r
}

// FocusParts are the parts of the focus products that are on when the shop's
// clock shows at.
func (t Terms) FocusParts(at time.Time) (parts []string) {
	for _, f := range t.Focus {
		if f.on(at) {
			parts = append(parts, f.part(at))
		}
	}
	return parts
}

// Called gives those of the parts names that are beside lines and first
// receipt, in the order of the terms.
func (t Terms) Called(parts Parts) (list []Extra) {
	for _, d := range t.Bonus {
		if n := parts[d.part()]; n > 0 {
			list = append(list, Extra{Source: d.part(), Title: d.Title, TitleEN: d.TitleEN, Points: n})
		}
	}
	for _, f := range t.Focus {
		for part, n := range parts {
			if n > 0 && strings.HasPrefix(part, partFocus+f.ID+":") {
				list = append(list, Extra{Source: part, Title: f.Title, TitleEN: f.TitleEN, Once: true, Points: n})
			}
		}
	}
	return list
}

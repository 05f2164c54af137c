package campaigns

import (
	"fmt"
	"slices"
	"time"

	"promobot/fns"
)

// PointsPolicy says what becomes of points that are taken back and were spent
// before.
type PointsPolicy string

// The policies.
const (
	Debt  PointsPolicy = "debt"  // they are owed: later accruals pay them first
	Floor PointsPolicy = "floor" // they are given up at zero and written down
	Block PointsPolicy = "block" // they are owed, and nothing is paid out before
)

// PrizesPolicy says what becomes of prizes that such points have bought.
type PrizesPolicy string

// The policies.
const (
	Keep     PrizesPolicy = "keep"
	Withdraw PrizesPolicy = "withdraw" // certificates whose code was not shown yet are taken back
)

// mostWindow is the longest time that points may wait, in days: longer than any
// shop takes goods back.
const mostWindow = 90

// Returns say what happens when goods go back to the shop.
type Returns struct {
	Points     PointsPolicy // "": returns are not taken
	Prizes     PrizesPolicy
	WindowDays int // days after the purchase for which points wait; 0: none
}

// Taken tells that the campaign takes returns.
func (r Returns) Taken() bool { return r.Points != "" }

// Owes tells that what is lacking becomes a debt. Where the terms say nothing,
// a person has reversed a receipt, and it does.
func (r Returns) Owes() bool { return r.Points != Floor }

// returnsFile is the section as its manager writes it.
type returnsFile struct {
	Points     string `yaml:"points"`
	Prizes     string `yaml:"prizes"`
	WindowDays int    `yaml:"window_days"`
}

func (f returnsFile) terms() Returns {
	r := Returns{Points: PointsPolicy(f.Points), Prizes: PrizesPolicy(f.Prizes), WindowDays: f.WindowDays}
	if r.Taken() && r.Prizes == "" {
		r.Prizes = Keep
	}
	return r
}

func (r *reader) lintReturns(t Terms) {
	given := t.Returns
	switch {
	case given == Returns{}:
		return
	case !slices.Contains([]PointsPolicy{Debt, Floor, Block}, given.Points):
		r.bad("returns.points", "%q: write debt, floor or block", given.Points)
	}
	if given.Prizes != Keep && given.Prizes != Withdraw {
		r.bad("returns.prizes", "%q: write withdraw or keep", given.Prizes)
	}
	if n := given.WindowDays; n < 0 || n > mostWindow {
		r.bad("returns.window_days", "%d is not between 0 and %d", n, mostWindow)
	}
}

func (r Returns) fields() []field {
	return []field{{"returns.points", string(r.Points)}, {"returns.prizes", string(r.Prizes)}, {"returns.window_days", fmt.Sprint(r.WindowDays)}}
}

// waitsUntil is the moment at which the points of a purchase are free: the same
// time of day in the campaign's zone, the window's days later. Zero: at once.
func (t Terms) waitsUntil(bought time.Time) time.Time {
	if t.Returns.WindowDays == 0 {
		return time.Time{}
	}
	end := bought.AddDate(0, 0, t.Returns.WindowDays)
	return time.Date(end.Year(), end.Month(), end.Day(), end.Hour(), end.Minute(), end.Second(), 0, t.Location()).UTC()
}

// Remaining says what a ticket still earns when some of its goods went back;
// h.Returned names the lines that are gone, and the others and the total are
// what is left of them. What the receipt was let in by, the limits of receipts,
// is not counted again. It is pure.
func (j *Judge) Remaining(ticket fns.Ticket, h History) Reward {
	h.ReceiptsDay, h.ReceiptsTotal = 0, 0
	return j.Left(ticket, h)
}

// Left is Reward of a ticket of which goods went back before it was paid for.
func (j *Judge) Left(ticket fns.Ticket, h History) Reward {
	if no := j.nothingLeft(ticket, h); no != nil {
		lines := j.lines(ticket, h)
		for i := range lines {
			lines[i].Points = 0
		}
		return Reward{Lines: lines, Refusal: no}
	}
	return j.Reward(ticket, h)
}

// nothingLeft refuses what is below the minimum that was asked for when it was
// sent, and what went back whole, whatever a person has waived.
func (j *Judge) nothingLeft(ticket fns.Ticket, h History) *Refusal {
	left := len(ticket.Items)
	for i := range ticket.Items {
		if h.Returned[i] {
			left--
		}
	}
	switch {
	case left == 0:
		return &Refusal{RuleNoPromo, map[string]any{"lines": 0}}
	case j.MinimumOn != OnPromo && ticket.Total < j.Minimum:
		return &Refusal{RuleMinimum, map[string]any{"total": ticket.Total, "minimum": j.Minimum, "missing": j.Minimum - ticket.Total}}
	}
	return nil
}

package campaigns

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"promobot/fns"
	"promobot/points"
)

// Extra is what a receipt earns beside its lines.
type Extra struct {
	Source  string // its part of the source in the books: "bonus-day:june", "focus:cola:2026-W23"
	Title   string
	TitleEN string
	Once    bool // for a person, not for the receipt: a focus product of a week
	Points  points.Amount
	Reason  string // why, for staff
}

// extras are those of bonus days, in the order in which they are added up, and
// of focus products.
func (j *Judge) extras(ticket fns.Ticket, h History, lines []LineReward) []Extra {
	all := j.bonus(ticket, h, lines)
	for _, f := range j.Focus {
		if e, ok := f.extra(ticket.At, lines); ok && !h.FocusPaid[e.Source] {
			all = append(all, e)
		}
	}
	return all
}

// bonus adds up the days that apply: those that add points come first, those
// that multiply after them, and none multiplies what another has multiplied.
func (j *Judge) bonus(ticket fns.Ticket, h History, lines []LineReward) (all []Extra) {
	var added points.Amount
	for _, d := range chosen(j.applying(ticket, h), lines) {
		n, why := d.gain(lines, added)
		if n == 0 {
			continue
		}
		if d.Multiply == 0 {
			added += n
		}
		all = append(all, Extra{Source: d.part(), Title: d.Title, TitleEN: d.TitleEN, Points: n, Reason: why})
	}
	return all
}

func (j *Judge) applying(ticket fns.Ticket, h History) (days []BonusDay) {
	registered, place, known := j.Wall(h.SubmittedAt), "", false
	for _, d := range j.Bonus {
		if d.By != OfRegistration && !d.holds(ticket.At) || d.By != OfPurchase && !d.holds(registered) {
			continue
		}
		if len(d.Regions) > 0 && !known {
			place, known = Region(ticket.Address), true
		}
		if d.within(place) {
			days = append(days, d)
		}
	}
	return days
}

// holds tells whether the reading of a wall clock lies within the day. What
// begins late and ends after midnight belongs to the day on which it begins.
func (d BonusDay) holds(wall time.Time) bool {
	day := wall.Truncate(24 * time.Hour)
	minute := wall.Hour()*60 + wall.Minute()
	night := d.Hours.Until <= d.Hours.From
	switch {
	case d.Hours == Clock{}:
	case night && minute < d.Hours.Until:
		day = day.AddDate(0, 0, -1)
	case minute < d.Hours.From, !night && minute >= d.Hours.Until:
		return false
	}
	return !day.Before(d.From) && day.Before(d.Until) && (len(d.Weekdays) == 0 || slices.Contains(d.Weekdays, day.Weekday()))
}

// within tells whether the region, "" if the ticket does not tell it, is one of
// the day's.
func (d BonusDay) within(place string) bool {
	return len(d.Regions) == 0 || place != "" && slices.ContainsFunc(d.Regions, func(r string) bool { return Region(r) == place })
}

// chosen leaves the days that stack and the best of the others, those that add
// first.
func chosen(days []BonusDay, lines []LineReward) []BonusDay {
	slices.SortFunc(days, func(a, b BonusDay) int {
		gainA, _ := a.gain(lines, 0)
		gainB, _ := b.gain(lines, 0)
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(gainB, gainA), cmp.Compare(a.ID, b.ID))
	})
	taken := false
	days = slices.DeleteFunc(days, func(d BonusDay) bool {
		if d.Stack {
			return false
		}
		n, _ := d.gain(lines, 0)
		drop := n == 0 || taken
		taken = taken || n > 0
		return drop
	})
	slices.SortStableFunc(days, func(a, b BonusDay) int { return cmp.Compare(min(a.Multiply, 1), min(b.Multiply, 1)) })
	return days
}

// gain is what the day gives for these lines beside their points, and why. What
// other days have added is multiplied by one that is for all products.
func (d BonusDay) gain(lines []LineReward, added points.Amount) (points.Amount, string) {
	base, found := counted(lines, d.Products)
	switch {
	case !found:
		return 0, ""
	case d.Multiply == 0:
		return d.Add, fmt.Sprintf("bonus day %s: +%d", d.ID, d.Add)
	}
	if len(d.Products) == 0 {
		base += added
	}
	return base * points.Amount(d.Multiply-factorOne) / points.Amount(factorOne),
		fmt.Sprintf("bonus day %s: ×%s of %d points, rounded down", d.ID, d.Multiply, base)
}

// counted adds up the points of lines of the products, none meaning all, and
// tells whether there is such a line.
func counted(lines []LineReward, products []string) (sum points.Amount, found bool) {
	for _, line := range lines {
		if line.SKU != "" && (len(products) == 0 || slices.Contains(products, line.SKU)) {
			sum, found = sum+line.Points, true
		}
	}
	return sum, found
}

func (f Focus) extra(at time.Time, lines []LineReward) (Extra, bool) {
	if _, found := counted(lines, f.Products); !found || !f.on(at) {
		return Extra{}, false
	}
	year, week := at.ISOWeek()
	return Extra{Source: f.part(at), Title: f.Title, TitleEN: f.TitleEN, Once: true, Points: f.Points,
		Reason: fmt.Sprintf("focus %s: +%d, once in week %d of %d", f.ID, f.Points, week, year)}, true
}

// on tells whether the reading of a wall clock lies within the focus's days.
func (f Focus) on(at time.Time) bool { return !at.Before(f.From) && at.Before(f.Until) }

// part is what the books call the focus in that week.
func (f Focus) part(at time.Time) string {
	year, week := at.ISOWeek()
	return fmt.Sprintf("%s%s:%d-W%02d", partFocus, f.ID, year, week)
}

// part is what the books call the day.
func (d BonusDay) part() string { return partBonus + d.ID }

package campaigns

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Expiry says when points expire and when their holder is reminded. The zero
// value: never.
type Expiry struct {
	AfterDays  int       // days after the one on which they were earned; 0: see Ends
	Ends       time.Time // the moment after the last day of all points, a wall clock's reading; zero: see AfterDays
	RemindDays []int     // how many days before, the most first; nil: 30 and 7; empty: not
}

// The bounds of the section.
const (
	mostExpiryDays = 3650
	mostReminders  = 5
)

// usualReminders are those of terms that say nothing about it.
var usualReminders = []int{30, 7}

// Reminders are how many days before an end its holder is reminded, the most
// first.
func (e Expiry) Reminders() []int {
	if e.RemindDays == nil {
		return usualReminders
	}
	return e.RemindDays
}

// PointsExpire is when points that are earned at the moment expire: at the end
// of a day in the campaign's zone. The zero time: never.
func (t Terms) PointsExpire(earned time.Time) time.Time {
	switch {
	case t.Expiry.AfterDays > 0:
		local := earned.In(t.Location())
		return time.Date(local.Year(), local.Month(), local.Day()+t.Expiry.AfterDays+1, 0, 0, 0, 0, t.Location()).UTC()
	case !t.Expiry.Ends.IsZero():
		e := t.Expiry.Ends
		return time.Date(e.Year(), e.Month(), e.Day(), 0, 0, 0, 0, t.Location()).UTC()
	}
	return time.Time{}
}

// The hours in which nobody is reminded of anything, by the campaign's clocks.
const (
	quietFrom  = 21
	quietUntil = 10
)

// Quiet tells whether it is too late or too early in the campaign's zone for
// news that can wait.
func (t Terms) Quiet(moment time.Time) bool {
	hour := moment.In(t.Location()).Hour()
	return hour >= quietFrom || hour < quietUntil
}

// expiryFile is the section as its manager writes it.
type expiryFile struct {
	AfterDays  int    `yaml:"after_days"`
	Ends       string `yaml:"ends"`
	RemindDays []int  `yaml:"remind_days"`
}

func (r *reader) expiry(f expiryFile) Expiry {
	e := Expiry{AfterDays: f.AfterDays, RemindDays: f.RemindDays}
	if ends := r.optionalDay("expiry.ends", f.Ends); !ends.IsZero() {
		e.Ends = ends.AddDate(0, 0, 1)
	}
	slices.SortFunc(e.RemindDays, func(a, b int) int { return b - a })
	return e
}

func (r *reader) lintExpiry(t Terms) {
	e := t.Expiry
	if e.AfterDays < 0 || e.AfterDays > mostExpiryDays {
		r.bad("expiry.after_days", "%d is not between 0 and %d", e.AfterDays, mostExpiryDays)
	}
	if e.AfterDays > 0 && !e.Ends.IsZero() {
		r.bad("expiry", "has after_days and ends: write one of them")
	}
	if !e.Ends.IsZero() && e.Ends.Before(t.Ends) {
		r.bad("expiry.ends", "is before the campaign ends: points would expire when they are earned")
	}
	if len(e.RemindDays) > mostReminders || len(slices.Compact(slices.Clone(e.RemindDays))) < len(e.RemindDays) {
		r.bad("expiry.remind_days", "lists a day twice or more than %d", mostReminders)
	}
	for _, days := range e.RemindDays {
		if days < 1 || days > 365 {
			r.bad("expiry.remind_days", "%d is not between 1 and 365", days)
		}
	}
}

func (e Expiry) fields() []field {
	ends := e.Ends
	if !ends.IsZero() {
		ends = ends.AddDate(0, 0, -1)
	}
	days := make([]string, len(e.Reminders()))
	for i, n := range e.Reminders() {
		days[i] = fmt.Sprint(n)
	}
	return []field{{"expiry.after_days", limit(e.AfterDays)}, {"expiry.ends", date(ends)}, {"expiry.remind_days", strings.Join(days, ", ")}}
}

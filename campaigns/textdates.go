package campaigns

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var months = []string{"январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр"}

var (
	dateWords  = regexp.MustCompile(`(?:с (\d{1,2}) по )?(\d{1,2}) (январ[а-я]|феврал[а-я]|марта?|апрел[а-я]|мая|июн[а-я]|июл[а-я]|августа?|сентябр[а-я]|октябр[а-я]|ноябр[а-я]|декабр[а-я]|january|february|march|april|may|june|july|august|september|october|november|december)(?: (\d{4}))?`)
	dateWordEN = regexp.MustCompile(`(january|february|march|april|may|june|july|august|september|october|november|december) (\d{1,2})(?:, (\d{4}))?\b`)
	dateDigits = regexp.MustCompile(`\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b`)
	dateISO    = regexp.MustCompile(`\b(\d{4})-(\d{2})-(\d{2})\b`)
)

// textDate is a day in a text; its year may be left out.
type textDate struct{ day, month, year int }

func (d textDate) is(t time.Time) bool {
	return !t.IsZero() && d.day == t.Day() && d.month == int(t.Month()) && (d.year == 0 || d.year == t.Year())
}

func (d textDate) String() string {
	if d.year == 0 {
		return fmt.Sprintf("%02d.%02d", d.day, d.month)
	}
	return fmt.Sprintf("%02d.%02d.%d", d.day, d.month, d.year)
}

// dates compares the days in a sentence with those of the terms, and reports
// whether it names the first and the last.
func (c textCheck) dates(s string) (period bool) {
	t := c.terms
	last := t.Ends.AddDate(0, 0, -1)
	known := []time.Time{t.Starts, last, t.EffectiveFrom}
	for _, d := range t.Bonus {
		known = append(known, d.From, d.Until.AddDate(0, 0, -1))
	}
	for _, f := range t.Focus {
		known = append(known, f.From, f.Until.AddDate(0, 0, -1))
	}
	found := datesIn(s)
	for _, d := range found {
		if !slices.ContainsFunc(known, d.is) && !about(s, "приз", "сертификат", "prize", "certificate") {
			c.differ("text.dates", d.String(), "starts "+date(t.Starts)+", ends "+date(last))
		}
	}
	names := func(day time.Time) bool {
		return slices.ContainsFunc(found, func(d textDate) bool { return d.is(day) })
	}
	return names(t.Starts) && names(last) || len(found) > 1
}

func datesIn(s string) (found []textDate) {
	add := func(day, month, year string) {
		n := func(text string) int { return int(max(0, whole("0"+text))) }
		found = append(found, textDate{n(day), n(month), n(year)})
	}
	for _, m := range dateWords.FindAllStringSubmatch(s, -1) {
		if m[1] != "" {
			add(m[1], monthOf(m[3]), m[4])
		}
		add(m[2], monthOf(m[3]), m[4])
	}
	for _, m := range dateWordEN.FindAllStringSubmatch(s, -1) {
		add(m[2], monthOf(m[1]), m[3])
	}
	for _, m := range dateDigits.FindAllStringSubmatch(s, -1) {
		add(m[1], m[2], m[3])
	}
	for _, m := range dateISO.FindAllStringSubmatch(s, -1) {
		add(m[3], m[2], m[1])
	}
	return found
}

// monthOf is the number of a month by its name.
func monthOf(name string) string {
	for i, ru := range months {
		en := strings.ToLower(time.Month(i + 1).String())
		if name == en || strings.HasPrefix(name, ru) && (ru != "ма" || name == "мая") {
			return strconv.Itoa(i + 1)
		}
	}
	return ""
}

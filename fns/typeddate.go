package fns

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// wallDate is a date as typed; it may not exist. A year of 0 was not given.
type wallDate struct{ year, month, day int }

// wallClock is a time of the day as typed; it may not exist.
type wallClock struct {
	hour, minute, second int
	known                bool
}

// dates are the ways a date is written, with the groups year, month and day by
// name. Those that are only digits or have no year are read where a date was
// asked for.
var dates = []struct {
	form  *regexp.Regexp
	asked bool
}{
	{regexp.MustCompile(`^(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})т(?P<h>\d{2}):?(?P<i>\d{2})(?::?(?P<s>\d{2}))?z?`), false},
	{regexp.MustCompile(`^(?P<y>(?:19|20)\d{2})[-./ ](?P<m>\d{1,2})[-./ ](?P<d>\d{1,2})(?:[т ]+(?P<h>\d{1,2}):(?P<i>\d{2})(?::(?P<s>\d{2}))?z?)?`), false},
	{regexp.MustCompile(`^(?P<d>\d{1,2})[-./,](?P<m>\d{1,2})[-./,](?P<y>\d{4}|\d{2})`), false},
	{regexp.MustCompile(`^(?P<d>\d{1,2}) ?[-./,] ?(?P<m>\d{1,2}) ?[-./,] ?(?P<y>\d{4})`), false},
	{regexp.MustCompile(`^(?P<d>\d{1,2})[- ](?P<m>\d{1,2})[- ](?P<y>\d{4}|\d{2})`), true},
	{regexp.MustCompile(`^(?P<d>\d{1,2})[- .]*(?P<w>\pL{3,9})\.?[- ,]*(?P<y>20\d{2}|\d{2})`), false},
	{regexp.MustCompile(`^(?P<d>\d{2})(?P<m>\d{2})(?P<y>20\d{2}|\d{2})`), true},
	{regexp.MustCompile(`^(?P<d>\d{1,2})[./](?P<m>\d{1,2}) +(?:в )?(?P<h>\d{1,2}):(?P<i>\d{2})`), false},
	{regexp.MustCompile(`^(?P<d>\d{1,2})[./](?P<m>\d{1,2})`), true},
}

// plausible tells days and months apart from prices and times where the year is
// missing.
func (d wallDate) plausible() bool { return d.year > 0 || d.day <= 31 && d.month <= 12 }

// readDate reads a date, with its time if that belongs to the form, at the
// beginning of a text; size is 0 where there is none.
func readDate(rest string, asked bool) (date wallDate, clock wallClock, size int) {
	for _, way := range dates {
		found := way.form.FindStringSubmatch(rest)
		if found == nil || way.asked && !asked || len(found[0]) < len(rest) && isDigit(rune(rest[len(found[0])])) {
			continue
		}
		if word := group(way.form, found, "w"); word != "" && monthOf(word) == 0 {
			continue
		}
		if date := dateOf(way.form, found); date.plausible() {
			return date, clockOf(way.form, found), len(found[0])
		}
	}
	return wallDate{}, wallClock{}, 0
}

func group(form *regexp.Regexp, found []string, name string) string {
	if at := form.SubexpIndex(name); at >= 0 {
		return found[at]
	}
	return ""
}

func groupNumber(form *regexp.Regexp, found []string, name string) int {
	n, _ := strconv.Atoi(group(form, found, name)) // "" is 0, and no group is long
	return n
}

func dateOf(form *regexp.Regexp, found []string) wallDate {
	d := wallDate{year: groupNumber(form, found, "y"), month: groupNumber(form, found, "m"), day: groupNumber(form, found, "d")}
	if word := group(form, found, "w"); word != "" {
		d.month = monthOf(word)
	}
	if len(group(form, found, "y")) == 2 {
		d.year += 2000
	}
	return d
}

func clockOf(form *regexp.Regexp, found []string) wallClock {
	return wallClock{groupNumber(form, found, "h"), groupNumber(form, found, "i"), groupNumber(form, found, "s"), group(form, found, "h") != ""}
}

// months are the beginnings of their names, folded.
var months = foldAll("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек",
	"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "май")

func foldAll(words ...string) []string {
	for i, w := range words {
		words[i] = fold(w)
	}
	return words
}

// monthOf is the month of a folded word, 0 if it names none.
func monthOf(word string) int {
	for i, beginning := range months {
		if len(word) >= len(beginning) && word[:len(beginning)] == beginning {
			if i == len(months)-1 {
				return int(time.May)
			}
			return i%12 + 1
		}
	}
	return 0
}

// clocks are the ways a time of the day is written. Without a colon it could be
// anything, and is read only behind a date.
var clocks = []struct {
	form   *regexp.Regexp
	behind bool
}{
	{regexp.MustCompile(`^(?P<h>\d{1,2}):(?P<i>\d{2})(?::(?P<s>\d{2}))?`), false},
	{regexp.MustCompile(`^(?P<h>\d{1,2}) ?(?:ч|час|часа|часов)\.? ?(?P<i>\d{2})`), false},
	{regexp.MustCompile(`^(?P<h>\d{1,2})[-. ](?P<i>\d{2})(?:[-. ](?P<s>\d{2}))?`), true},
	{regexp.MustCompile(`^(?P<h>\d{2})(?P<i>\d{2})`), true},
}

// readClock reads a time of the day at the beginning of a text.
func readClock(rest string, behindDate bool) (clock wallClock, size int) {
	for _, way := range clocks {
		found := way.form.FindStringSubmatch(rest)
		if found == nil || way.behind && !behindDate || more(rest[len(found[0]):], ".,-/:") {
			continue
		}
		if clock := clockOf(way.form, found); !way.behind || clock.exists() {
			return clock, len(found[0])
		}
	}
	return wallClock{}, 0
}

// more tells that a number goes on behind one of the signs: there is no 12:40
// in 1240.50.
func more(rest, signs string) bool {
	if rest == "" {
		return false
	}
	return isDigit(rune(rest[0])) || strings.IndexByte(signs, rest[0]) >= 0 && len(rest) > 1 && isDigit(rune(rest[1]))
}

func (c wallClock) exists() bool {
	return c.hour >= 0 && c.hour < 24 && c.minute >= 0 && c.minute < 60 && c.second >= 0 && c.second < 60
}

// onCalendar is the date as a time; false if it does not exist.
func (d wallDate) onCalendar() (time.Time, bool) {
	t := time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
	return t, d.month >= 1 && d.month <= 12 && t.Day() == d.day && t.Month() == time.Month(d.month) && d.year > 0
}

// swapped is the date with day and month exchanged.
func (d wallDate) swapped() wallDate { return wallDate{d.year, d.day, d.month} }

func (c wallClock) on(day time.Time) time.Time {
	return day.Add(time.Duration(c.hour)*time.Hour + time.Duration(c.minute)*time.Minute + time.Duration(c.second)*time.Second)
}

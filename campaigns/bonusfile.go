package campaigns

import (
	"strconv"
	"strings"
	"time"

	"promobot/points"
)

type bonusFile struct {
	ID       string   `yaml:"id"`
	Title    string   `yaml:"title"`
	TitleEN  string   `yaml:"title_en"`
	By       string   `yaml:"by"`
	From     string   `yaml:"from"`
	Until    string   `yaml:"until"`
	Weekdays []string `yaml:"weekdays"`
	Hours    string   `yaml:"hours"`
	Regions  []string `yaml:"regions"`
	Products []string `yaml:"products"`
	Add      int64    `yaml:"add"`
	Multiply string   `yaml:"multiply"`
	Priority int      `yaml:"priority"`
	Stack    bool     `yaml:"stack"`
}

func (r *reader) bonusDays(list []bonusFile) (days []BonusDay) {
	for i, f := range list {
		at := entryOf("bonus_days", f.ID, i)
		day := BonusDay{ID: f.ID, Title: f.Title, TitleEN: f.TitleEN, By: DayOf(f.By), From: r.day(at+".from", f.From), Until: r.dayAfter(at+".until", f.Until),
			Weekdays: r.weekdays(at+".weekdays", f.Weekdays), Hours: r.hours(at+".hours", f.Hours), Regions: f.Regions, Products: f.Products,
			Add: points.Amount(f.Add), Multiply: r.factor(at+".multiply", f.Multiply), Priority: f.Priority, Stack: f.Stack}
		if day.By == "" {
			day.By = OfPurchase
		}
		days = append(days, day)
	}
	return days
}

// entryOf names a member of a list, by its id or else its place from 1.
func entryOf(list, id string, i int) string {
	if id == "" {
		id = strconv.Itoa(i + 1)
	}
	return list + "." + id
}

// dayAfter reads the last day of a span as the moment after it.
func (r *reader) dayAfter(field, text string) time.Time {
	day := r.day(field, text)
	if day.IsZero() {
		return day
	}
	return day.AddDate(0, 0, 1)
}

var weekdays = map[string]time.Weekday{"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday,
	"fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday}

func (r *reader) weekdays(field string, list []string) (days []time.Weekday) {
	for _, word := range list {
		day, known := weekdays[word]
		if !known {
			r.bad(field, "%q: write mon, tue, wed, thu, fri, sat or sun", word)
		}
		days = append(days, day)
	}
	return days
}

// hours reads "10:00-22:00"; 24:00 is midnight.
func (r *reader) hours(field, text string) Clock {
	if text == "" {
		return Clock{}
	}
	from, until, _ := strings.Cut(text, "-")
	begin, ok := minutes(from)
	end, ok2 := minutes(until)
	if !ok || !ok2 || begin == dayMinutes || begin == end {
		r.bad(field, "%q is no part of a day such as 10:00-22:00 or 22:00-02:00", text)
		return Clock{}
	}
	return Clock{From: begin, Until: end}
}

const dayMinutes = 24 * 60

func minutes(text string) (int, bool) {
	if text == "24:00" {
		return dayMinutes, true
	}
	at, err := time.Parse("15:04", text)
	return at.Hour()*60 + at.Minute(), err == nil && len(text) == len("15:04")
}

// factor reads an exact decimal of at most three places.
func (r *reader) factor(field, text string) Factor {
	if text == "" {
		return 0
	}
	whole, part, _ := strings.Cut(text, ".")
	n, err := strconv.ParseUint(whole+(part + "000")[:3], 10, 31)
	if err != nil || whole == "" || len(part) > 3 || strings.HasSuffix(text, ".") {
		r.bad(field, "%q is no number such as 1.5, with at most three places", text)
	}
	return Factor(n) // #nosec G115 -- 31 bits
}

// mostFactor bounds a multiplication as mostPoints does a rate.
const mostFactor = 100 * factorOne

func (r *reader) lintBonusDays(t Terms) {
	seen := map[string]bool{}
	for i, d := range t.Bonus {
		at := entryOf("bonus_days", d.ID, i)
		r.lintEntry(at, d.ID, d.Title, d.TitleEN, seen)
		r.lintSpan(at, t, d.From, d.Until, d.By)
		r.lintProducts(at, t, d.Products)
		r.lintGain(at, d)
		if d.By != OfPurchase && d.By != OfRegistration && d.By != OfBoth {
			r.bad(at+".by", "%q: write purchase, registration or both", d.By)
		}
		for _, place := range d.Regions {
			if Region(place) == "" {
				r.bad(at+".regions", "%q is no region: write its code such as 36 or its name such as Воронежская область", place)
			}
		}
	}
}

func (r *reader) lintGain(at string, d BonusDay) {
	switch {
	case (d.Add != 0) == (d.Multiply != 0):
		r.bad(at, "set either add or multiply")
	case d.Add < 0 || d.Add > mostPoints:
		r.bad(at+".add", "%d is not between 1 and %d", d.Add, mostPoints)
	case d.Multiply != 0 && (d.Multiply <= factorOne || d.Multiply > mostFactor):
		r.bad(at+".multiply", "%s is not above 1 and at most %s", d.Multiply, mostFactor)
	}
}

// lintEntry checks what every named thing of the terms has.
func (r *reader) lintEntry(at, id, title, titleEN string, seen map[string]bool) {
	if !slugForm.MatchString(id) || seen[id] {
		r.bad(at+".id", "%q: use a-z, 0-9 and dashes, at most 40, each once", id)
	}
	seen[id] = true
	if title == "" || titleEN == "" {
		r.bad(at, "title and title_en are missing: participants see them")
	}
}

// lintSpan: what is registered may come later than the last purchase.
func (r *reader) lintSpan(at string, t Terms, from, until time.Time, by DayOf) {
	if from.IsZero() || until.IsZero() {
		return
	}
	if !until.After(from) {
		r.bad(at+".until", "is before from")
	}
	if !until.After(t.Starts) || by != OfRegistration && !from.Before(t.Ends) {
		r.bad(at+".from", "no day of it lies in the campaign's period")
	}
}

func (r *reader) lintProducts(at string, t Terms, list []string) {
	for _, sku := range list {
		if !t.sells(sku) {
			r.bad(at+".products", "%s is not in the assortment", sku)
		}
	}
}

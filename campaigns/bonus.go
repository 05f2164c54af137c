package campaigns

import (
	"fmt"
	"strings"
	"time"

	"promobot/points"
)

// DayOf says which moment of a receipt must lie within a bonus day.
type DayOf string

// The moments. A purchase is read as the shop's clock showed it; a receipt is
// registered when it is submitted, by the clock of the campaign's zone.
const (
	OfPurchase     DayOf = "purchase"
	OfRegistration DayOf = "registration"
	OfBoth         DayOf = "both"
)

// Factor multiplies points, in thousandths: 1500 is one and a half.
type Factor int64

const factorOne Factor = 1000

// String writes the factor as the file does: 1.5.
func (f Factor) String() string {
	text := fmt.Sprintf("%d.%03d", f/factorOne, f%factorOne)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// Clock is a part of the day on a wall clock, in minutes from midnight: From is
// inside, Until is not. An Until that is not later than From lies in the next
// day, which is then counted as the day before. The zero Clock is the whole day.
type Clock struct{ From, Until int }

// String writes the part of the day as the file does.
func (c Clock) String() string {
	if c == (Clock{}) {
		return "all day"
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", c.From/60, c.From%60, c.Until/60, c.Until%60)
}

// BonusDay gives more points for receipts of some days.
//
// Of several that apply those that stack all count; of the others one does: the
// highest priority, then the one that gives most, then the first id.
type BonusDay struct {
	ID       string
	Title    string
	TitleEN  string
	By       DayOf
	From     time.Time      // first day, midnight of a wall clock, in time.UTC
	Until    time.Time      // the moment after the last day, likewise
	Weekdays []time.Weekday // empty: all
	Hours    Clock
	Regions  []string // codes or names, see Region; empty: everywhere
	Products []string // SKUs; empty: all of the assortment
	Add      points.Amount
	Multiply Factor // 0: none; of the points of these lines, rounded down
	Priority int
	Stack    bool
}

// String writes the day as a line of a diff.
func (d BonusDay) String() string {
	gain := fmt.Sprintf("+%d", d.Add)
	if d.Multiply > 0 {
		gain = "×" + d.Multiply.String()
	}
	words := []string{d.Title, d.TitleEN, gain, "by " + string(d.By), date(d.From) + "–" + date(d.Until.AddDate(0, 0, -1)),
		fmt.Sprint(d.Weekdays), d.Hours.String(), fmt.Sprint(d.Regions), fmt.Sprint(d.Products), fmt.Sprintf("priority %d", d.Priority)}
	if d.Stack {
		words = append(words, "stack")
	}
	return strings.Join(words, " / ")
}

func bonuses(t Terms) map[string]string {
	list := map[string]string{}
	for _, d := range t.Bonus {
		list[d.ID] = d.String()
	}
	return list
}

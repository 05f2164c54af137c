package fraud

import (
	"slices"
	"strings"
	"time"

	"promobot/internal/money"
)

// Sighting is what the rules remember of one verified receipt.
type Sighting struct {
	ID            int64
	Subject       string
	ParticipantID int64
	PhoneMark     string
	NameMark      string
	FN            string
	INN           string
	TotalKopecks  money.Kopecks
	BoughtAt      time.Time // the shop's wall clock
	SubmittedAt   time.Time
	Rules         string  // version of the rules it was judged by
	Outcome       Outcome // of its first judgement, exemptions aside
	SeenAt        time.Time
}

func (f Facts) sighting() Sighting {
	return Sighting{Subject: f.Subject, ParticipantID: f.ParticipantID, PhoneMark: f.PhoneMark, NameMark: f.NameMark, FN: f.FN, INN: f.INN,
		TotalKopecks: f.Total, BoughtAt: f.BoughtAt, SubmittedAt: f.At}
}

// shopDay is the day of the shop's clock: "2026-03-14".
func (s Sighting) shopDay() string { return s.BoughtAt.UTC().Format(time.DateOnly) }

// shopDayBounds are the beginnings of its day and of the next.
func (s Sighting) shopDayBounds() (first, next time.Time) {
	first = s.BoughtAt.UTC().Truncate(24 * time.Hour)
	return first, first.Add(24 * time.Hour)
}

// key is the sighting's value of the key; nil where it has none.
func (s Sighting) key(k Key) any {
	switch k {
	case ByParticipant:
		return s.ParticipantID
	case ByPhone:
		return named(s.PhoneMark)
	case ByTill:
		return named(s.FN)
	}
	return named(s.INN)
}

func named(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// with tells whether both are counted together by the rule.
func (r Rule) with(a, b Sighting) bool {
	for _, k := range r.By {
		if v := a.key(k); v == nil || v != b.key(k) {
			return false
		}
	}
	return true
}

// base is the key that tells the most apart.
func (r Rule) base() Key {
	for _, k := range keys {
		if slices.Contains(r.By, k) {
			return k
		}
	}
	return ""
}

// clock is the moment that the window slides along.
func (w Window) clock(s Sighting) time.Time {
	if w.Shop {
		return s.BoughtAt
	}
	return s.SubmittedAt
}

// Measured is what a rule found: the largest value that a window shows which
// holds the judged sighting, and how far that window's sightings lie apart.
type Measured struct {
	N    int64
	Span time.Duration
}

// measure looks at others, of which only those count that have the rule's keys
// in common with own. Receipts are verified in any order, so that those
// submitted after own count too. Without a key to count by it is zero.
func (r Rule) measure(own Sighting, others []Sighting) Measured {
	if r.base() == "" || !r.with(own, own) {
		return Measured{}
	}
	all := []Sighting{own}
	for _, s := range others {
		if r.with(own, s) && s.Subject != own.Subject && (!r.Window.ShopDay || s.shopDay() == own.shopDay()) {
			all = append(all, s)
		}
	}
	if r.Window.ShopDay {
		return r.whole(all)
	}
	slices.SortStableFunc(all, func(a, b Sighting) int { return r.Window.clock(a).Compare(r.Window.clock(b)) })
	return r.slide(r.Window.clock(own), all)
}

// whole measures all sightings as one window.
func (r Rule) whole(all []Sighting) Measured {
	t := newTally(r.Measure)
	for _, s := range all {
		t.add(s)
	}
	return Measured{N: t.value()}
}

// slide moves a window that begins at a sighting, from the first one on that
// still holds the moment at to the last.
func (r Rule) slide(at time.Time, all []Sighting) (most Measured) {
	t, end := newTally(r.Measure), 0
	for i, s := range all {
		start := r.Window.clock(s)
		if start.After(at) {
			break
		}
		for ; end < len(all) && r.Window.clock(all[end]).Sub(start) < r.Window.Slide; end++ {
			t.add(all[end])
		}
		if at.Sub(start) < r.Window.Slide && t.value() > most.N {
			most = Measured{t.value(), r.Window.clock(all[end-1]).Sub(start)}
		}
		t.take(all[i])
	}
	return most
}

// tally keeps a measure while sightings come and go.
type tally struct {
	measure Measure
	sum     int64
	times   map[any]int // how often each distinct value is there
}

func newTally(m Measure) *tally { return &tally{measure: m, times: map[any]int{}} }

func (t *tally) add(s Sighting)  { t.change(s, 1) }
func (t *tally) take(s Sighting) { t.change(s, -1) }

func (t *tally) change(s Sighting, by int) {
	switch value := values[t.measure.Of](s); {
	case t.measure.Op == "count":
		t.sum += int64(by)
	case t.measure.Op == "sum":
		n, _ := value.(int64)
		t.sum += int64(by) * n
	case value == "": // unknown is no value of its own
	default:
		if t.times[value] += by; t.times[value] == 0 {
			delete(t.times, value)
		}
	}
}

func (t *tally) value() int64 {
	if t.measure.Op == "distinct" {
		return int64(len(t.times))
	}
	return t.sum
}

// args are the numbers of a hit. A phone is not among them: it is a mark that
// tells nobody anything.
func (r Rule) args(own Sighting, m Measured) map[string]any {
	if r.base() == "" {
		return map[string]any{}
	}
	args := map[string]any{r.Measure.Of: m.N, "limit": r.Limit, "by": r.by(), "window": r.Window.String()}
	if !r.Window.ShopDay {
		args["minutes"] = int64(m.Span / time.Minute)
	}
	if slices.Contains(r.By, ByTill) {
		args["fn"] = own.FN
	}
	if slices.Contains(r.By, ByINN) {
		args["inn"] = own.INN
	}
	if r.Window.ShopDay {
		args["day"] = own.shopDay()
	}
	return args
}

func (r Rule) by() string {
	var names []string
	for _, k := range r.By {
		names = append(names, string(k))
	}
	return strings.Join(names, "+")
}

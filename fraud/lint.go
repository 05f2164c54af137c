package fraud

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The bounds of what a rule may count. Of a window's sightings, or of what is
// distinct in them, the mostSeen nearest on either side of the judged one are
// looked at one by one. Of mostSeen values one may be the judged one's own, and
// one no value at all: the others alone exceed the largest limit.
const (
	shortestWindow = time.Minute
	longestWindow  = 31 * 24 * time.Hour
	longestShop    = 24 * time.Hour // along the shop's clock
	mostSeen       = 501
	mostCounted    = mostSeen - 2
)

// counting reads the measure with its keys, window and limit.
func (r *reader) counting(t ruleText, rule *Rule) {
	if t.Measure == "" {
		r.uncounted(t)
		return
	}
	rule.Measure = r.measure(t.Measure)
	rule.By = r.keys(t.By)
	rule.Window = r.window(t.Window, t.Clock)
	if most := int64(mostCounted); t.Limit < 1 || rule.Measure.Op != "sum" && t.Limit > most {
		r.bad("limit", "%d is not 1 to %d", t.Limit, most)
	}
	if t.Mark != "" && (t.Mark != string(ByTill) || !slices.Contains(rule.By, ByTill)) {
		r.bad("mark", "only a rule by till marks, and only the till")
	}
	for _, key := range rule.By {
		if rule.Measure.Of == string(key)+"s" {
			r.bad("measure", "by %s there is never more than one of %s", key, rule.Measure.Of)
		}
	}
	if rule.Measure.Of == "shop_days" && rule.Window.ShopDay {
		r.bad("measure", "a shop day is never more than one of shop_days")
	}
}

// uncounted checks a rule that is a condition alone.
func (r *reader) uncounted(t ruleText) {
	if strings.TrimSpace(t.When) == "" {
		r.bad("measure", "neither a measure nor a condition: nothing can hit")
	}
	for _, said := range []struct {
		field string
		set   bool
	}{{"by", len(t.By) > 0}, {"window", t.Window != ""}, {"clock", t.Clock != ""}, {"limit", t.Limit != 0}, {"mark", t.Mark != ""}} {
		if said.set {
			r.bad(said.field, "means nothing without a measure")
		}
	}
}

func (r *reader) measure(text string) Measure {
	op, of, _ := strings.Cut(strings.Join(strings.Fields(text), " "), " ")
	_, known := values[of]
	thing := of != "receipts" && of != "kopecks"
	if !known || !(op == "count" && of == "receipts" || op == "sum" && of == "kopecks" || op == "distinct" && thing) {
		r.bad("measure", "%q is none of count receipts, sum kopecks, distinct participants|phones|names|tills|inns|shop_days", text)
		return Measure{"count", "receipts"}
	}
	return Measure{op, of}
}

func (r *reader) keys(list names) (by []Key) {
	for _, k := range keys { // in one order, whatever was written
		if slices.Contains(list, string(k)) {
			by = append(by, k)
		}
	}
	if len(by) == 0 || len(by) != len(list) {
		r.bad("by", "%v is no list of participant, phone, till, inn, each once", []string(list))
	}
	return by
}

func (r *reader) window(text, clock string) Window {
	if clock != "" && clock != "submitted" && clock != "shop" {
		r.bad("clock", "%q is none of submitted, shop", clock)
	}
	if text == "shop day" {
		if clock == "submitted" {
			r.bad("clock", "a shop day is one of the shop's clock")
		}
		return Window{ShopDay: true}
	}
	w := Window{Shop: clock == "shop"}
	d, err := duration(text)
	longest := longestWindow
	if w.Shop {
		longest = longestShop
	}
	if err != nil || d < shortestWindow || d > longest {
		r.bad("window", "%q is neither \"shop day\" nor a time from %s to %s", text, shortestWindow, longest)
	}
	w.Slide = d
	return w
}

// lint finds what only the rules together show.
func (r *reader) lint(rules []Rule) {
	for i, rule := range rules {
		r.at = rule.ID
		for _, earlier := range rules[:i] {
			if earlier.ID == rule.ID && rule.ID != "" {
				r.bad("id", "stands twice")
			}
			if loose, strict, ok := covered(earlier, rule); ok {
				r.at = loose.ID
				r.warn("limit", "never decides: %s hits before, and no milder", strict.ID)
				r.at = rule.ID
			}
		}
	}
}

// covered finds of two rules with one measure the one that never decides.
func covered(a, b Rule) (loose, strict Rule, ok bool) {
	same := a.Measure == b.Measure && a.Window == b.Window && slices.Equal(a.By, b.By) && len(a.By) > 0 && a.When == b.When
	switch {
	case !same:
	case a.Limit >= b.Limit && !a.Tier.Worse(b.Tier):
		return a, b, true
	case b.Limit >= a.Limit && !b.Tier.Worse(a.Tier):
		return b, a, true
	}
	return a, b, false
}

// String is the window as a rules file says it.
func (w Window) String() string {
	for _, unit := range []struct {
		name string
		long time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}} {
		if n := w.Slide / unit.long; n > 0 && w.Slide%unit.long == 0 && (unit.name != "d" || n > 1) {
			return fmt.Sprint(int64(n), unit.name)
		}
	}
	if w.ShopDay {
		return "shop day"
	}
	return w.Slide.String()
}

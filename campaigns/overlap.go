package campaigns

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"promobot/campaigns/assortment"
)

// overlaps finds rules that pay for the same thing without saying that it is
// meant.
func (r *reader) overlaps(t Terms) {
	for i, d := range t.Bonus {
		for _, other := range t.Bonus[:i] {
			if !d.Stack && !other.Stack && d.Priority == other.Priority && d.meets(other) && share(d.Products, other.Products) {
				r.doubt("overlap.bonus_days", entryOf("bonus_days", d.ID, i), "falls on a day of %s: one of the two counts", other.ID)
			}
		}
		for _, f := range t.Focus {
			if !d.Stack && d.By != OfRegistration && d.From.Before(f.Until) && f.From.Before(d.Until) && share(d.Products, f.Products) {
				r.doubt("overlap.bonus_focus", entryOf("bonus_days", d.ID, i), "falls into the focus “%s”: both count for one product", f.Title)
			}
		}
	}
	for i, f := range t.Focus {
		for _, other := range t.Focus[:i] {
			if f.From.Before(other.Until) && other.From.Before(f.Until) && share(f.Products, other.Products) {
				r.doubt("overlap.focus", entryOf("focus", f.ID, i), "shares a product and a week with %s: both count", other.ID)
			}
		}
	}
	r.twins(t)
}

// share tells whether two lists of products, of which an empty one means all,
// have one in common.
func share(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(sku string) bool { return slices.Contains(b, sku) })
}

// meets tells whether two bonus days count at one moment.
func (d BonusDay) meets(other BonusDay) bool {
	if d.By != other.By && d.By != OfBoth && other.By != OfBoth || !share(d.Regions, other.Regions) {
		return false
	}
	for day := d.From; day.Before(d.Until); day = day.AddDate(0, 0, 1) {
		if !d.on(day) {
			continue
		}
		begins, ends := d.span(day)
		for near := day.AddDate(0, 0, -1); !near.After(day.AddDate(0, 0, 1)); near = near.AddDate(0, 0, 1) {
			from, until := other.span(near)
			if other.on(near) && begins.Before(until) && from.Before(ends) {
				return true
			}
		}
	}
	return false
}

// twins finds articles that no name on a receipt can tell apart.
func (r *reader) twins(t Terms) {
	goods, err := assortment.New(t.Products, t.BrandAliases...)
	if err != nil {
		return // told with the assortment
	}
	told := map[string]bool{}
	for i, p := range t.Products {
		for _, other := range t.Products[:i] {
			if plain(p.Brand) == plain(other.Brand) && plain(p.Title) == plain(other.Title) && plain(p.Volume) == plain(other.Volume) {
				r.doubt("overlap.articles", "assortment", "%s and %s have one name and one volume", other.SKU, p.SKU)
				told[p.SKU], told[other.SKU] = true, true
			}
		}
		m := goods.Match(assortment.Line{Name: p.Title + " " + p.Volume})
		if m.SKU != "" && m.SKU != p.SKU && !told[p.SKU] {
			r.doubt("overlap.articles", "assortment", "a line with the name of %s is taken for %s", p.SKU, m.SKU)
		}
	}
}

// on tells whether the day is one of the bonus day's.
func (d BonusDay) on(day time.Time) bool {
	return !day.Before(d.From) && day.Before(d.Until) && (len(d.Weekdays) == 0 || slices.Contains(d.Weekdays, day.Weekday()))
}

// plain leaves letters and digits, in small letters.
func plain(text string) string {
	return strings.Map(func(c rune) rune {
		switch c = unicode.ToLower(c); {
		case c == 'ё':
			return 'е'
		case unicode.IsLetter(c), unicode.IsDigit(c):
			return c
		}
		return -1
	}, text)
}

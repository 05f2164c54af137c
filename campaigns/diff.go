package campaigns

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"promobot/campaigns/assortment"
	"promobot/points"
)

// Diff says what another version of terms changes, a line for each field as
// the campaign's file names it: "receipts.minimum: 1000.00 → 500.00". Lists
// show what went and what came. Terms that are equal have no lines.
func Diff(old, new Terms) []string {
	var d diff
	was, is := append(fields(old), old.Expiry.fields()...), append(fields(new), new.Expiry.fields()...)
	for i, f := range is {
		if was[i].value != f.value {
			d.add(f.name, was[i].value, f.value)
		}
	}
	d.lists("receipts.shops_allowed", old.ShopsAllowed, new.ShopsAllowed)
	d.lists("receipts.shops_denied", old.ShopsDenied, new.ShopsDenied)
	keyed(&d, "points.products", old.PerSKU, new.PerSKU)
	keyed(&d, "bonus_days", bonuses(old), bonuses(new))
	keyed(&d, "focus", focused(old), focused(new))
	keyed(&d, "prizes", offers(old), offers(new))
	keyed(&d, "disclosure", old.Disclosure.words(), new.Disclosure.words())
	keyed(&d, "texts", old.Texts.words(), new.Texts.words())
	keyed(&d, "assortment", goods(old), goods(new))
	keyed(&d, "brand_aliases", aliases(old), aliases(new))
	if maps.Equal(offers(old), offers(new)) && !slices.Equal(old.Offers, new.Offers) {
		d = append(d, "prizes: another order")
	}
	return d
}

type field struct{ name, value string }

// fields are those of terms that hold one value, as the file writes them.
func fields(t Terms) []field {
	ends := t.Ends
	if !ends.IsZero() {
		ends = ends.AddDate(0, 0, -1)
	}
	list := []field{
		{"id", t.Slug}, {"title", t.Title}, {"title_en", t.TitleEN}, {"organiser", t.Organiser}, {"rules_url", t.RulesURL},
		{"starts", date(t.Starts)}, {"ends", date(ends)}, {"zone", t.Zone}, {"effective_from", date(t.EffectiveFrom)},
		{"receipts.minimum", t.Minimum.String()}, {"receipts.minimum_on", string(t.MinimumOn)},
		{"receipts.max_age_days", limit(t.MaxAgeDays)}, {"receipts.grace_days_new", limit(t.GraceDaysNew)},
		{"points.per_product", fmt.Sprint(t.PerProduct)}, {"points.roubles_per_point", t.KopecksPerPoint.String()},
		{"points.welcome", fmt.Sprint(t.Welcome)}, {"points.first_receipt", fmt.Sprint(t.FirstReceipt)},
		{"points.value", t.PointValue.String()},
		{"limits.receipts_per_day", limit(t.ReceiptsDay)}, {"limits.receipts", limit(t.ReceiptsTotal)},
		{"limits.units_per_receipt", limit(t.UnitsReceipt)},
		{"together.policy", string(t.Together.Policy)}, {"together.priority", fmt.Sprint(t.Together.Priority)},
		{"budget.points", limit(t.Budget.Points)}, {"budget.points_per_day", limit(t.Budget.Day)},
		{"budget.points_per_participant", limit(t.Budget.Participant)},
		{"budget.points_per_participant_day", limit(t.Budget.ParticipantDay)},
	}
	return append(append(list, t.Returns.fields()...), t.Pay.fields()...)
}

func date(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return day.Format(time.DateOnly)
}

// limit writes 0 as what it means.
func limit[N int | int64 | points.Amount](n N) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}

func offers(t Terms) map[string]Issue {
	list := map[string]Issue{}
	for _, o := range t.Offers {
		list[o.PrizeID] = o.Issue
	}
	return list
}

func goods(t Terms) map[string]assortment.Product {
	list := map[string]assortment.Product{}
	for _, p := range t.Products {
		list[p.SKU] = p
	}
	return list
}

// diff gathers the lines.
type diff []string

func (d *diff) add(name, was, is string) {
	*d = append(*d, fmt.Sprintf("%s: %s → %s", name, cmp.Or(was, "none"), cmp.Or(is, "none")))
}

// lists compares sets of words.
func (d *diff) lists(name string, was, is []string) {
	set := func(list []string) map[string]bool {
		words := map[string]bool{}
		for _, word := range list {
			words[word] = true
		}
		return words
	}
	keyed(d, name, set(was), set(is))
}

// keyed compares what stands under keys, in the order of the keys.
func keyed[V comparable](d *diff, name string, was, is map[string]V) {
	keys := slices.Collect(maps.Keys(was))
	keys = slices.AppendSeq(keys, maps.Keys(is))
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if before, after := shown(was, key), shown(is, key); before != after {
			d.add(name+"."+key, before, after)
		}
	}
}

// shown writes one value: a product's fields by a slash, and what stands in a
// set as "listed".
func shown[V comparable](list map[string]V, key string) string {
	value, there := list[key]
	if !there {
		return ""
	}
	switch v := any(value).(type) {
	case bool:
		return "listed"
	case assortment.Product:
		return strings.Join([]string{v.Brand, v.Title, v.Volume, v.GTIN, v.Scope}, " / ")
	}
	return fmt.Sprint(value)
}

package campaigns

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"promobot/campaigns/assortment"
	"promobot/points"
)

// Focus gives points for buying any of its products, once an ISO week a person.
// The week is that of the purchase's date, as the shop's clock showed it.
type Focus struct {
	ID       string
	Title    string
	TitleEN  string
	Products []string  // SKUs, at least one
	From     time.Time // first day, midnight of a wall clock, in time.UTC
	Until    time.Time // the moment after the last day, likewise
	Points   points.Amount
}

// String writes the focus as a line of a diff.
func (f Focus) String() string {
	return strings.Join([]string{f.Title, f.TitleEN, fmt.Sprintf("+%d", f.Points), date(f.From) + "–" + date(f.Until.AddDate(0, 0, -1)), fmt.Sprint(f.Products)}, " / ")
}

func focused(t Terms) map[string]string {
	list := map[string]string{}
	for _, f := range t.Focus {
		list[f.ID] = f.String()
	}
	return list
}

type focusFile struct {
	ID       string   `yaml:"id"`
	Title    string   `yaml:"title"`
	TitleEN  string   `yaml:"title_en"`
	Products []string `yaml:"products"`
	From     string   `yaml:"from"`
	Until    string   `yaml:"until"`
	Points   int64    `yaml:"points"`
}

func (r *reader) focus(list []focusFile) (all []Focus) {
	for i, f := range list {
		at := entryOf("focus", f.ID, i)
		all = append(all, Focus{ID: f.ID, Title: f.Title, TitleEN: f.TitleEN, Products: f.Products, From: r.day(at+".from", f.From),
			Until: r.dayAfter(at+".until", f.Until), Points: points.Amount(f.Points)})
	}
	return all
}

func (r *reader) lintFocus(t Terms) {
	seen := map[string]bool{}
	for i, f := range t.Focus {
		at := entryOf("focus", f.ID, i)
		r.lintEntry(at, f.ID, f.Title, f.TitleEN, seen)
		r.lintSpan(at, t, f.From, f.Until, OfPurchase)
		r.lintProducts(at, t, f.Products)
		if len(f.Products) == 0 {
			r.bad(at+".products", "is missing: name the products")
		}
		if f.Points < 1 || f.Points > mostPoints {
			r.bad(at+".points", "%d is not between 1 and %d", f.Points, mostPoints)
		}
	}
}

// sells tells whether the product is in the assortment.
func (t Terms) sells(sku string) bool {
	return slices.ContainsFunc(t.Products, func(p assortment.Product) bool { return p.SKU == sku })
}

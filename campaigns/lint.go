package campaigns

import (
	"maps"
	"regexp"
	"slices"
	"time"

	"promobot/points"
)

var (
	slugForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	innForm  = regexp.MustCompile(`^(\d{10}|\d{12})$`)
)

// mostPoints bounds a single rate: a slip of the pen must not empty a fund.
const mostPoints = 1_000_000

// lint finds what is wrong with terms as a whole.
func (r *reader) lint(t Terms) {
	if !slugForm.MatchString(t.Slug) {
		r.bad("id", "%q: use a-z, 0-9 and dashes, at most 40", t.Slug)
	}
	r.lintWords(t)
	r.lintPeriod(t)
	r.lintShops(t)
	r.lintRates(t)
	r.lintLimits(t)
	r.lintOffers(t)
	r.lintReturns(t)
	r.lintBonusDays(t)
	r.lintFocus(t)
	r.lintBudget(t)
	r.lintTogether(t)
	r.lintExpiry(t)
	r.lintPay(t.Pay)
	r.lintBrandAliases(t)
}

func (r *reader) lintWords(t Terms) {
	if t.Title == "" {
		r.bad("title", "is missing: participants see it")
	}
	if t.TitleEN == "" {
		r.bad("title_en", "is missing: participants see it")
	}
	if t.Organiser == "" {
		r.find("law.organiser", true, "organiser", "is missing: the law wants it named")
	}
	if t.RulesURL == "" {
		r.find("law.rules_url", true, "rules_url", "is missing: participants cannot read the full rules")
	}
}

func (r *reader) lintPeriod(t Terms) {
	if !t.Ends.IsZero() && !t.Starts.IsZero() && !t.Ends.After(t.Starts) {
		r.bad("ends", "is before starts")
	}
	if !t.EffectiveFrom.IsZero() && (t.EffectiveFrom.Before(t.Starts) || !t.EffectiveFrom.Before(t.Ends)) {
		r.bad("effective_from", "is outside the period")
	}
	if _, err := time.LoadLocation(t.Zone); err != nil || t.Zone == "" || t.Zone == "Local" {
		r.bad("zone", "%q is no time zone such as Europe/Moscow", t.Zone)
	}
}

func (r *reader) lintShops(t Terms) {
	r.lintINNs("receipts.shops_allowed", t.ShopsAllowed)
	r.lintINNs("receipts.shops_denied", t.ShopsDenied)
	for _, inn := range t.ShopsAllowed {
		if slices.Contains(t.ShopsDenied, inn) {
			r.bad("receipts.shops_denied", "%s is allowed too", inn)
		}
	}
	if t.MinimumOn != OnReceipt && t.MinimumOn != OnPromo {
		r.bad("receipts.minimum_on", "%q: write receipt or promo", t.MinimumOn)
	}
}

func (r *reader) lintINNs(field string, list []string) {
	for _, inn := range list {
		if !innForm.MatchString(inn) {
			r.bad(field, "%q is no INN of 10 or 12 digits", inn)
		}
	}
}

func (r *reader) lintRates(t Terms) {
	rates := map[string]points.Amount{"points.per_product": t.PerProduct, "points.welcome": t.Welcome, "points.first_receipt": t.FirstReceipt}
	for _, sku := range slices.Sorted(maps.Keys(t.PerSKU)) {
		rates["points.products."+sku] = t.PerSKU[sku]
		if !t.sells(sku) {
			r.bad("points.products."+sku, "is not in the assortment")
		}
	}
	for _, field := range slices.Sorted(maps.Keys(rates)) {
		if n := rates[field]; n < 0 || n > mostPoints {
			r.bad(field, "%d is not between 0 and %d", n, mostPoints)
		}
	}
	if t.PerProduct == 0 && len(t.PerSKU) == 0 && t.KopecksPerPoint == 0 && t.FirstReceipt == 0 {
		r.bad("points", "no receipt earns anything: set per_product, products or roubles_per_point")
	}
}

func (r *reader) lintLimits(t Terms) {
	limits := map[string]int64{"receipts.max_age_days": int64(t.MaxAgeDays), "receipts.grace_days_new": int64(t.GraceDaysNew), "limits.receipts_per_day": int64(t.ReceiptsDay),
		"limits.receipts": int64(t.ReceiptsTotal), "limits.units_per_receipt": t.UnitsReceipt}
	for _, field := range slices.Sorted(maps.Keys(limits)) {
		if n := limits[field]; n < 0 {
			r.bad(field, "%d is below 0", n)
		}
	}
	if t.GraceDaysNew > 0 && t.MaxAgeDays == 0 {
		r.bad("receipts.grace_days_new", "says nothing without max_age_days")
	}
	if t.ReceiptsDay == 0 && t.ReceiptsTotal == 0 {
		r.find("limits.none", true, "limits", "no limit per participant")
	}
}

func (r *reader) lintOffers(t Terms) {
	seen := map[string]bool{}
	for _, o := range t.Offers {
		if !slugForm.MatchString(o.PrizeID) || seen[o.PrizeID] {
			r.bad("prizes", "%q is no prize id or stands twice", o.PrizeID)
		}
		if o.Issue != ByChoice && o.Issue != Automatically {
			r.bad("prizes."+o.PrizeID, "issue %q: write choice or automatic", o.Issue)
		}
		seen[o.PrizeID] = true
	}
	if len(t.Offers) == 0 {
		r.find("prizes.none", true, "prizes", "no prize is on offer")
	}
}

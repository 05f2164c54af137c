package campaigns

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	"promobot/campaigns/assortment"
	"promobot/internal/money"
	"promobot/points"
	"promobot/prizes"
)

// doubts finds what is doubtful in terms that nothing is wrong with.
func (r *reader) doubts(dir fs.FS, name string, f file, t Terms) {
	catalogue := r.catalogue(dir, path.Join(path.Dir(name), f.Catalogue), f.Catalogue)
	r.lintLaw(t)
	r.deadLimits(t)
	r.deadRates(t)
	r.deadDays(t)
	r.deadPrizes(t, catalogue)
	r.overlaps(t)
	r.lintTexts(t, catalogue)
}

// Catalogue reads the prizes that the campaign's file names as its catalogue;
// nil if it names none.
func Catalogue(dir fs.FS, name string) ([]prizes.Prize, error) {
	_, f, _ := read(dir, name)
	if f.Catalogue == "" {
		return nil, nil
	}
	return prices(dir, path.Join(path.Dir(name), f.Catalogue))
}

func prices(dir fs.FS, name string) ([]prizes.Prize, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return prizes.ParseCatalogue(f)
}

// catalogue reads the prizes' prices by id, if the file names where they are.
func (r *reader) catalogue(dir fs.FS, name, field string) map[string]prizes.Prize {
	if field == "" {
		return nil
	}
	list, err := prices(dir, name)
	if err != nil {
		r.bad("catalogue", "%v", err)
		return nil
	}
	byID := map[string]prizes.Prize{}
	for _, p := range list {
		byID[p.ID] = p
	}
	return byID
}

// mostMinimum bounds a minimum as mostPoints does a rate.
const mostMinimum money.Kopecks = 1_000_000_00

// deadLimits finds limits that never bite and bounds that are missing.
func (r *reader) deadLimits(t Terms) {
	for _, field := range r.zeros {
		r.doubt("dead.zero", field, "0 means no limit at all")
	}
	if t.ReceiptsDay > 0 && t.ReceiptsTotal > 0 && t.ReceiptsDay >= t.ReceiptsTotal {
		r.doubt("dead.limit", "limits.receipts_per_day", "%d never holds: limits.receipts is %d", t.ReceiptsDay, t.ReceiptsTotal)
	}
	if t.Minimum > mostMinimum {
		r.doubt("dead.minimum", "receipts.minimum", "%s roubles: hardly any receipt is that high", t.Minimum)
	}
	if t.PerProduct == 0 && len(t.PerSKU) == 0 && t.Minimum > 0 && t.Minimum < t.KopecksPerPoint {
		r.doubt("dead.minimum", "receipts.minimum", "a receipt of %s roubles is taken and earns nothing: a point takes %s", t.Minimum, t.KopecksPerPoint)
	}
	if t.Budget.Points == 0 {
		r.doubt("budget.unlimited", "budget.points", "is missing: nothing bounds what the campaign costs")
	}
	for _, bound := range []struct {
		field string
		n     points.Amount
	}{{"budget.points", t.Budget.Points}, {"budget.points_per_day", t.Budget.Day},
		{"budget.points_per_participant", t.Budget.Participant}, {"budget.points_per_participant_day", t.Budget.ParticipantDay}} {
		if least := t.leastRate(); bound.n > 0 && bound.n < least {
			r.doubt("dead.budget", bound.field, "%d is less than the %d points of any one product", bound.n, least)
		}
	}
}

// rate is what a unit of the product earns.
func (t Terms) rate(sku string) points.Amount {
	if n, special := t.PerSKU[sku]; special {
		return n
	}
	return t.PerProduct
}

// leastRate is the smallest rate by unit; 0 if one has none.
func (t Terms) leastRate() points.Amount {
	least := points.Amount(-1)
	for _, p := range t.Products {
		if n := t.rate(p.SKU); least < 0 || n < least {
			least = n
		}
	}
	return max(0, least)
}

// deadRates finds rates that change nothing and products that earn nothing.
func (r *reader) deadRates(t Terms) {
	for _, sku := range slices.Sorted(maps.Keys(t.PerSKU)) {
		if t.PerSKU[sku] == t.PerProduct {
			r.doubt("dead.rate", "points.products."+sku, "%d is what every product earns", t.PerProduct)
		}
	}
	if t.PerProduct > 0 && len(t.PerSKU) >= len(t.Products) {
		r.doubt("dead.per_product", "points.per_product", "every product has a rate of its own")
	}
	for _, p := range t.Products {
		if t.rate(p.SKU) == 0 && t.KopecksPerPoint == 0 && !t.extra(p.SKU) {
			r.doubt("dead.product", "assortment", "%s earns nothing", p.SKU)
		}
	}
	if len(t.ShopsAllowed) > 0 {
		for _, inn := range t.ShopsDenied {
			if !slices.Contains(t.ShopsAllowed, inn) {
				r.doubt("dead.denied_shop", "receipts.shops_denied", "%s is not allowed anyway", inn)
			}
		}
	}
}

// extra tells that a bonus day or a focus gives points for the product.
func (t Terms) extra(sku string) bool {
	return slices.ContainsFunc(t.Focus, func(f Focus) bool { return slices.Contains(f.Products, sku) }) ||
		slices.ContainsFunc(t.Bonus, func(d BonusDay) bool {
			return d.Add > 0 && (len(d.Products) == 0 || slices.Contains(d.Products, sku))
		})
}

// deadDays finds bonus days and focus weeks that never come or give nothing.
func (r *reader) deadDays(t Terms) {
	for i, d := range t.Bonus {
		at := entryOf("bonus_days", d.ID, i)
		if !t.comes(d) {
			r.doubt("dead.bonus_day", at, "never comes: no such day or hour lies in the period")
		}
		if d.Multiply > 0 && !slices.ContainsFunc(t.Products, func(p assortment.Product) bool {
			return (len(d.Products) == 0 || slices.Contains(d.Products, p.SKU)) && (t.rate(p.SKU) > 0 || t.KopecksPerPoint > 0)
		}) {
			r.doubt("dead.bonus_gain", at+".multiply", "multiplies products that earn nothing")
		}
	}
}

// comes tells whether a bonus day has an hour in the period. One by the day of
// registration may come after the last purchase.
func (t Terms) comes(d BonusDay) bool {
	for day := d.From; day.Before(d.Until); day = day.AddDate(0, 0, 1) {
		if !d.on(day) {
			continue
		}
		begins, ends := d.span(day)
		if d.By == OfRegistration && ends.After(t.Starts) || begins.Before(t.Ends) && ends.After(t.Starts) {
			return true
		}
	}
	return false
}

// span is the part of a day that counts, on the wall clock.
func (d BonusDay) span(day time.Time) (begins, ends time.Time) {
	if (d.Hours == Clock{}) {
		return day, day.AddDate(0, 0, 1)
	}
	begins, ends = day.Add(time.Duration(d.Hours.From)*time.Minute), day.Add(time.Duration(d.Hours.Until)*time.Minute)
	if !ends.After(begins) {
		ends = ends.AddDate(0, 0, 1)
	}
	return begins, ends
}

// deadPrizes finds prizes that nobody can ever pay for.
func (r *reader) deadPrizes(t Terms, catalogue map[string]prizes.Prize) {
	most, bounded := t.most()
	for _, o := range t.Offers {
		p, known := catalogue[o.PrizeID]
		switch {
		case catalogue == nil:
			return
		case !known:
			r.doubt("prizes.unknown", "prizes."+o.PrizeID, "is not in the catalogue")
		case bounded && points.Amount(p.Price) > most:
			r.doubt("dead.prize", "prizes."+o.PrizeID, "costs %d points, and nobody can have more than %d", p.Price, most)
		}
	}
}

// most is what one participant can have at most, if anything bounds it.
func (t Terms) most() (n points.Amount, bounded bool) {
	for _, bound := range []points.Amount{t.Budget.Participant, t.Budget.Points} {
		if bound > 0 && (!bounded || bound < n) {
			n, bounded = bound, true
		}
	}
	if n > 0 {
		n += t.Welcome // no budget bounds the welcome
	}
	if byUnits := t.mostByUnits(); byUnits > 0 && (!bounded || byUnits < n) {
		n, bounded = byUnits, true
	}
	return n, bounded
}

// mostByUnits is what the limits of receipts and units leave, 0 if they bound
// nothing: roubles, bonus days and focus weeks can give more.
func (t Terms) mostByUnits() points.Amount {
	if t.ReceiptsTotal == 0 || t.UnitsReceipt == 0 || t.KopecksPerPoint > 0 || len(t.Bonus)+len(t.Focus) > 0 {
		return 0
	}
	var best points.Amount
	for _, p := range t.Products {
		best = max(best, t.rate(p.SKU))
	}
	return t.Welcome + t.FirstReceipt + best*points.Amount(t.UnitsReceipt)*points.Amount(t.ReceiptsTotal)
}

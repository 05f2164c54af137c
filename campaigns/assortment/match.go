package assortment

import "fmt"

// Match says which product the line is. In this order: the same GTIN matches; a
// decision of a moderator (WithAliases) counts; a product with another GTIN
// than the line's is out, however alike the name; brand, kind and volume that
// all agree, with nothing against, match; a brand and kind that agree with
// something left unsaid are unsure; everything else is no match. A GTIN
// printed as the code in front of the name counts like the line's own.
func (a *Assortment) Match(l Line) Match {
	f := observe(l.Name)
	gtin, ok := gtin14(l.GTIN)
	if !ok {
		gtin = f.barcode
	}
	if i, ok := a.byGTIN[gtin]; ok && gtin != "" {
		return Match{SKU: a.articles[i].SKU, Reason: "GTIN " + gtin, Pack: max(f.pack, 1), Confidence: 1}
	}
	if m, ok := a.decided(l, gtin, f); ok {
		return m
	}
	return a.weigh(&f, gtin)
}

// decided looks for a moderator's decision, of this shop before others.
func (a *Assortment) decided(l Line, gtin string, f facts) (Match, bool) {
	if len(a.aliases) == 0 {
		return Match{}, false
	}
	key := Normalize(l.Name)
	for _, k := range []string{l.INN + "|" + key, key} {
		sku, ok := a.aliases[k]
		if ok && sku == "-" {
			return Match{Reason: "decided by a moderator: none of ours", Pack: 1}, true
		}
		i, known := a.bySKU[sku]
		if ok && known && !a.articles[i].barred(gtin) {
			return Match{SKU: sku, Reason: "decided by a moderator", Pack: max(f.pack, 1), Confidence: 1}, true
		}
	}
	return Match{}, false
}

// barred reports that the line carries the number of another product.
func (a *article) barred(gtin string) bool { return a.GTIN != "" && gtin != "" && a.GTIN != gtin }

// weigh hears the name for the articles of the brands found in it.
func (a *Assortment) weigh(f *facts, gtin string) Match {
	sightings := a.brands.find(f.words, f.cut)
	if len(sightings) == 0 {
		return Match{Reason: "no brand of the assortment", Pack: 1}
	}
	fits, others := a.size(f, sightings)
	heard, barred := a.hear(fits, f, gtin)
	if len(heard) == 0 && barred == "" {
		heard, barred = a.hear(others, f, gtin)
	}
	if len(heard) > 0 {
		if m := verdict(heard); barred == "" || m.SKU != "" {
			return m
		}
	}
	return Match{Reason: barred, Pack: 1} // a sibling that is only likely is the barred one again
}

// called is an article whose brand was seen, with what its size says.
type called struct {
	article int
	named   sighting
	volume  finding
}

// size parts the articles of the brands by their sizes: those that may be meant
// and, if there are none, a few others to give a reason by.
func (a *Assortment) size(f *facts, sightings []sighting) (fits, others []called) {
	for _, s := range sightings {
		for _, group := range a.brands.brands[s.brand].sizes {
			first := &a.articles[group.articles[0]]
			volume := first.size.compare(f, first.pieces)
			for _, i := range group.articles {
				switch {
				case volume.outcome != contradicts:
					fits = append(fits, called{i, s, volume})
				case len(others) < fewest:
					others = append(others, called{i, s, volume})
				}
			}
		}
	}
	return fits, others
}

// hear weighs the articles, but for those that the line's number bars.
func (a *Assortment) hear(list []called, f *facts, gtin string) (heard []*hearing, barred string) {
	for _, c := range list {
		art := &a.articles[c.article]
		if art.barred(gtin) {
			barred = fmt.Sprintf("brand %s, but GTIN %s is another product than %s", art.Brand, gtin, art.SKU)
			continue
		}
		h := &hearing{article: art, brands: a.brands, facts: f, named: c.named, volume: c.volume}
		h.listen()
		heard = append(heard, h)
	}
	return heard, barred
}

// fewest is how many articles of the wrong size are heard when none is of the
// right one: enough to give a reason.
const fewest = 3

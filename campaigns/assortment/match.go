package assortment

import (
	"fmt"
	"slices"
	"strings"
)

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
		return Match{SKU: a.articles[i].SKU, Reason: "GTIN " + gtin, Pack: max(f.pack, 1)}
	}
	if m, ok := a.decided(l, gtin, f); ok {
		return m
	}
	return a.weigh(f, gtin)
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
			return Match{SKU: sku, Reason: "decided by a moderator", Pack: max(f.pack, 1)}, true
		}
	}
	return Match{}, false
}

// barred reports that the line carries the number of another product.
func (a *article) barred(gtin string) bool { return a.GTIN != "" && gtin != "" && a.GTIN != gtin }

// weigh hears the name for every article of the brands found in it.
func (a *Assortment) weigh(f facts, gtin string) Match {
	sightings := a.brands.find(f.words, f.cut)
	if len(sightings) == 0 {
		return Match{Reason: "no brand of the assortment", Pack: 1}
	}
	var heard []*hearing
	barred := ""
	for i := range a.articles {
		art := &a.articles[i]
		s := slices.IndexFunc(sightings, func(s sighting) bool { return s.brand == art.brand })
		switch {
		case s < 0:
		case art.barred(gtin):
			barred = fmt.Sprintf("brand %s, but GTIN %s is another product than %s", art.Brand, gtin, art.SKU)
		default:
			heard = append(heard, a.brands.hear(art, f, sightings[s]))
		}
	}
	if len(heard) > 0 {
		if m := verdict(heard); barred == "" || m.SKU != "" {
			return m
		}
	}
	return Match{Reason: barred, Pack: 1} // a sibling that is only likely is the barred one again
}

// verdict takes the article that agrees; two that agree equally, or the best of
// those left in doubt, go to a person.
func verdict(heard []*hearing) Match {
	sure, doubted, refused := sorted(heard)
	switch {
	case len(sure) == 1, len(sure) > 1 && sure[0].evidence > sure[1].evidence:
		return Match{SKU: sure[0].article.SKU, Reason: sure[0].agreements(), Pack: sure[0].volume.pack}
	case len(sure) > 1:
		return unsure(sure[0], "as likely "+sure[1].article.SKU)
	case len(doubted) > 0:
		return unsure(doubted[0], strings.Join(doubted[0].doubts(), "; "))
	}
	h := refused[0]
	if len(h.against) == 0 {
		return Match{Reason: fmt.Sprintf("brand %s (%s) alone", h.article.Brand, h.named.text), Pack: 1}
	}
	return Match{Reason: fmt.Sprintf("brand %s (%s), but not %s: %s", h.article.Brand, h.named.text, h.article.SKU, strings.Join(h.against, ", ")), Pack: 1}
}

// sorted parts the hearings; within a part the better supported come first. A
// name with neither kind nor volume is a brand alone.
func sorted(heard []*hearing) (sure, doubted, refused []*hearing) {
	for _, h := range heard {
		switch doubts := h.doubts(); {
		case len(h.against) > 0, !h.clear() && h.volume.outcome != agrees, h.named.strength == initialled && len(doubts) > 0:
			refused = append(refused, h)
		case len(doubts) == 0:
			sure = append(sure, h)
		default:
			doubted = append(doubted, h)
		}
	}
	for _, part := range [][]*hearing{sure, doubted} {
		slices.SortStableFunc(part, func(a, b *hearing) int { return b.evidence - a.evidence })
	}
	slices.SortStableFunc(doubted, func(a, b *hearing) int { return len(a.doubts()) - len(b.doubts()) })
	slices.SortStableFunc(refused, func(a, b *hearing) int { return len(a.against) - len(b.against) })
	return sure, doubted, refused
}

func unsure(h *hearing, why string) Match {
	return Match{Unsure: true, Candidate: h.article.SKU, Reason: fmt.Sprintf("unsure: maybe %s: %s; %s", h.article.SKU, h.agreements(), why), Pack: 1}
}

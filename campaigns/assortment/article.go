package assortment

import (
	"slices"
	"strings"
)

// article is a product read once: what a till name has to say to be it.
type article struct {
	Product
	brand      int      // in the brand index
	brandWords []string // as scan writes them
	shortNames []string // short forms of the brand in the title: Топтыжка (ТОП)
	size       size
	kinds      []string
	traits     []trait     // what the title says beside the kind
	words      []titleWord // title words nobody taught us
	open       []string    // groups of meanings that the title's brackets leave open
	percents   []measure
	layers     float64
	pieces     float64 // of the title: Choco Pie 6 шт
}

// trait is a meaning of the title; one that is needed must stand in the name.
type trait struct {
	meaning
	text   string
	needed bool
}

type titleWord struct {
	text      string
	spellings []string
}

func newArticle(p Product) (article, error) {
	a := article{Product: p}
	if p.SKU == "" {
		return a, refuse("sku_id", "is empty")
	}
	for _, t := range scan(p.Brand) {
		a.brandWords = append(a.brandWords, t.text)
	}
	if len(a.brandWords) == 0 {
		return a, refuse("brand", "%q has no letter", p.Brand)
	}
	if a.Scope == "" {
		a.Scope = ScopeExact
	}
	if !slices.Contains([]string{ScopeExact, ScopeAnyFlavour, ScopeAnyKind, ScopeAnyFat}, a.Scope) {
		return a, refuse("scope", "%q is not exact, any_flavour, any_kind or any_fat", p.Scope)
	}
	if p.GTIN != "" {
		gtin, ok := gtin14(p.GTIN)
		if !ok {
			return a, refuse("gtin", "%q is not a product number or its check digit is wrong", p.GTIN)
		}
		a.GTIN = gtin
	}
	var err error
	if a.size, err = parseSize(p.Volume); err != nil {
		return a, err
	}
	a.readTitle()
	return a, nil
}

// readTitle sorts the words of the title. Words in brackets explain the scope,
// except a short form of the brand right behind it.
func (a *article) readTitle() {
	a.shortNames = shortNames(a.Title, a.Brand)
	title, inside := withoutBrackets(a.Title)
	if a.Scope != ScopeExact {
		a.leaveOpen(inside)
	}
	f := observe(title)
	for _, t := range f.words {
		if t.number || slices.Contains(a.brandWords, t.text) {
			continue
		}
		a.learn(t)
	}
	for _, m := range f.measures {
		a.measure(m)
	}
	a.settleKinds()
}

func (a *article) learn(t token) {
	found := meanings(t.text)
	switch {
	case len(found) == 0:
		if runes(t.text) > 1 {
			a.words = append(a.words, titleWord{t.text, spellings(t.text)})
		}
	case found[0].group == kindGroup:
		appendNew(&a.kinds, found[0].value)
	case found[0].group == neutralGroup || found[0].group == scopeGroup:
	default:
		needed := !slices.ContainsFunc(found, func(m meaning) bool { return !a.needs(m) })
		for _, m := range found {
			a.traits = append(a.traits, trait{m, t.text, needed})
		}
	}
}

func (a *article) measure(m measure) {
	switch m.unit {
	case percent:
		a.percents = append(a.percents, m)
	case layer:
		a.layers = m.low
	case piece:
		a.pieces = m.low
	}
}

// needs reports that a till name without the meaning leaves doubt. Tills often
// leave out the material, the heat treatment and what is usual for the kind.
func (a *article) needs(m meaning) bool {
	switch m.group {
	case materialGroup, heatGroup, classicGroup, colourGroup, formGroup:
		return false
	case gasGroup:
		return m.value == "still"
	case teaGroup:
		return m.value != "black"
	case flavourGroup:
		return a.Scope != ScopeAnyFlavour
	}
	return true
}

// settleKinds finishes the kinds: chilled tea is a drink of its own, tea by
// the litre too; a drink whose title names no kind is a soda or a water.
func (a *article) settleKinds() {
	if slices.Contains(a.kinds, "tea") && slices.Contains(a.kinds, "icedtea") {
		a.kinds = []string{"icedtea"}
	}
	if len(a.kinds) == 0 {
		for _, w := range a.brandWords {
			for _, m := range meanings(w) {
				if m.group == kindGroup && runes(w) > 3 {
					appendNew(&a.kinds, m.value)
				}
			}
		}
	}
	if len(a.kinds) == 0 && a.size.liquid {
		a.kinds = []string{"soda"}
	}
	if !slices.Contains(a.kinds, "tea") && !slices.Contains(a.kinds, "icedtea") {
		a.traits = slices.DeleteFunc(a.traits, func(t trait) bool { return t.group == teaGroup })
	}
}

func appendNew(in *[]string, v string) {
	if !slices.Contains(*in, v) {
		*in = append(*in, v)
	}
}

// shortNames returns a word in capitals in brackets right behind the brand.
func shortNames(title, brand string) []string {
	_, behind, ok := strings.Cut(title, brand+" (")
	inside, _, closed := strings.Cut(behind, ")")
	if !ok || !closed || strings.ToUpper(inside) != inside || len(scan(inside)) != 1 || runes(inside) < 2 {
		return nil
	}
	return []string{scan(inside)[0].text}
}

func withoutBrackets(title string) (outside, inside string) {
	for {
		head, rest, ok := strings.Cut(title, "(")
		within, tail, closed := strings.Cut(rest, ")")
		if !ok || !closed {
			return title, inside
		}
		title, inside = head+tail, inside+" "+within
	}
}

func (a *article) leaveOpen(inside string) {
	for _, t := range scan(inside) {
		for _, m := range meanings(t.text) {
			if m.group != neutralGroup && m.group != scopeGroup && m.group != kindGroup {
				appendNew(&a.open, m.group)
			}
		}
	}
}

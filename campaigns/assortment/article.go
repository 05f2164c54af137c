package assortment

import (
	"regexp"
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
	attributes []string    // kinds that are adjectives in the title
	numbers    []float64   // of the title, without a unit: size 4, 101 зерно
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
	f := observe(withoutChoice(title))
	for _, t := range f.words {
		a.name(t)
	}
	a.settleKinds()
	for _, t := range f.words {
		a.learn(t)
	}
	for _, m := range f.measures {
		a.measure(m)
	}
	a.settleTraits()
}

// choice is how a manager says that something may differ: ", любой вкус". Its
// words are no part of the name.
var choice = regexp.MustCompile(`(?i)[,;]?\s*люб(ой|ая|ое|ые)(\s+[^,;(]*|$)`)

func withoutChoice(title string) string { return choice.ReplaceAllString(title, " ") }

// name takes the kind from a word of the title.
func (a *article) name(t token) {
	if t.number || slices.Contains(a.brandWords, t.text) {
		return
	}
	for _, m := range meanings(t.text) {
		if m.group == kindGroup {
			appendNew(&a.kinds, m.value)
			if attribute.MatchString(t.text) {
				appendNew(&a.attributes, m.value)
			}
			return
		}
	}
}

// attribute is an adjective made of a kind: МОЛОЧНЫЙ.
var attribute = regexp.MustCompile(`Н(ЫЙ|ИЙ|АЯ|ОЕ|ЫЕ|ЫХ)$`)

// attributive are the kinds that such an adjective makes attributes of another:
// a milk shake is no milk.
var attributive = []string{"milk", "curd", "cheese", "yoghurt", "kefir", "chocolate", "wafer", "paper", "snack", "sourcream"}

func (a *article) learn(t token) {
	switch {
	case slices.Contains(a.brandWords, t.text):
		return
	case t.number:
		a.numbers = append(a.numbers, t.value)
		return
	}
	all := meanings(t.text)
	found := a.applicable(all)
	switch {
	case a.adjective(t.text, all) && len(found) == 1:
		a.words = append(a.words, titleWord{t.text, spellings(t.text)})
	case len(all) > 0 && all[0].group == kindGroup:
	case len(found) == 0:
		if runes(t.text) > 1 {
			a.words = append(a.words, titleWord{t.text, titleSpellings(t.text)})
		}
	case found[0].group == neutralGroup || found[0].group == scopeGroup:
	default:
		needed := !slices.ContainsFunc(found, func(m meaning) bool { return !a.needs(m) })
		for _, m := range found {
			a.traits = append(a.traits, trait{m, t.text, needed})
		}
	}
}

// titleSpellings are those of a word and, of one that begins with БЕЗ, of its
// short form: Б/МОЛ.
func titleSpellings(word string) []string {
	out := spellings(word)
	if rest, ok := strings.CutPrefix(word, "БЕЗ"); ok {
		out = append(out, squeeze("Б"+rest))
	}
	return out
}

// adjective reports a word that tells the sort of an exact product though it is
// made of a kind: СОСИСКИ МОЛОЧНЫЕ.
func (a *article) adjective(word string, found []meaning) bool {
	return a.Scope == ScopeExact && len(found) > 0 && found[0].group == kindGroup && attribute.MatchString(word) &&
		!a.is(found[0].value) && !a.is(houseGoods...) && !a.is("cocktail")
}

// applicable leaves the meanings that a word can have beside the product.
func (a *article) applicable(found []meaning) []meaning {
	if !slices.ContainsFunc(found, a.strange) {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), a.strange)
}

// strange reports a meaning that says nothing of such goods.
func (a *article) strange(m meaning) bool {
	switch m.group {
	case sugarGroup, teaGroup:
		return a.is(houseGoods...)
	case colourGroup: // a green tea is another tea, a green pea is a pea
		return a.is("tea", "icedtea")
	}
	kinds := belongs[m.group]
	return kinds != nil && !a.is(kinds...)
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
	case materialGroup, heatGroup, classicGroup, colourGroup, formGroup,
		oilGroup, refiningGroup, animalGroup, feedGroup, soapGroup, nozzleGroup, substituteGroup, cookGroup, brewGroup, neutralGroup:
		return false
	case grindGroup:
		return m.value != "soluble"
	case cacaoGroup:
		return m.value != "milky"
	case useGroup:
		return !slices.Contains([]string{"dishes", "linen", "hair"}, m.value)
	case gasGroup:
		return m.value == "still"
	case teaGroup:
		return m.value != "black"
	case flavourGroup:
		return a.Scope != ScopeAnyFlavour && !(m.value == "chicken" && a.is("egg"))
	}
	return true
}

// settleKinds finishes the kinds: chilled tea is a drink of its own, tea by
// the litre too; a drink whose title names no kind is a soda or a water.
func (a *article) settleKinds() {
	if len(a.kinds) > len(a.attributes) {
		a.kinds = slices.DeleteFunc(a.kinds, func(k string) bool {
			return slices.Contains(a.attributes, k) && slices.Contains(attributive, k)
		})
	}
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
}

// settleTraits drops what says nothing of the kind that the product is.
func (a *article) settleTraits() {
	for i, t := range a.traits { // a title that says two of a group leaves it open which one the till takes
		if slices.Contains(opposite, t.group) && slices.ContainsFunc(a.traits, func(o trait) bool { return o.group == t.group && !o.needed }) {
			a.traits[i].needed = false
		}
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

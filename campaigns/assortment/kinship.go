package assortment

import "slices"

// kin says, by the kind of a product, which other kinds a till may call it.
var kin = map[string][]string{
	"drink":   {"juicedrink"},
	"soda":    {"drink"},
	"energy":  {"drink", "soda"},
	"icedtea": {"drink", "tea"},
	"water":   {"drink"},
	"bar":     {"chocolate"},
	"curdbar": {"curd", "cheese"},
	"cookie":  {"cake"},
	"yoghurt": {"fermented"},
	"kefir":   {"fermented"},
}

// related are words that stand beside a kind without naming it: milk shakes.
var related = map[string][]string{
	"cocktail": {"milk", "drink"},
	"gum":      {"candy"},
	"yoghurt":  {"milk", "dessert"},
	"sauce":    {"ketchup"},
}

// tastes are kinds that are also tastes of others: crisps with cheese.
var tastes = []string{
	"cheese", "sourcream", "chocolate", "cookie", "coffee", "tea", "milk", "cream", "curd", "condensed",
	"juice", "ketchup", "candy", "corn", "cocoa", "jam", "icedtea", "porridge", "vegetables", "sausage", "olives", "meat", "bread", "cake", "yoghurt", "butter", "cocktail",
}

// plainKinds are kinds that tills often leave out, because the brand says them.
var plainKinds = []string{"soda", "energy", "water", "icedtea", "chips", "gum", "bar", "tea", "coffee", "cookie"}

// called reports that kind is a name for the product.
func (a *article) called(kind string) bool {
	return slices.ContainsFunc(a.kinds, func(own string) bool {
		return own == kind || slices.Contains(kin[own], kind)
	})
}

// beside reports that kind may stand beside the product's own.
func (a *article) beside(kind string) bool {
	return slices.ContainsFunc(a.kinds, func(own string) bool { return slices.Contains(related[own], kind) })
}

func (a *article) is(kinds ...string) bool {
	return slices.ContainsFunc(a.kinds, func(own string) bool { return slices.Contains(kinds, own) })
}

// selfEvident reports a product that is told by its brand without a kind.
func (a *article) selfEvident() bool { return a.is(plainKinds...) }

func (a *article) has(group string) bool {
	return slices.ContainsFunc(a.traits, func(t trait) bool { return t.group == group })
}

// varies reports that the campaign does not care about the flavour. A title
// that lists in brackets what may differ leaves nothing else open.
func (a *article) varies() bool {
	return len(a.open) == 0 && (a.Scope == ScopeAnyFlavour || a.Scope == ScopeAnyKind)
}

// permits reports that the product may carry the meaning though its title does
// not: because the scope leaves it open, or because it says nothing there.
// kindNamed tells that the name says the product's kind with another word.
func (a *article) permits(m meaning, kindNamed bool) bool {
	if slices.Contains(a.open, m.group) {
		return true
	}
	switch m.group {
	case neutralGroup, scopeGroup:
		return true
	case kindGroup:
		return a.beside(m.value) || a.varies() && slices.Contains(tastes, m.value) && (kindNamed || a.is("chips", "gum", "bar"))
	case flavourGroup:
		return a.varies() || a.made(m.value)
	case sugarGroup:
		return a.varies() || a.is("gum")
	case classicGroup:
		return a.varies() || !a.has(sugarGroup)
	case sortGroup:
		return a.varies() || m.value == "bio"
	case colourGroup, aromaGroup:
		return !a.has(m.group) && (a.varies() || a.is("paper", "egg"))
	}
	return a.permitsForm(m)
}

// made reports a taste that the plain product has anyway: cola has that of
// cola, a bar is peanut and caramel, Earl Grey is tea with bergamot.
func (a *article) made(taste string) bool {
	switch taste {
	case "cola":
		return a.is("soda") && !a.has(flavourGroup)
	case "peanut", "caramel":
		return a.is("bar") && !a.has(flavourGroup)
	case "bergamot":
		return slices.ContainsFunc(a.words, func(w titleWord) bool { return slices.Contains(w.spellings, "ЕРЛ") })
	}
	return false
}

// opposes reports a word that says another tea, heat treatment or grade than
// the title does, whatever else the word may mean.
func (a *article) opposes(found []meaning) bool {
	return slices.ContainsFunc(found, func(m meaning) bool {
		return slices.Contains([]string{teaGroup, heatGroup, gradeGroup}, m.group) && a.has(m.group)
	})
}

func (a *article) permitsForm(m meaning) bool {
	if a.has(m.group) {
		return a.varies() && m.group == gasGroup
	}
	switch m.group {
	case gasGroup:
		return m.value == "sparkling" || a.varies() || !a.is("soda", "energy")
	case heatGroup:
		return m.value != "baked" || a.varies()
	case formGroup:
		return m.value == "soluble" || m.value == "drink" || a.varies() && m.value != "leaf" || !a.is("tea", "coffee", "yoghurt", "cheese")
	case teaGroup:
		return a.varies()
	case gradeGroup:
		return a.is("egg")
	}
	return true
}

// aroma is the title's word for "flavoured".
func (a *article) aroma() string {
	i := slices.IndexFunc(a.traits, func(t trait) bool { return t.group == aromaGroup })
	return a.traits[i].text
}

package assortment

import "slices"

// kin says, by the kind of a product, which other kinds a till may call it.
var kin = map[string][]string{
	"soda":    {"drink"},
	"energy":  {"drink", "soda"},
	"icedtea": {"drink", "tea"},
	"water":   {"drink"},
	"bar":     {"chocolate"},
	"curdbar": {"curd", "cheese"},
	"cookie":  {"cake"},
}

// related are words that stand beside a kind without naming it: milk shakes.
var related = map[string][]string{
	"cocktail": {"milk", "drink"},
	"gum":      {"candy"},
	"yoghurt":  {"milk", "dessert"},
	"sauce":    {"ketchup"},
	"paper":    {"towel"},
}

// tastes are kinds that are also tastes of others: crisps with cheese.
var tastes = []string{
	"cheese", "sourcream", "chocolate", "cookie", "coffee", "tea", "milk", "cream", "curd", "condensed",
	"juice", "ketchup", "candy", "corn", "cocoa", "jam", "icedtea", "porridge", "vegetables", "sausage", "olives", "meat", "bread", "cake", "yoghurt", "butter", "cocktail",
}

// plain are kinds that tills often leave out, because the brand says them.
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

// varies reports that the campaign does not care about the flavour.
func (a *article) varies() bool { return a.Scope == ScopeAnyFlavour || a.Scope == ScopeAnyKind }

// permits reports that the product may carry the meaning though its title does
// not: because the scope leaves it open, or because it says nothing there.
// kindNamed tells that the name says the product's kind with another word.
func (a *article) permits(m meaning, kindNamed bool) bool {
	switch m.group {
	case neutralGroup, scopeGroup:
		return true
	case kindGroup:
		return a.beside(m.value) || a.varies() && slices.Contains(tastes, m.value) && (kindNamed || a.is("chips", "gum", "bar"))
	case flavourGroup:
		return a.varies() || m.value == "cola" && a.is("soda") && !a.has(flavourGroup)
	case sugarGroup:
		return a.varies() || a.is("gum")
	case classicGroup:
		return a.varies() || !a.has(sugarGroup)
	case sortGroup:
		return a.varies() || m.value == "bio"
	}
	return a.permitsForm(m)
}

func (a *article) permitsForm(m meaning) bool {
	if a.has(m.group) {
		return a.Scope == ScopeAnyKind && m.group == gasGroup
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
	}
	return true
}

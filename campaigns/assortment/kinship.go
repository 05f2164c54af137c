package assortment

import "slices"

// kin says, by the kind of a product, which other kinds a till may call it.
var kin = map[string][]string{
	"soda":         {"drink"},
	"energy":       {"drink", "soda"},
	"icedtea":      {"drink", "tea"},
	"water":        {"drink"},
	"bar":          {"chocolate"},
	"curdbar":      {"curd", "cheese"},
	"cookie":       {"cake"},
	"drink":        {"juicedrink", "soda"},
	"dragee":       {"candy", "gum", "lollipop"},
	"caramel":      {"candy", "lollipop"},
	"lollipop":     {"candy", "caramel", "dragee"},
	"jellies":      {"candy"},
	"toffee":       {"candy"},
	"snack":        {"chips"},
	"rusks":        {"snack", "bread"},
	"muffin":       {"cake"},
	"roll":         {"cake"},
	"buckwheat":    {"grits"},
	"rice":         {"grits"},
	"millet":       {"grits"},
	"flakes":       {"porridge", "grits"},
	"breakfast":    {"flakes"},
	"muesli":       {"breakfast", "flakes"},
	"varenets":     {"ryazhenka"},
	"airan":        {"drink", "fermented"},
	"tan":          {"drink", "fermented"},
	"fermented":    {"drink", "yoghurt"},
	"frankfurters": {"sausage"},
	"wieners":      {"sausage"},
	"ham":          {"sausage"},
	"herring":      {"fish"}, "sprats": {"fish"}, "tuna": {"fish"}, "salmon": {"fish"}, "saury": {"fish"},
	"blackolives": {"olives"},
	"chebureki":   {"dumplings"},
	"mustard":     {"sauce"},
	"adjika":      {"sauce"},
	"bun":         {"bread"},
	"jelly":       {"dessert"},
	"treat":       {"petfood"},
	"cocoa":       {"drink"},
	"coffee":      {"drink"},
	"beer":        {"drink"},
	"kvass":       {"drink"},
	"stew":        {"meat"},
	"pasta":       {"noodles"},
	"noodles":     {"pasta"},

	"diapers":    {"pads"},
	"toothpaste": {"paste"},
	"shampoo":    {"remedy"},
	"gel":        {"remedy"},
	"detergent":  {"remedy"},
	"softener":   {"balm", "remedy"},
	"stains":     {"remedy", "detergent"},
	"skincream":  {"remedy"},
	"yoghurt":    {"fermented"},
	"kefir":      {"fermented"},
}

// related are words that stand beside a kind without naming it: milk shakes.
var related = map[string][]string{
	"cocktail":  {"milk", "drink"},
	"gum":       {"candy", "dragee", "lollipop"},
	"candy":     {"gum", "caramel", "dragee", "jellies", "set"},
	"jellies":   {"gum"},
	"dragee":    {"gum"},
	"lollipop":  {"gum"},
	"toffee":    {"gum"},
	"flakes":    {"breakfast"},
	"breakfast": {"flakes", "porridge"},
	"yoghurt":   {"milk", "dessert"},
	"sauce":     {"ketchup"},

	"chocolate": {"milk", "wafer", "cocoa"},
	"bar":       {"milk", "wafer"},
	"icecream":  {"wafer"},
	"crab":      {"sticks"},
	"sticks":    {"crab"},
	"napkin":    {"paper"},
	"towel":     {"paper"},
	"hankie":    {"paper"},
	"soap":      {"paper", "skincream"},
	"gel":       {"skincream"},
	"skincream": {"gel"},
	"porridge":  {"flakes", "buckwheat", "rice", "grits"},
	"rusks":     {"bread"},
	"seeds":     {"nuts"},
	"pasta":     {"flour"},
	"snack":     {"corn"},
	"noodles":   {"soup"},
	"curd":      {"dessert", "cream"},
	"milk":      {"drink"},
}

// tastes are kinds that are also tastes of others: crisps with cheese.
var tastes = []string{
	"cheese", "sourcream", "chocolate", "cookie", "coffee", "tea", "milk", "cream", "curd", "condensed",
	"juice", "ketchup", "candy", "corn", "cocoa", "jam", "icedtea", "porridge", "vegetables", "sausage", "olives", "meat", "bread", "cake", "yoghurt", "butter", "cocktail", "wafer", "jam", "preserves", "marmalade", "fish", "crab", "icecream", "porridge", "snack", "pizza", "soda", "dessert", "egg", "rice", "puree",
	"jelly", "nuts", "caramel", "jellies", "marshmallow", "toffee", "halva", "muffin", "cracker", "straws", "seeds", "popcorn", "ham", "frankfurters", "pate", "kebab", "tuna", "salmon", "herring",
	"cucumbers", "tomatoes", "mushrooms", "caviar", "medley", "marrow", "cabbage", "flakes", "muesli", "buckwheat", "mustard", "adjika", "varenets", "ryazhenka", "condensed", "blackolives", "beans", "pea", "burger", "pie", "croissant", "gingerbread", "lollipop", "dragee", "salt", "sugar", "treat",
}

// plainKinds are kinds that tills often leave out, because the brand says them.
var plainKinds = []string{"soda", "energy", "water", "icedtea", "chips", "gum", "bar", "tea", "coffee", "cookie", "candy", "dragee", "caramel", "lollipop", "kvass", "beer"}

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
func (a *article) selfEvident() bool {
	return a.is(plainKinds...) || slices.Equal(a.kinds, []string{"drink"}) || a.is("remedy") && a.varies()
}

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
		return m.value == "salt" && a.made("salt") || a.beside(m.value) && (kindNamed || a.selfEvident() || a.is("cocktail", "yoghurt")) || a.varies() && kindNamed && a.scented(m.value) || a.varies() && slices.Contains(tastes, m.value) && (kindNamed || a.is("chips", "gum", "bar"))
	case flavourGroup:
		return a.varies() || a.made(m.value)
	case oilGroup, refiningGroup, animalGroup, feedGroup, soapGroup, nozzleGroup, cookGroup, brewGroup:
		return !a.has(m.group)
	case substituteGroup:
		return !a.is("sourcream", "cheese", "milk", "butter", "icecream")
	case grindGroup:
		return m.value == "soluble" && !a.has(m.group)
	case shapeGroup:
		return a.varies() && !a.has(m.group)
	case cacaoGroup:
		return a.varies() || m.value == "milky" && !a.has(m.group)
	case cheeseSort, useGroup, tintGroup:
		return a.varies() && !a.has(m.group)
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
	case "salt":
		return a.is("juice")
	case "chicken":
		return a.is("egg")
	case "bergamot":
		return slices.ContainsFunc(a.words, func(w titleWord) bool { return slices.Contains(w.spellings, "ЕРЛ") })
	}
	return false
}

// opposes reports a word that says another tea, heat treatment or grade than
// the title does, whatever else the word may mean.
func (a *article) opposes(found []meaning) bool {
	return slices.ContainsFunc(found, func(m meaning) bool {
		return slices.Contains(opposite, m.group) && a.has(m.group)
	})
}

// opposite are groups of which a product has one meaning only.
var opposite = []string{teaGroup, heatGroup, gradeGroup, oilGroup, refiningGroup, cacaoGroup, cheeseSort, animalGroup, feedGroup, soapGroup, nozzleGroup, useGroup, tintGroup, cookGroup, brewGroup, grindGroup, shapeGroup}

// scented reports a food that is a smell of household goods, or what is in the
// food of animals.
func (a *article) scented(kind string) bool {
	return a.is("petfood", "treat") || a.is(houseGoods...) && !slices.Contains(houseGoods, kind)
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
		return m.value == "soluble" || m.value == "drink" || m.value == "leaf" && a.is("tea") && a.size.count == 0 || a.varies() && m.value != "leaf" || !a.is("tea", "coffee", "yoghurt", "cheese")
	case teaGroup:
		return a.varies() || m.value == "black" && a.is("icedtea")
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

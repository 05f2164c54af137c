package assortment

import (
	"slices"
	"strings"
)

// meaning is what a word of a till name says: kind nectar, flavour peach. A
// cut word may have several.
type meaning struct {
	group string
	value string
}

// Groups of meanings. Kinds are compared by kinship, the others by value.
const (
	kindGroup     = "kind"
	flavourGroup  = "flavour"
	sugarGroup    = "sugar"
	classicGroup  = "classic"
	gasGroup      = "gas"
	materialGroup = "material"
	heatGroup     = "heat"
	sortGroup     = "sort"
	formGroup     = "form"
	teaGroup      = "tea"
	colourGroup   = "colour"
	gradeGroup    = "grade"
	scopeGroup    = "scope"
	aromaGroup    = "aroma" // flavoured, with whatever
	neutralGroup  = "neutral"

	oilGroup        = "oil"
	refiningGroup   = "refining"
	cacaoGroup      = "cacao"
	cheeseSort      = "cheesesort"
	animalGroup     = "animal"
	feedGroup       = "feed"
	soapGroup       = "soap"
	nozzleGroup     = "nozzle"
	useGroup        = "use"
	tintGroup       = "tint"
	cookGroup       = "cook"
	brewGroup       = "brew"
	grindGroup      = "grind"
	shapeGroup      = "shape"
	substituteGroup = "substitute"
)

// belongs limits a group to the kinds of which it says something: СЛИВ is the
// sort of a butter, and a taste of all others.
var belongs = map[string][]string{
	oilGroup: {"butter"}, refiningGroup: {"butter", "sugar"},
	cacaoGroup: {"chocolate", "bar", "candy", "icecream", "wafer"}, cheeseSort: {"cheese"},
	animalGroup: {"petfood", "litter", "treat"}, feedGroup: {"petfood"},
	soapGroup: {"soap"}, nozzleGroup: {"deodorant"}, tintGroup: {"detergent", "stains", "softener", "gel"},
	useGroup: houseGoods, cookGroup: {"sausage", "frankfurters", "wieners", "ham", "meat", "cheese", "fish"},
	brewGroup: {"beer"}, grindGroup: {"coffee"}, shapeGroup: {"pasta"},
}

// houseGoods are the kinds that nobody eats.
var houseGoods = kindNames(houseKinds)

func kindNames(list string) (names []string) {
	for _, line := range strings.Split(strings.TrimSpace(list), "\n") {
		name, _, _ := strings.Cut(strings.TrimSpace(line), ":")
		names = append(names, name)
	}
	return names
}

// lexicon maps words and their usual beginnings to their meanings.
var lexicon = buildLexicon()

// endings are those that Russian adjectives and nouns change into.
var endings = strings.Fields("А Я Ы И Е У Ю О Й Ь ОЙ ЕЙ ИЙ ЫЙ АЯ ЯЯ ОЕ ЕЕ ЫЕ ИЕ УЮ ЮЮ ОМ ЕМ АМ ЯМ АХ ЯХ ОВ ЕВ ИМ ЫМ ИХ ЫХ ОГО ЕГО ОМУ ЕМУ АМИ ЯМИ ЫМИ ИМИ ЬЮ")

// buildLexicon reads the dictionaries. An entry "НЕК|ТАР" is the word НЕКТАР,
// its inflections and its beginnings from НЕК on; an entry without a bar is not
// cut. One-letter and Latin entries are not inflected.
func buildLexicon() map[string][]meaning {
	out := map[string][]meaning{}
	for _, d := range []struct{ group, text string }{
		{kindGroup, kindWords}, {flavourGroup, flavourWords}, {"", varietyWords}, {neutralGroup, neutralWords},
	} {
		for _, line := range strings.FieldsFunc(d.text, func(r rune) bool { return r == '\n' }) {
			if strings.TrimSpace(line) == "" {
				continue
			}
			head, entries, _ := strings.Cut(strings.TrimSpace(line), ":")
			m := meaning{d.group, head}
			if group, value, ok := strings.Cut(head, " "); ok {
				m = meaning{group, value}
			}
			for _, entry := range strings.Fields(entries) {
				define(out, entry, m)
			}
		}
	}
	return out
}

func define(out map[string][]meaning, entry string, m meaning) {
	shortest, rest, cuttable := strings.Cut(entry, "|")
	full := []rune(shortest + rest)
	note(out, string(full), m)
	if cuttable {
		for n := runes(shortest); n < len(full); n++ {
			note(out, string(full[:n]), m)
		}
	}
	if latin(full[0]) || len(full) < 4 {
		return
	}
	stem := strings.TrimRight(string(full), "АЯЫИЕУЮОЙЬ")
	for _, ending := range endings {
		note(out, stem+ending, m)
	}
}

// meanings returns what a word may mean; nil for a word nobody taught us. A
// word joined by a slash is looked up as a whole, then by its parts.
func meanings(word string) []meaning {
	if found := lexicon[word]; found != nil {
		return found
	}
	if strings.HasPrefix(word, "Б/") || strings.HasPrefix(word, "Н/") { // without it
		return nil
	}
	var out []meaning
	for _, part := range strings.Split(word, "/") {
		found := lexicon[part]
		if found == nil && runes(part) > 1 {
			return nil
		}
		out = append(out, found...)
	}
	return out
}

func means(word, group string) bool {
	return slices.ContainsFunc(lexicon[word], func(m meaning) bool { return m.group == group })
}

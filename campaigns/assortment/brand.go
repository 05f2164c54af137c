package assortment

import (
	"slices"
	"strings"
)

// Strengths of a brand found in a name, the weakest first.
const (
	unnamed     = iota
	initialled  // СЗ for Село Зелёное: a kind has to stand beside it
	abbreviated // САРАФ., АКВА МИНЕР
	spelled     // the whole brand in either script
)

// brandIndex finds brands in names. A brand is a number of words, each with its
// spellings.
type brandIndex struct {
	brands  []brand
	full    map[string][]place // a spelling → where it stands in a brand
	partial map[string][]place // the same for the beginnings of spellings
	short   map[string][]int   // initials and other one-word short forms
	whole   map[string][]int   // one word for the whole brand
}

type brand struct {
	name  string
	words []string
}

type place struct{ brand, word int }

// sighting is a brand found in words[from:to] of a name.
type sighting struct {
	brand, from, to, strength int
	text                      string
}

// wellKnown are names that cannot be computed from the brand.
var wellKnown = map[string]string{
	"COCA COLA": "КК COKE", "PEPSI": "PEPSICOLA ПЕПСИКОЛА", "AHMAD": "АХМАТ", "DOVE": "ДАВ", "PERRIER": "ПЕРЬЕ",
	"ПРОСТОКВАШИНО": "ПРКВ ПР/КВ", "ВКУСНОТЕЕВО": "ВКТ", "M M S": "ЭМЭНДЭМС", "L OREAL": "ЛОРЕАЛЬ",
}

func indexBrands(articles []article) *brandIndex {
	x := &brandIndex{full: map[string][]place{}, partial: map[string][]place{}, short: map[string][]int{}, whole: map[string][]int{}}
	for i := range articles {
		a := &articles[i]
		key := strings.Join(a.brandWords, " ")
		a.brand = slices.IndexFunc(x.brands, func(b brand) bool { return b.name == key })
		if a.brand < 0 {
			a.brand = len(x.brands)
			x.brands = append(x.brands, brand{key, a.brandWords})
			x.learn(a.brand)
		}
		for _, alias := range a.shortNames {
			note(x.short, alias, a.brand)
		}
	}
	return x
}

// learn derives the spellings of one brand.
func (x *brandIndex) learn(b int) {
	name, words := x.brands[b].name, x.brands[b].words
	glued := []string{""}
	initials, spoken := "", ""
	for i, w := range words {
		all := spellings(w)
		for _, s := range all {
			note(x.full, s, place{b, i})
			for n := 1; n < runes(s); n++ {
				note(x.partial, string([]rune(s)[:n]), place{b, i})
			}
		}
		glued = concatenate(glued, all)
		initials += string([]rune(w)[0])
		spoken += string([]rune(rewrite(w)[0])[0])
	}
	for _, s := range glued {
		note(x.whole, squeeze(s), b)
	}
	for _, s := range strings.Fields(wellKnown[name]) {
		note(x.whole, squeeze(s), b)
	}
	if len(words) > 1 && !strings.ContainsAny(initials, "0123456789") {
		note(x.short, initials, b)
		note(x.short, spoken, b)
	}
}

func concatenate(heads, tails []string) []string {
	out := make([]string, 0, min(len(heads)*len(tails), maxSpellings))
	for _, h := range heads {
		for _, t := range tails {
			if len(out) < maxSpellings {
				out = append(out, h+t)
			}
		}
	}
	return out
}

func note[V comparable](in map[string][]V, key string, v V) {
	if !slices.Contains(in[key], v) {
		in[key] = append(in[key], v)
	}
}

// find returns the strongest sighting of every brand in the words of a name.
func (x *brandIndex) find(words []token, cut bool) []sighting {
	best := map[int]sighting{}
	keep := func(s sighting) {
		if old, ok := best[s.brand]; !ok || s.strength > old.strength {
			best[s.brand] = s
		}
	}
	for i, t := range words {
		key := squeeze(t.text)
		for _, b := range x.short[t.text] {
			keep(sighting{b, i, i + 1, initialled, t.text})
		}
		for _, b := range x.whole[key] {
			keep(sighting{b, i, i + 1, spelled, t.text})
		}
		for b := range x.starting(key) {
			if s, ok := x.follow(b, words, i, cut); ok {
				keep(s)
			}
		}
	}
	return strongest(best)
}

// starting returns the brands whose first word begins with key.
func (x *brandIndex) starting(key string) map[int]bool {
	out := map[int]bool{}
	for _, in := range []map[string][]place{x.full, x.partial} {
		for _, p := range in[key] {
			if p.word == 0 {
				out[p.brand] = true
			}
		}
	}
	return out
}

// strongest drops brands that are less surely there than another one.
func strongest(best map[int]sighting) []sighting {
	var out []sighting
	for _, s := range best {
		switch {
		case len(out) == 0 || s.strength == out[0].strength:
			out = append(out, s)
		case s.strength > out[0].strength:
			out = []sighting{s}
		}
	}
	slices.SortFunc(out, func(a, b sighting) int { return a.brand - b.brand })
	return out
}

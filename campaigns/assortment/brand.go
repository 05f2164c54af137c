package assortment

import (
	"slices"
	"strings"
)

// Strengths of a brand found in a name, the weakest first.
const (
	unnamed     = iota
	misspelt    // ПРОСТАКВАШИНО: one slip of the pen in a long word
	initialled  // СЗ for Село Зелёное: a kind has to stand beside it
	abbreviated // САРАФ., АКВА МИНЕР
	spelled     // the whole brand in either script
)

// brandIndex finds brands in names. A brand has forms: its own name and its
// aliases, each a number of words with their spellings.
type brandIndex struct {
	brands []brand
	forms  []form
	starts map[string][]int // the first keyLength letters of a form, or fewer → forms
	tiny   map[string][]int // first words that are shorter than that → forms
	near   map[string][]int // first words with one letter left out → forms
	short  map[string][]int // initials and other one-word short forms → brands
	known  map[string]bool  // words of brands that the built-in table names
	memory map[string][]string
}

// brand is a name with the articles that bear it.
type brand struct {
	name     string
	words    []string
	glued    bool // written without a space: FruitLand
	articles []int
	sizes    []sameSize
}

// sameSize are the articles of a brand that come in one size: it is compared
// once for all of them.
type sameSize struct {
	volume   string
	pieces   float64
	articles []int
}

// form is one way of naming a brand.
type form struct {
	brand int
	words []wordForm
	brief bool // so short that a kind has to stand beside it: КК
}

// wordForm is one word of a form in all its spellings, squeezed and sorted.
type wordForm struct {
	spellings []string
	usual     []string // those that a slip of the pen is looked for in
}

// keyLength is how many letters a form is filed under.
const keyLength = 4

// sighting is a brand found in words[from:to] of a name.
type sighting struct {
	brand, from, to, strength int
	brief                     bool
	text                      string
}

// indexBrands derives the spellings of the articles' brands and takes in the
// aliases of managers, then those of the built-in table.
func indexBrands(articles []article, own []BrandAlias) (*brandIndex, error) {
	x := &brandIndex{
		starts: map[string][]int{}, tiny: map[string][]int{}, near: map[string][]int{}, short: map[string][]int{},
		known: builtIn.words, memory: map[string][]string{},
	}
	byName := map[string]int{}
	for i := range articles {
		a := &articles[i]
		key := strings.Join(a.brandWords, " ")
		b, there := byName[key]
		if !there {
			b = len(x.brands)
			byName[key] = b
			x.brands = append(x.brands, brand{name: key, words: a.brandWords, glued: !strings.ContainsAny(strings.TrimSpace(a.Brand), " -&.'0123456789")})
			x.learn(b)
		}
		a.brand = b
		x.brands[b].add(a, i)
		for _, alias := range a.shortNames {
			note(x.short, alias, b)
		}
	}
	if err := x.adopt(own, byName); err != nil {
		return nil, err
	}
	x.memory = nil
	return x, nil
}

func (b *brand) add(a *article, i int) {
	b.articles = append(b.articles, i)
	n := slices.IndexFunc(b.sizes, func(s sameSize) bool { return s.volume == a.Volume && s.pieces == a.pieces })
	if n < 0 {
		n = len(b.sizes)
		b.sizes = append(b.sizes, sameSize{volume: a.Volume, pieces: a.pieces})
	}
	b.sizes[n].articles = append(b.sizes[n].articles, i)
}

// learn derives the spellings of one brand.
func (x *brandIndex) learn(b int) {
	words := x.brands[b].words
	f := form{brand: b}
	initials, spoken := "", ""
	for _, w := range words {
		f.words = append(f.words, wordForm{withNumeral(w, x.spellings(w)), usual(w)})
		initials += string([]rune(w)[0])
		spoken += string([]rune(rewrite(w)[0])[0])
	}
	x.file(f)
	x.fileShorter(b)
	if len(words) > 1 && !strings.ContainsAny(initials, "0123456789") {
		note(x.short, initials, b)
		note(x.short, spoken, b)
	}
}

// fileShorter files what else people call a brand of several words: without the
// word for its kind (Бабкины семечки), and as one word, if a change of letters
// alone parts it (ФрутоНяня).
func (x *brandIndex) fileShorter(b int) {
	words := x.brands[b].words
	if len(words) != 2 {
		return
	}
	for i, w := range words {
		if other := words[1-i]; means(w, kindGroup) && runes(other) >= minAlone-1 && len(meanings(other)) == 0 {
			x.file(form{brand: b, words: []wordForm{{x.spellings(other), nil}}})
		}
	}
	if x.brands[b].glued {
		both := words[0] + words[1]
		x.file(form{brand: b, words: []wordForm{{x.spellings(both), usual(both)}}})
	}
}

// numerals are spoken and written in brands: Три Корочки, 3 КОРОЧКИ.
var numerals = map[string]string{
	"ОДИН": "1", "ДВА": "2", "ТРИ": "3", "ЧЕТЫРЕ": "4", "ПЯТЬ": "5", "ШЕСТЬ": "6", "СЕМЬ": "7", "ВОСЕМЬ": "8", "ДЕВЯТЬ": "9",
	"1": "ОДИН", "2": "ДВА", "3": "ТРИ", "4": "ЧЕТЫРЕ", "5": "ПЯТЬ", "6": "ШЕСТЬ", "7": "СЕМЬ", "8": "ВОСЕМЬ", "9": "ДЕВЯТЬ",
}

func withNumeral(word string, spellings []string) []string {
	other, ok := numerals[word]
	if !ok {
		return spellings
	}
	return slices.Sorted(slices.Values(append(slices.Clone(spellings), squeeze(other))))
}

// spellings remembers those of a word: brands share many.
func (x *brandIndex) spellings(word string) []string {
	found, known := x.memory[word]
	if !known {
		found = spellings(word)
		x.memory[word] = found
	}
	return found
}

// file puts a form where find looks for it.
func (x *brandIndex) file(f form) {
	n := len(x.forms)
	x.forms = append(x.forms, f)
	for _, s := range f.words[0].spellings {
		letters := []rune(s)
		if len(letters) < keyLength {
			note(x.tiny, s, n)
			x.fileGlued(f, letters, n)
		}
		for i := 1; i <= min(keyLength, len(letters)); i++ {
			if i > 2 || len(f.words) > 1 { // fewer letters stand for a word of several only
				noteLast(x.starts, string(letters[:i]), n)
			}
		}
	}
	for _, s := range f.words[0].usual {
		if slippery(s, len(f.words)) {
			for _, key := range shortened(s) {
				noteLast(x.near, key, n)
			}
		}
	}
}

// fileGlued files a form whose first word is too short for a key of its own
// under that word with the beginning of the next: REDB.
func (x *brandIndex) fileGlued(f form, letters []rune, n int) {
	if len(f.words) < 2 {
		return
	}
	for _, next := range f.words[1].spellings {
		both := append(slices.Clone(letters), []rune(next)...)
		noteLast(x.starts, string(both[:min(keyLength, len(both))]), n)
	}
}

// noteLast is note for values that come in ascending order.
func noteLast(in map[string][]int, key string, n int) {
	if list := in[key]; len(list) == 0 || list[len(list)-1] != n {
		in[key] = append(list, n)
	}
}

func note[V comparable](in map[string][]V, key string, v V) {
	if !slices.Contains(in[key], v) {
		in[key] = append(in[key], v)
	}
}

package assortment

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Lengths, in letters, from which a beginning stands for a word of a brand.
const (
	minDotted   = 3 // AHM.
	minUndotted = 5 // САРАФ
	minNext     = 3 // the later words of a brand that has begun: АКВА МИН
	minAlone    = 8 // the first word of several, without the others: АДРЕНАЛИН
)

// follow reads the words of a form from words[i] on.
func (x *brandIndex) follow(n int, words []token, i int, cut bool) (sighting, bool) {
	f := &x.forms[n]
	s := sighting{brand: f.brand, from: i, to: i, strength: spelled, brief: f.brief}
	for w := 0; w < len(f.words); w++ {
		if s.to >= len(words) {
			return f.unfinished(s, words, w)
		}
		t := words[s.to]
		key := squeeze(t.text)
		switch {
		case f.words[w].is(key):
		case f.glued(w, key):
			w = len(f.words)
		case enough(t, w, len(f.words), cut && t.last) && f.words[w].begins(key):
			s.strength = min(s.strength, abbreviated)
		case w > 0 && s.strength == spelled && f.words[w].slip(key, len(f.words)):
			s.strength = misspelt
		default:
			return f.unfinished(s, words, w)
		}
		s.to++
	}
	s.text = joinWords(words[s.from:s.to])
	if s.strength == abbreviated && !slices.ContainsFunc(words[s.from:s.to], func(t token) bool { return runes(t.text) > 1 }) {
		s.strength = initialled // Д.В.Д.
	}
	return s, s.strength > initialled || len(f.words) > 2 || s.strength == misspelt
}

// is reports one of the spellings.
func (w wordForm) is(key string) bool {
	_, found := slices.BinarySearch(w.spellings, key)
	return found
}

// begins reports the beginning of a spelling.
func (w wordForm) begins(key string) bool {
	i, found := slices.BinarySearch(w.spellings, key)
	return found || i < len(w.spellings) && strings.HasPrefix(w.spellings[i], key)
}

// glued reports that key is all words of the form from word w on, written as
// one.
func (f *form) glued(w int, key string) bool {
	if w == len(f.words)-1 {
		return f.words[w].is(key)
	}
	for i := range key {
		if i == 0 || !f.words[w].is(key[:i]) {
			continue
		}
		_, width := utf8.DecodeLastRuneInString(key[:i])
		if f.glued(w+1, key[i:]) || f.glued(w+1, key[i-width:]) { // the letter at the seam may be doubled
			return true
		}
	}
	return false
}

// enough reports that a beginning is long enough for word n of a brand of size
// words; the last word of a cut name may be any beginning of three letters.
func enough(t token, n, size int, end bool) bool {
	long := runes(t.text)
	switch {
	case n > 0:
		return t.dotted && (long >= 2 || size > 2) || long >= minNext || end
	case size > 1:
		return t.dotted || long >= minNext
	case t.dotted || end:
		return long >= minDotted
	}
	return long >= minUndotted
}

// unfinished takes a brand of which only the first n words are there: a long
// first word that was written out is enough.
func (f *form) unfinished(s sighting, words []token, n int) (sighting, bool) {
	if n == 0 || s.strength != spelled || runes(words[s.from].text) < minAlone {
		return s, false
	}
	s.strength = abbreviated
	s.text = joinWords(words[s.from:s.to])
	return s, true
}

func joinWords(words []token) string {
	text := ""
	for i, t := range words {
		if i > 0 {
			text += " "
		}
		text += t.text
	}
	return text
}

// bears reports a form of one word of the brand.
func (x *brandIndex) bears(b int, key string) bool {
	letters := []rune(key)
	list := x.tiny[key]
	if len(letters) >= keyLength {
		list = x.starts[string(letters[:keyLength])]
	}
	return slices.ContainsFunc(list, func(n int) bool {
		f := &x.forms[n]
		return f.brand == b && len(f.words) == 1 && f.words[0].is(key)
	})
}

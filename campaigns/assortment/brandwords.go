package assortment

import "slices"

// Lengths, in letters, from which a beginning stands for a word of a brand.
const (
	minDotted   = 3 // AHM.
	minUndotted = 5 // САРАФ
	minNext     = 3 // the later words of a brand that has begun: АКВА МИН
	minAlone    = 8 // the first word of several, without the others: АДРЕНАЛИН
)

// follow reads the words of brand b from words[i] on.
func (x *brandIndex) follow(b int, words []token, i int, cut bool) (sighting, bool) {
	s := sighting{brand: b, from: i, to: i, strength: spelled}
	size := len(x.brands[b].words)
	for n := range size {
		if s.to >= len(words) {
			return x.unfinished(s, words, n)
		}
		t := words[s.to]
		switch {
		case x.has(x.full, t, place{b, n}):
		case x.has(x.partial, t, place{b, n}) && x.enough(t, n, size, cut && t.last):
			s.strength = abbreviated
		default:
			return x.unfinished(s, words, n)
		}
		s.to++
	}
	s.text = joinWords(words[s.from:s.to])
	return s, true
}

func (x *brandIndex) has(in map[string][]place, t token, p place) bool {
	return slices.Contains(in[squeeze(t.text)], p)
}

// enough reports that a beginning is long enough for word n of a brand of size
// words; the last word of a cut name may be any beginning of three letters.
func (x *brandIndex) enough(t token, n, size int, end bool) bool {
	long := runes(t.text)
	switch {
	case n > 0:
		return t.dotted && long >= 2 || long >= minNext || end
	case size > 1:
		return t.dotted || long >= minNext
	case t.dotted || end:
		return long >= minDotted
	}
	return long >= minUndotted
}

// unfinished takes a brand of which only the first n words are there: a long
// first word that was written out is enough.
func (x *brandIndex) unfinished(s sighting, words []token, n int) (sighting, bool) {
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

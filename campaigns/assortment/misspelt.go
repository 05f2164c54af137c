package assortment

import "slices"

// Lengths, in letters, from which a word with one slip of the pen is still told:
// shorter ones are too near to other words.
const (
	minSlip     = 7 // a brand of one word
	minSlipNext = 6 // a word of several

	longestSlip = 30 // beyond any brand
)

func slippery(word string, size int) bool {
	if size > 1 {
		return runes(word) >= minSlipNext
	}
	return runes(word) >= minSlip
}

// misspelt looks for brands with one slip of the pen in one word. A word that
// the dictionaries or the table of brands know is none.
func (x *brandIndex) misspelt(words []token) []sighting {
	var found []sighting
	for i, t := range words {
		key := squeeze(t.text)
		if t.number || t.dotted || !slippery(key, 2) || runes(key) > longestSlip || len(meanings(t.text)) > 0 || x.known[key] {
			continue
		}
		for _, less := range shortened(key) {
			for _, n := range x.near[less] {
				if s, ok := x.amend(n, words, i, key); ok {
					found = append(found, s)
				}
			}
		}
	}
	return found
}

// amend reads a form whose first word has the slip; the others must be right.
func (x *brandIndex) amend(n int, words []token, i int, key string) (sighting, bool) {
	f := &x.forms[n]
	if i+len(f.words) > len(words) || !f.words[0].slip(key, len(f.words)) {
		return sighting{}, false
	}
	for w := 1; w < len(f.words); w++ {
		if !f.words[w].is(squeeze(words[i+w].text)) {
			return sighting{}, false
		}
	}
	to := i + len(f.words)
	return sighting{brand: f.brand, from: i, to: to, strength: misspelt, text: joinWords(words[i:to])}, true
}

// slip reports one letter too many, too few or another, or two that changed
// places, in a usual spelling. Another ending is not a slip but another word.
func (w wordForm) slip(key string, size int) bool {
	return slippery(key, 2) && slices.ContainsFunc(w.usual, func(s string) bool {
		return slippery(s, size) && oneSlip([]rune(s), []rune(key))
	})
}

func oneSlip(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if i >= len(b)-1 || i == 0 { // the ending, or the first letter
		return false
	}
	if len(a) < len(b) {
		return slices.Equal(a[i:], b[i+1:])
	}
	swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
	return swapped || slices.Equal(a[i+1:], b[i+1:])
}

// shortened returns the word and the word without each of its letters: two words
// that are one slip apart share one of them.
func shortened(word string) []string {
	letters := []rune(word)
	out := []string{word}
	for i := range letters {
		less := string(letters[:i]) + string(letters[i+1:])
		if out[len(out)-1] != less {
			out = append(out, less)
		}
	}
	return out
}

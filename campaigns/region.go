package campaigns

import (
	"strings"
	"unicode"
)

// Region is the code of the Russian region that a text names: by its two-digit
// code, its name, or an address in it. "" if it names none.
//
// A name goes before a postcode: at a border the post of the neighbour may
// serve. A town alone tells its region if it is the region's capital.
func Region(text string) string {
	if regions.codes[text] {
		return text
	}
	words := placeWords(text)
	if code := firstNamed(words, regions.names); code != "" {
		return code
	}
	for _, word := range words {
		if code := regionOfPost(word); code != "" {
			return code
		}
	}
	return firstNamed(words, regions.capitals)
}

// placeWords leaves the words of a text in small letters.
func placeWords(text string) []string {
	text = strings.ReplaceAll(strings.ToLower(text), "ё", "е")
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// mostPlaceWords is how many words a region's name has at most.
const mostPlaceWords = 4

// firstNamed is the region that is named first in the words: an address begins
// with the largest thing, and streets bear the names of regions too.
func firstNamed(words []string, names map[string]string) string {
	for i := range words {
		for n := min(mostPlaceWords, len(words)-i); n > 1; n-- {
			if code, named := names[strings.Join(words[i:i+n], " ")]; named {
				return code
			}
		}
	}
	return ""
}

// regionOfPost finds the region of a postcode: its first three digits tell.
func regionOfPost(word string) string {
	if len(word) != 6 || strings.Trim(word, "0123456789") != "" {
		return ""
	}
	return regions.posts[word[:3]]
}

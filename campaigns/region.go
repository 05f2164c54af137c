package campaigns

import (
	"regexp"
	"strings"
)

// Region is the code of the Russian region that a text names: by its two-digit
// code, its name, or an address in it. "" if it names none.
//
// A name goes before a postcode: at a border the post of the neighbour may
// serve. A town alone tells its region if it is the region's capital.
func Region(text string) string {
	if regionCodes[text] {
		return text
	}
	folded := foldPlace(text)
	if code := firstNamed(folded, func(r region) []string { return r.names }); code != "" {
		return code
	}
	if post := postcode.FindStringSubmatch(folded); post != nil {
		return regionOfPost(post[1][:3])
	}
	return firstNamed(folded, func(r region) []string { return r.capital })
}

var (
	postcode = regexp.MustCompile(`(?:^|\s)(\d{6})(?:\s|$)`)
	notPlace = regexp.MustCompile(`[^\p{L}\d]+`)
)

// foldPlace leaves words of small letters, parted and surrounded by one space.
func foldPlace(text string) string {
	text = strings.ReplaceAll(strings.ToLower(text), "ё", "е")
	return " " + strings.TrimSpace(notPlace.ReplaceAllString(text, " ")) + " "
}

// firstNamed is the region that is named first in the text: an address begins with
// the largest thing, and streets bear the names of regions too.
func firstNamed(folded string, ways func(region) []string) (code string) {
	place := len(folded)
	for _, r := range regions {
		for _, way := range ways(r) {
			if at := strings.Index(folded, way); at >= 0 && at < place {
				code, place = r.code, at
			}
		}
	}
	return code
}

// regionOfPost finds the region by the first three digits of a postcode.
func regionOfPost(digits string) string {
	for _, r := range regions {
		for span := range strings.SplitSeq(r.posts, ",") {
			from, until, ranged := strings.Cut(span, "-")
			if digits == from || ranged && digits >= from && digits <= until {
				return r.code
			}
		}
	}
	return ""
}

package participants

import (
	_ "embed" // the table of given names
	"slices"
	"strings"
)

// given.txt has a given name a line, then its short forms and its forms in other
// languages. Forms of several names stand on several lines.
//
//go:embed given.txt
var givenText string

// given are the given names that a folded word may stand for. It never changes.
var given = readGiven(givenText)

func readGiven(text string) map[string][]string {
	of := map[string][]string{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		for i := range words {
			form, name := fold(words[i]), fold(words[0])
			if !slices.Contains(of[form], name) {
				of[form] = append(of[form], name)
			}
		}
	}
	return of
}

package assortment

import (
	"strconv"
	"strings"
)

// token is a word, a number ("0.5"), a percent sign or the sign of
// multiplication ("Х") of a till name.
type token struct {
	text   string
	value  float64 // of a number
	number bool
	dotted bool // the till itself says that the word is cut: САРАФ.
	glued  bool // stands right after the token before it
	dash   bool // stands right after a hyphen
	last   bool // nothing stands behind it
}

const times = "Х"

// scan splits a name into tokens and drops codes and marks in front.
func scan(name string) []token {
	tokens := withoutMarks(tokenize(clean(name)))
	for i := range tokens {
		if tokens[i].text == "X" && multiplies(tokens, i) {
			tokens[i].text = times
		}
	}
	if n := len(tokens); n > 0 {
		tokens[n-1].last = true
	}
	return withoutCodes(tokens)
}

// multiplies reports that a lone X stands behind a number, or between an amount
// and a number: "12X", "100 ПАК X 2".
func multiplies(tokens []token, i int) bool {
	if i == 0 || tokens[i-1].number {
		return i > 0
	}
	_, unit := units[tokens[i-1].text]
	return unit && i > 1 && tokens[i-2].number && i+1 < len(tokens) && tokens[i+1].number
}

func tokenize(s []rune) []token {
	var out []token
	for i := 0; i < len(s); {
		start := i
		var found []token
		switch r := s[i]; {
		case digit(r), fraction(s, i):
			found, i = number(s, i)
		case letter(r):
			found, i = word(s, i, i > 0 && digit(s[i-1]))
		case r == '%':
			found, i = []token{{text: "%"}}, i+1
		case r == '*' && betweenNumbers(s, i):
			found, i = []token{{text: times}}, i+1
		default:
			i++
			continue
		}
		found[0].glued = start > 0 && s[start-1] != ' '
		found[0].dash = start > 0 && s[start-1] == '-'
		out = append(out, found...)
	}
	return out
}

// fraction reports a number whose whole part the till has cut off: " ,5%".
func fraction(s []rune, i int) bool {
	return (s[i] == ',' || s[i] == '.') && i+1 < len(s) && digit(s[i+1]) && (i == 0 || s[i-1] == ' ')
}

func number(s []rune, i int) ([]token, int) {
	start := i
	for i < len(s) && digit(s[i]) {
		i++
	}
	if i+1 < len(s) && (s[i] == ',' || s[i] == '.') && digit(s[i+1]) {
		for i++; i < len(s) && digit(s[i]); {
			i++
		}
	}
	text := strings.ReplaceAll(string(s[start:i]), ",", ".")
	value, _ := strconv.ParseFloat(text, 64) // digits only; too many of them are a large number
	return []token{{text: text, value: value, number: true}}, i
}

func betweenNumbers(s []rune, i int) bool {
	before, after := i-1, i+1
	for before >= 0 && s[before] == ' ' {
		before--
	}
	for after < len(s) && s[after] == ' ' {
		after++
	}
	return before >= 0 && after < len(s) && (digit(s[before]) || letter(s[before])) && digit(s[after])
}

// word reads letters, and short ones joined by a slash as one word: "Ж/Б".
func word(s []rune, i int, afterNumber bool) ([]token, int) {
	start := i
	for i < len(s) && letter(s[i]) {
		i++
	}
	text := append([]rune(nil), s[start:i]...)
	if len(text) <= 2 {
		for next := joined(s, i, len(text)); next > i; next = joined(s, i, len(text)) {
			text = append(text, '/')
			for i = next; i < len(s) && letter(s[i]); i++ {
				text = append(text, s[i])
			}
		}
	}
	var out []token
	for _, part := range splitScripts(text) {
		fold(part)
		for _, w := range splitUnit(string(part), afterNumber) {
			out = append(out, token{text: w, glued: len(out) > 0})
		}
		afterNumber = false
	}
	out[len(out)-1].dotted = i < len(s) && s[i] == '.'
	return out, i
}

// joined returns where the letters after a slash at i start, or i if there is
// none. Spaces are allowed around a slash ("Ж / Б"), and a single letter may be
// joined by a hyphen ("Ж-Б").
func joined(s []rune, i, length int) int {
	at := i
	for at < len(s) && s[at] == ' ' {
		at++
	}
	if at >= len(s) || s[at] != '/' && (s[at] != '-' || length > 1 || at != i) {
		return i
	}
	next := at + 1
	for next < len(s) && s[next] == ' ' && at > i {
		next++
	}
	if next < len(s) && letter(s[next]) {
		return next
	}
	return i
}

package fns

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxTyped is more than a whole pasted receipt has.
const maxTyped = 16 << 10

// clean makes one kind of space, dash and letter case of a text, puts a line
// break where fields are parted, and writes digits for letters that look like
// them inside numbers.
func clean(text string) string {
	text = strings.ToValidUTF8(text[:min(len(text), maxTyped)], "")
	text = strings.NewReplacer("№", " ", "&amp;", "\n", "\r\n", "\n").Replace(text)
	text = phones.ReplaceAllString(strings.ToLower(norm.NFKC.String(text)), " ")
	runes := []rune(strings.Map(plainRune, text))
	for i, r := range runes {
		runes[i] = inContext(runes, i, r)
	}
	text = strings.ReplaceAll(string(runes), ", ", "\n")
	return fold(digitsForLetters(text))
}

// phones are numbers that shops print and that are none of ours.
var phones = regexp.MustCompile(`\+ ?\d[\d ()-]{9,14}\d|8[ -]?\(?[3489]\d\d\)[ -]?\d{3}[ -]?\d\d[ -]?\d\d`)

// plainRune drops what cannot be seen and makes one sign of many like ones.
func plainRune(r rune) rune {
	switch {
	case r == '\n', r == '\r', r == ';', r == '&', r == '\t', r == '|':
		return '\n'
	case strings.ContainsRune("‐‑‒–—―−", r):
		return '-'
	case strings.ContainsRune("‘’`´", r):
		return '\''
	case unicode.IsSpace(r), strings.ContainsRune("_*#()[]{}<>«»\"“”?!≡", r):
		return ' '
	case unicode.In(r, unicode.C):
		return -1
	}
	return r
}

// inContext reads the signs whose meaning depends on what stands around them:
// 1'240 and 1240=50.
func inContext(runes []rune, i int, r rune) rune {
	between := i > 0 && i+1 < len(runes) && isDigit(runes[i-1]) && isDigit(runes[i+1])
	switch {
	case r == '\'' && between:
		return '\''
	case r == '=' && between && i+2 < len(runes) && isDigit(runes[i+2]) && (i+3 == len(runes) || !isDigit(runes[i+3])):
		return '.'
	case r == '\'', r == '=':
		return ' '
	}
	return r
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// lookalikes are letters, in small case, that are typed or read for digits.
var lookalikes = map[rune]rune{'o': '0', 'о': '0', 'l': '1', 'i': '1', 'з': '3', 'б': '6', 'в': '8', 'b': '8'}

// digitsForLetters rewrites 2O26 as 2026. Only a stretch that has nothing but
// digits, their look-alikes and signs is rewritten, and only if it begins with
// a digit or at least half of it is digits.
func digitsForLetters(text string) string {
	runes := []rune(text)
	for i := 0; i < len(runes); {
		end, digits, letters := stretch(runes, i)
		if letters > 0 && (digits >= letters || digits > 0 && isDigit(runes[i])) {
			for j := i; j < end; j++ {
				if digit, like := lookalikes[runes[j]]; like {
					runes[j] = digit
				}
			}
		}
		i = max(end, i+1)
	}
	return string(runes)
}

// stretch measures what could be a number from i on. A letter behind a letter
// belongs to a word, and in front of a number i names a field and в means "at".
func stretch(runes []rune, i int) (end, digits, letters int) {
	if i > 0 && unicode.IsLetter(runes[i-1]) && !isDigit(runes[i]) || runes[i] == 'i' || runes[i] == 'в' {
		return i, 0, 0
	}
	for end = i; end < len(runes); end++ {
		r := runes[end]
		switch {
		case isDigit(r):
			digits++
		case lookalikes[r] != 0:
			letters++
		case strings.ContainsRune(".,:/-'", r):
		case unicode.IsLetter(r): // 14б7р is a number with its unit, итого a word
			if digits == 0 {
				return end, 0, 0
			}
			return end, digits, letters
		default:
			return end, digits, letters
		}
	}
	return end, digits, letters
}

// twins are Latin letters that look like Cyrillic ones.
var twins = strings.NewReplacer("a", "а", "b", "в", "c", "с", "e", "е", "ё", "е", "h", "н", "k", "к", "m", "м", "o", "о", "p", "р", "t", "т", "x", "х", "y", "у")

// fold makes Latin and Cyrillic letters that look the same the same, so that
// labels are known in whatever alphabet they were typed.
func fold(text string) string { return twins.Replace(text) }

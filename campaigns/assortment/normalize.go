package assortment

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Normalize writes a till name in the one form that aliases are kept under:
// upper case, look-alike letters folded to the script of their word, codes and
// marks in front removed, numbers and letters apart, decimal points. Doing it
// again changes nothing.
func Normalize(name string) string {
	tokens := scan(name)
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.text
	}
	return strings.Join(words, " ")
}

// signs are those whose compatibility form would look like letters.
var signs = strings.NewReplacer("№", " ", "™", " ", "®", " ", "©", " ",
	"[М]", " ", "[M]", " ", "[М+]", " ", "[M+]", " ", "[М-]", " ", "[M-]", " ",
	"'", "", "’", "", "`", "", "‘", "")

// clean brings a name to upper-case Latin and Cyrillic letters, ASCII digits and
// ASCII punctuation; a change from small to capital letters becomes a space
// ("ТропМикс"), as do all other characters.
func clean(name string) []rune {
	if strings.ContainsAny(name, "№™®©['’`‘") {
		name = signs.Replace(name)
	}
	in := []rune(norm.NFKC.String(name))
	out := make([]rune, 0, len(in)+8)
	for i, r := range in {
		if r >= 0x300 && (r < 'А' || r > 'я') && unicode.Is(unicode.Mn, r) {
			continue
		}
		if hump(in, i) {
			out = append(out, ' ')
		}
		out = append(out, plain(r))
	}
	return out
}

// hump reports that a new word starts at i without a space: "лСЛ", "МОЛпаст".
func hump(in []rune, i int) bool {
	if i == 0 || !unicode.IsLetter(in[i]) {
		return false
	}
	if unicode.IsLower(in[i-1]) && unicode.IsUpper(in[i]) {
		return true
	}
	return i >= 3 && i+2 < len(in) &&
		unicode.IsUpper(in[i-3]) && unicode.IsUpper(in[i-2]) && unicode.IsUpper(in[i-1]) &&
		unicode.IsLower(in[i]) && unicode.IsLower(in[i+1]) && unicode.IsLower(in[i+2])
}

func plain(r rune) rune {
	if r > 0x20 && r < 0x7f && r != '\\' { // most of what tills write
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}
	r = unicode.ToUpper(r)
	switch {
	case r >= 'А' && r <= 'Я':
		return r
	case r == 'Ё' || r == 'Ѐ':
		return 'Е'
	case r == '×' || r == '·':
		return '*'
	case r == '\\' || r == '⁄':
		return '/'
	case unicode.Is(unicode.Latin, r):
		r = []rune(norm.NFD.String(string(r)))[0]
	}
	if r > 0x20 && r < 0x7f || cyrillic(r) {
		return r
	}
	return ' '
}

func cyrillic(r rune) bool { return r >= 0x0400 && r <= 0x04ff && unicode.IsLetter(r) }
func latin(r rune) bool    { return r >= 'A' && r <= 'Z' }
func letter(r rune) bool   { return latin(r) || cyrillic(r) }
func digit(r rune) bool    { return r >= '0' && r <= '9' }

const (
	alikeLatin    = "ABCEHKMOPTXY"
	alikeCyrillic = "АВСЕНКМОРТХУ"
)

var toCyrillic, toLatin = alike()

// alike pairs the letters that look the same.
func alike() (toCyrillic, toLatin map[rune]rune) {
	toCyrillic, toLatin = map[rune]rune{}, map[rune]rune{}
	l, c := []rune(alikeLatin), []rune(alikeCyrillic)
	for i := range l {
		toCyrillic[l[i]], toLatin[c[i]] = c[i], l[i]
	}
	return toCyrillic, toLatin
}

// fold brings the look-alike letters of a word to one script: that of its
// letters without a double, else that of the majority, in doubt Cyrillic.
func fold(word []rune) {
	to := toLatin
	if leansCyrillic(word) {
		to = toCyrillic
	}
	for i, r := range word {
		if twin, ok := to[r]; ok {
			word[i] = twin
		}
	}
}

func leansCyrillic(word []rune) bool {
	sure, all := 0, 0
	for _, r := range word {
		switch {
		case latin(r) && toCyrillic[r] == 0:
			sure--
			all--
		case latin(r):
			all--
		case cyrillic(r) && toLatin[r] == 0:
			sure++
			all++
		case cyrillic(r):
			all++
		}
	}
	if sure != 0 {
		return sure > 0
	}
	return all >= 0
}

package participants

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold writes a word of a name by its sound, whatever alphabet and system of
// transliteration it is in: Щербакова, Shcherbakova and Ščerbakova are one.
// Capital letters stand for the sounds without a Latin letter of their own:
// Z is ж, C ц, Q ч, W ш and щ.
func fold(word string) string {
	word = strings.ToLower(norm.NFC.String(word))
	if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
		word = cyrillic.Replace(lookalikes.Replace(word))
	} else {
		word = latin.Replace(diacritics.Replace(word))
	}
	word = strings.Map(plainLetter, norm.NFD.String(word))
	return glides.Replace(single(softened(word)))
}

// plainLetter leaves the letters of the folded alphabet.
func plainLetter(r rune) rune {
	if r >= 'a' && r <= 'z' || strings.ContainsRune("ZCQW", r) {
		return r
	}
	if unicode.IsLetter(r) {
		return r // of another alphabet: kept as it is
	}
	return -1
}

// lookalikes are Latin letters that were typed among Cyrillic ones.
var lookalikes = strings.NewReplacer("a", "а", "b", "в", "c", "с", "e", "е", "h", "н", "i", "и", "k", "к", "m", "м", "n", "п", "o", "о", "p", "р", "t", "т", "x", "х", "y", "у", "u", "и")

var cyrillic = strings.NewReplacer(
	"а", "a", "б", "b", "в", "v", "г", "g", "ґ", "g", "д", "d", "е", "e", "ё", "e", "є", "e", "э", "e", "ж", "Z", "з", "z",
	"и", "i", "й", "i", "і", "i", "ї", "i", "ы", "i", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r",
	"с", "s", "т", "t", "у", "u", "ў", "u", "ф", "f", "х", "h", "ц", "C", "ч", "Q", "ш", "W", "щ", "W", "ъ", "", "ь", "", "ю", "iu", "я", "ia",
)

// diacritics are the letters of ISO 9 and of Slavic Latin alphabets.
var diacritics = strings.NewReplacer("šč", "W", "š", "W", "ŝ", "W", "č", "Q", "ć", "Q", "ž", "Z", "û", "iu", "â", "ia", "ł", "l")

// latin reads the passport rules of several decades, GOST, BGN, and what people
// make up; of groups that begin alike the longest stands first.
var latin = strings.NewReplacer(
	"shtsh", "W", "shch", "W", "schtsch", "W", "sch", "W", "shh", "W", "sh", "W", "zh", "Z", "kh", "h", "tsch", "Q", "tch", "Q", "ch", "Q",
	"tz", "C", "ts", "C", "tc", "C", "cz", "C", "ce", "Ce", "ci", "Ci", "cy", "Ci", "ck", "k", "c", "k", "ph", "f", "x", "ks", "q", "k", "w", "v",
	"y", "i", "j", "i",
)

// softened drops what only some systems write: the sounds ts and ou are one
// letter in each alphabet.
func softened(word string) string { return digraphs.Replace(word) }

var digraphs = strings.NewReplacer("ts", "C", "ou", "u")

// single writes doubled letters once.
func single(word string) string { return string(slices.Compact([]rune(word))) }

// glides are vowels that the systems write with or without a y, i or j before.
var glides = strings.NewReplacer("io", "e", "ie", "e")

package participants

import (
	"slices"
	"strings"
	"unicode"
)

// SameName tells whether two names may be spellings of one person's: in another
// alphabet, order or case, with typos, by a short form, without the patronymic
// or the surname, by initials.
func SameName(a, b string) bool {
	first, second := readName(a), readName(b)
	if first.size() > second.size() {
		first, second = second, first
	}
	if len(first.fathers) > 0 && len(second.fathers) > 0 && !like(first.fathers[0], second.fathers[0]) {
		return false
	}
	left, all := match(first.words, append(slices.Clone(second.words), second.fathers...))
	return all && initialsFit(left, first.fathers)
}

// initialsFit tells whether initials that no word of the other name took may be
// those of its patronymic.
func initialsFit(left, fathers []string) bool {
	for _, word := range left {
		if isInitial(word) && len(fathers) > 0 && !like(word, fathers[0]) {
			return false
		}
	}
	return true
}

// SameFamily tells whether two names share a surname, as relatives do; Иванов
// and Иванова do.
func SameFamily(a, b string) bool {
	for _, x := range readName(a).surnames() {
		for _, y := range readName(b).surnames() {
			if stem(x) == stem(y) {
				return true
			}
		}
	}
	return false
}

// spelled is a name as folded words.
type spelled struct {
	words   []string // given names, surnames, initials
	fathers []string // patronymics, where there are other words enough
}

func (s spelled) size() int { return len(s.words) + len(s.fathers) }

// mostWords bounds how many words of a name are compared.
const mostWords = 6

func readName(name string) spelled {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune("'’`ʹʺ\"", r) {
			return -1 // a soft sign, no end of a word
		}
		return r
	}, name)
	var s spelled
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if folded := fold(word); folded != "" && len(s.words) < mostWords {
			s.words = append(s.words, folded)
		}
	}
	return s.withoutFathers()
}

// withoutFathers sets patronymics apart if two words are left: of two words one
// that sounds like a patronymic may be a surname.
func (s spelled) withoutFathers() spelled {
	if len(s.words) < 3 {
		return s
	}
	rest := spelled{}
	for _, word := range s.words {
		if isPatronymic(word) {
			rest.fathers = append(rest.fathers, word)
			continue
		}
		rest.words = append(rest.words, word)
	}
	if len(rest.words) < 2 {
		return s
	}
	return rest
}

func isPatronymic(word string) bool {
	for _, end := range []string{"oviQ", "eviQ", "ovna", "evna", "iniQna", "iliQ", "iliniQna", "kuzmiQ", "lukiQ", "fomiQ", "ogli", "oglu", "kizi"} {
		if strings.HasSuffix(word, end) {
			return true
		}
	}
	return false
}

// surnames are the words that are no given names; of several those that end
// like a surname.
func (s spelled) surnames() []string {
	var list, sure []string
	for _, word := range s.words {
		if given[word] != nil || isInitial(word) {
			continue
		}
		list = append(list, word)
		if endsLikeSurname(word) {
			sure = append(sure, word)
		}
	}
	if len(s.words) > 1 && len(list) == len(s.words) || len(sure) > 0 {
		return sure
	}
	return list
}

func endsLikeSurname(word string) bool {
	for _, end := range []string{"ov", "ev", "in", "ova", "eva", "ina", "ski", "skaia", "skoi", "Cki", "Ckaia", "ko", "uk", "iuk", "ik", "ak", "ian", "dze", "Wvili", "iQ", "ih", "oi", "aia", "er", "man"} {
		if strings.HasSuffix(word, end) {
			return true
		}
	}
	return false
}

// isInitial tells of a single letter; Ю and Я are two when folded.
func isInitial(word string) bool { return len(word) == 1 || word == "iu" || word == "ia" }

// match gives each of words one of others that is like it, each once, and
// returns those of others that are left.
func match(words, others []string) (left []string, all bool) {
	if len(words) == 0 {
		return others, true
	}
	for i, other := range others {
		if !like(words[0], other) {
			continue
		}
		rest := slices.Delete(slices.Clone(others), i, i+1)
		if left, all := match(words[1:], rest); all {
			return left, true
		}
	}
	return nil, false
}

// like tells whether two folded words may be one. Two given names that are known
// are one only by the table: Александр is not Александра, Мария not Марина.
func like(a, b string) bool {
	switch {
	case a == b:
		return true
	case isInitial(a), isInitial(b):
		return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
	case given[a] != nil && given[b] != nil:
		return slices.ContainsFunc(given[a], func(name string) bool { return slices.Contains(given[b], name) })
	case given[a] != nil || given[b] != nil:
		return near(a, b, 1)
	}
	return stem(a) == stem(b) || near(stem(a), stem(b), 2)
}

// endings of surnames that differ between men and women, or between spellings;
// what stands for them. The longest stand first.
var endings = []struct{ end, stem string }{
	{"skaia", "sk"}, {"Ckaia", "Ck"}, {"skoi", "sk"}, {"Ckoi", "Ck"}, {"ski", "sk"}, {"Cki", "Ck"}, {"aia", ""}, {"oi", ""}, {"ova", "ov"}, {"eva", "ev"}, {"ina", "in"},
	{"ovi", "ov"}, {"of", "ov"}, {"ef", "ev"}, {"ei", ""}, {"i", ""},
}

// shortestStem is how much of a surname must be left.
const shortestStem = 3

// stem is a surname without its ending of gender.
func stem(word string) string {
	for _, e := range endings {
		if rest, ok := strings.CutSuffix(word, e.end); ok && len(rest) >= shortestStem-len(e.stem) {
			return rest + e.stem
		}
	}
	return word
}

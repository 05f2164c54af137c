package assortment

import (
	"strings"
	"unicode/utf8"
)

// splitScripts cuts a glued word where the script changes ("ПИТEPICAКЛУБ"), but
// only if every part is long enough to be a word: single strange letters are
// look-alikes and are folded instead.
func splitScripts(text []rune) [][]rune {
	var parts [][]rune
	start := 0
	for i := 1; i <= len(text); i++ {
		if i < len(text) && latin(text[i]) == latin(text[i-1]) {
			continue
		}
		if i-start < 3 {
			return [][]rune{text}
		}
		parts, start = append(parts, text[start:i]), i
	}
	return parts
}

// splitUnit cuts the unit off letters glued to a number: "0,95ЛСЛ", "12ХДПНР".
func splitUnit(word string, afterNumber bool) []string {
	if _, known := units[word]; !afterNumber || known {
		return []string{word}
	}
	if unit, ok := strings.CutSuffix(strings.ReplaceAll(word, "X", times), times); ok {
		if _, known := units[unit]; known {
			return []string{unit, times}
		}
	}
	for _, unit := range []string{"МЛ", "КГ", "ГР", "ШТ", "Л", "Г", "X", "Х"} {
		rest, ok := strings.CutPrefix(word, unit)
		if ok && rest != "" && (shortcut(rest) || containers[rest]) {
			return []string{unit, rest}
		}
	}
	return []string{word}
}

// containers are what tills write right behind a unit.
var containers = map[string]bool{"ПЭТ": true, "БАН": true, "БУТ": true, "ТБА": true, "ТЕТРА": true, "Ж/Б": true, "СТ/Б": true}

// shortcut reports letters without a vowel: a trade code or an abbreviation.
func shortcut(word string) bool {
	return !strings.ContainsAny(word, "АЕИОУЫЭЮЯAEIOUY/")
}

// withoutMarks drops the mark of dairy goods without vegetable fat, which says
// nothing about the product.
func withoutMarks(tokens []token) []token {
	kept := tokens[:0]
	for _, t := range tokens {
		if t.text != "БЗМЖ" {
			kept = append(kept, t)
		}
	}
	return kept
}

// withoutCodes drops line numbers, articles and bar codes in front of a name. A
// number that something is counted or weighed by stays.
func withoutCodes(tokens []token) []token {
	for len(tokens) > 1 && code(tokens[0], tokens[1]) {
		tokens = tokens[1:]
	}
	return tokens
}

func code(t, next token) bool {
	if !t.number || strings.Contains(t.text, ".") || next.text == "%" || next.text == times {
		return false
	}
	if next.number {
		return len(next.text) >= 4 && !strings.Contains(next.text, ".") || len(t.text) >= 5
	}
	if _, unit := units[next.text]; unit {
		return len(t.text) >= 6
	}
	return len(t.text) >= 3 && !containers[next.text]
}

func runes(s string) int { return utf8.RuneCountInString(s) }

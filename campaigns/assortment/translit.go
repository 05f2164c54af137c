package assortment

import (
	"slices"
	"strings"
)

// maxSpellings bounds the spellings made from one word; long words with many
// ambiguous letters would make thousands.
const maxSpellings = 1500

// sounds are the ways in which Latin letters are written in Cyrillic by people
// who heard the brand, and by those who only read it.
var sounds = spellingRules(`
	IGH АЙ|ИГ; EIGH ЕЙ; TH Т|С|З; SCH Ш|СХ; SH Ш; CH Ч|Ш|Х|К; PH Ф; CK К; QU КВ|К; KH Х|К; ZH Ж; TZ Ц; TS Ц|ТС;
	JA Я|ДЖА|ДЖЕЙ|ЖА; JU Ю|ДЖУ|ДЖА|ЖУ; TCH Ч; AGE$ АДЖ|ИДЖ|ЕДЖ|АЖ|ЕЙДЖ; OYA ОЯ; UI У|УИ|ЮИ; GE$ ДЖ|Ж|ГЕ; DGE ДЖ; E$ Е|И|; ES$ ЕС|С|З; $ ; OO У|ОО; EE И|ЕЕ; EA И|ЕА|Е; IE И|АЙ|ИЕ|Е; AY ЕЙ|АЙ|АИ; AI ЕЙ|АЙ|АИ; EY ЕЙ|И; EI ЕЙ|АЙ|И; OU У|АУ|ОУ; OW ОУ|АУ; AU АУ|О;
	EAR ЕР|ИР|ЕАР; ALL ОЛЛ|АЛЛ|ЕЛЛ; CI СИ|ЦИ|ЧИ|КИ; CE СЕ|ЦЕ|ЧЕ|К; CY СИ|САЙ; ER$ ЕР|Р; EW ЮЕ|ЬЮ|ЕВ; UE ЮЕ|УЕ|Ю|У; IA ИА; EU ЕУ|Ю|ОЙ; GH Г; WH В|У; KN КН|Н; NG НГ; CC К|КЧ|Ч; YA Я; YU Ю; YO ЙО|Е; OI УА|ОЙ; OY ОЙ; OE О|Е;
	A А|ЕЙ|Е; B Б; C К|С|Ц; D Д; E Е|И; F Ф; G Г|ДЖ|Ж; H Х|Г; I И|АЙ; J ДЖ|Ж|Й|ДЖЕЙ; K К; L Л; M М; N Н; O О|ОУ; P П; Q К; R Р; S С|З; T Т; U У|А|Ю|Е; V В; W В|У; X КС|Х; Y И|АЙ; Z З|Ц`)

// letters are the ways in which Cyrillic letters are written in Latin.
var letters = spellingRules(`
	КС X|KS; КВ KV|QU|KW; ЫЙ Y|YI|IY|YJ; ИЙ Y|I|IY|IJ; ИЯ IA|IYA|IJA;
	А A; Б B; В V|W; Г G|H; Д D; Е E|YE|IE; Ж ZH|J|G; З Z|S; И I|Y|E; К K|C; Л L; М M; Н N; О O; П P; Р R; С S|C; Т T; У U|OU|OO; Ф F|PH;
	Х H|KH|X|CH; Ц TS|C|Z; Ч CH; Ш SH|CH; Щ SCH|SHCH; Ы Y|I; Э E; Ю YU|U|IU|JU; Я YA|IA|JA|A; Й Y|I|J|; Ь ; Ъ ; $ |E`)

// rule rewrites one group of letters in any of several ways.
type rule struct {
	from string
	to   []string
}

// spellingRules reads "FROM TO|TO; …"; longer groups come first and
// win over shorter ones; $ is the end of the word.
func spellingRules(text string) []rule {
	var out []rule
	for _, line := range strings.Split(text, ";") {
		from, to, _ := strings.Cut(strings.TrimSpace(line), " ")
		out = append(out, rule{from, strings.Split(strings.TrimSpace(to), "|")})
	}
	slices.SortStableFunc(out, func(a, b rule) int { return len(b.from) - len(a.from) })
	return out
}

// spellings returns the word itself and its likely spellings in the other
// script, all squeezed.
func spellings(word string) []string {
	out := []string{squeeze(word)}
	for _, s := range rewrite(strings.ReplaceAll(word, "/", "")) {
		out = append(out, squeeze(s))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// mostUsual bounds the spellings that a slip of the pen is looked for in.
const mostUsual = 32

// usual returns the word and its likeliest spellings in the other script, all
// squeezed.
func usual(word string) []string {
	out := []string{squeeze(word)}
	for _, s := range rewriteBy(word, 2) {
		if s = squeeze(s); len(out) < mostUsual && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// rewrite returns the spellings in the other script, the most usual first, or
// the word itself if it has letters of neither.
func rewrite(word string) []string { return rewriteBy(word, maxSpellings) }

// rewriteBy takes only so many ways for a group of letters, the most usual.
func rewriteBy(word string, ways int) []string {
	rules := letters
	if latin([]rune(word)[0]) {
		rules = sounds
	}
	done := map[string][]string{"": {""}} // by the rest of the word
	var walk func(rest string) []string
	walk = func(rest string) []string {
		if found, ok := done[rest]; ok {
			return found
		}
		var out []string
		i := slices.IndexFunc(rules, func(r rule) bool { return strings.HasPrefix(rest, r.from) })
		if i < 0 {
			return nil
		}
		for _, head := range rules[i].to[:min(ways, len(rules[i].to))] {
			for _, end := range walk(rest[len(rules[i].from):]) {
				if len(out) < maxSpellings {
					out = append(out, head+end)
				}
			}
		}
		done[rest] = out
		return out
	}
	if found := walk(word + "$"); len(found) > 0 {
		return found
	}
	return []string{word}
}

// squeeze removes what spellings of one word differ in without being other
// words: doubled letters, hard and soft signs, Э for Е, Й for И, ИЯ for ИА and ЕЯ for ЕА.
func squeeze(word string) string {
	var out []rune
	for _, r := range word {
		switch r {
		case 'Ь', 'Ъ', '/':
			continue
		case 'Э':
			r = 'Е'
		case 'Й', 'Ы':
			r = 'И'
		}
		if r == 'Я' && len(out) > 0 && (out[len(out)-1] == 'И' || out[len(out)-1] == 'Е') {
			r = 'А'
		}
		if len(out) == 0 || out[len(out)-1] != r {
			out = append(out, r)
		}
	}
	return string(out)
}

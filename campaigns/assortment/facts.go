package assortment

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// facts is what a name says, apart from what it means.
type facts struct {
	words    []token
	measures []measure // with a unit
	bare     []measure // numbers without a unit
	chains   []chain
	pack     int    // 12 of "12Х", else 0
	barcode  string // GTIN-14 written in front of the name
	cut      bool   // as long as the names that tills cut
}

// longestName is far beyond the 128 characters that a fiscal document gives a
// name; what stands behind is not read.
const longestName = 1024

// observe reads a till name. Names that are as wide as the columns of common
// tills (18–20, 30–34, 38–40 characters, with or without the code in front) are
// taken as cut: their last word and number may lack an end.
func observe(name string) facts {
	if len(name) > longestName {
		name = strings.ToValidUTF8(name[:longestName], "")
	}
	f := facts{barcode: barcode(name), cut: cutWidth(name)}
	r := reader{in: scan(name), into: &f}
	r.read()
	f.words = respell(f.words)
	return f
}

func cutWidth(name string) bool {
	trimmed := strings.TrimSpace(name)
	behind := strings.TrimLeft(trimmed, "0123456789*:[]/ ")
	return slices.ContainsFunc([]string{name, trimmed, behind}, func(s string) bool {
		n := utf8.RuneCountInString(s)
		return n >= 18 && n <= 20 || n >= 30 && n <= 34 || n >= 38 && n <= 40
	})
}

// barcode finds a GTIN among the codes in front of a name.
func barcode(name string) string {
	for _, field := range strings.Fields(name) {
		if gtin, ok := gtin14(field); ok && len(field) >= 12 {
			return gtin
		}
		if strings.Trim(field, "0123456789*:.[]") != "" {
			return ""
		}
	}
	return ""
}

// digits takes a number without a unit; glued to letters it may be the end of
// a word such as the grade С0 of eggs.
func (f *facts) digits(t token, m measure) {
	if n := len(f.words); n > 0 && t.glued && strings.Contains("CС", f.words[n-1].text) && m.low <= 3 {
		f.words[n-1].text = "С" + t.text
		return
	}
	f.bare = append(f.bare, m)
	f.words = append(f.words, t)
}

// respell joins what tills write apart: "БЕЗ САХАРА" is the word Б/САХАРА, and
// writes the grade of eggs with a zero.
func respell(words []token) []token {
	eggs := slices.ContainsFunc(words, func(t token) bool { return strings.HasPrefix(t.text, "ЯЙЦ") || strings.HasPrefix(t.text, "ЯИЧ") })
	out := words[:0]
	for i := 0; i < len(words); i++ {
		t := words[i]
		switch {
		case (t.text == "БЕЗ" || t.text == "Б" || t.text == "НЕ") && i+1 < len(words) && without[words[i+1].text]:
			i++
			t = words[i]
			t.text = "Б/" + t.text
		case eggs && (t.text == "СО" || t.text == "CO"):
			t.text = "С0"
		}
		out = append(out, t)
	}
	return out
}

// without are the words that mean their contrary after БЕЗ.
var without = map[string]bool{
	"САХ": true, "САХАР": true, "САХАРА": true, "ГАЗ": true, "ГАЗА": true, "ЛАКТОЗЫ": true,
	"ЛАКТ": true, "КОФЕИНА": true, "ГАЗИР": true, "ГАЗИРОВАННАЯ": true,
}

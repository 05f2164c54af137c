package telegram

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"promobot/bot"
)

const (
	// maxText is the most that a message takes, and maxCaption what stands under
	// a picture, in UTF-16 units.
	maxText    = 4096
	maxCaption = 1024
	// backTo is how far before the limit a text is cut for the sake of a whole
	// line or word, in bytes.
	backTo = 400
)

// units is the length of a text as the service counts it.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// fitting is the text as the service takes it: valid, without space around it,
// at most so many units. What is longer ends after a whole line or word, with
// an ellipsis.
func fitting(text string, most int) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	if units(text) <= most {
		return text
	}
	end, n := 0, 0
	for i, r := range text {
		if n += utf16.RuneLen(r); n > most-1 { // one for the ellipsis
			end = i
			break
		}
	}
	return whole(text, end) + "…"
}

// whole cuts the text at or before end so that no line, word or composed
// character is torn, if that costs little.
func whole(text string, end int) string {
	for _, gap := range []string{"\n", " "} {
		if i := strings.LastIndex(text[:end], gap); i > 0 && i >= end-backTo {
			return strings.TrimRightFunc(text[:i], unicode.IsSpace)
		}
	}
	for end > 0 && joined(text[:end], text[end:]) {
		_, size := utf8.DecodeLastRuneInString(text[:end])
		end -= size
	}
	return text[:end]
}

const zeroWidthJoiner = '\u200d'

// joined reports whether the ends of both parts are one character for the eye:
// an accent, a skin colour, a family.
func joined(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after)
	return last == zeroWidthJoiner || first == zeroWidthJoiner || unicode.Is(unicode.M, first) ||
		first >= 0x1F3FB && first <= 0x1F3FF // skin colours
}

// entity sets a part of a text off; offset and length are in UTF-16 units.
type entity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
}

// styles are the service's names for marks.
var styles = map[string]string{bot.MarkCode: "code", bot.MarkBold: "bold"}

// entities are the marks of a text. Marks that the text does not hold, and those
// that run into an earlier one, are left out.
func entities(text string, marks []bot.Mark) []entity {
	var list []entity
	for _, mark := range marks {
		at := strings.Index(text, mark.Text)
		style, known := styles[mark.Kind]
		if !known || at < 0 || strings.TrimSpace(mark.Text) == "" {
			continue
		}
		e := entity{style, units(text[:at]), units(mark.Text)}
		if !e.overlaps(list) {
			list = append(list, e)
		}
	}
	return list
}

func (e entity) overlaps(list []entity) bool {
	for _, other := range list {
		if e.Offset < other.Offset+other.Length && other.Offset < e.Offset+e.Length {
			return true
		}
	}
	return false
}

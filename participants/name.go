package participants

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxName      = 60   // characters
	maxTypedName = 4096 // bytes that are looked at
)

// cleanName makes a name of what was typed: NFC, spaces folded, nothing that
// is invisible or turns the direction of writing. Signs such as < and = stay:
// to every screen a name is text.
func cleanName(typed string) (string, error) {
	if len(typed) > maxTypedName {
		return "", ErrName
	}
	visible := strings.Map(visibleOnly, strings.ToValidUTF8(typed, ""))
	name := strings.Join(strings.Fields(norm.NFC.String(visible)), " ")
	if utf8.RuneCountInString(name) > maxName || !strings.ContainsFunc(name, unicode.IsLetter) {
		return "", ErrName
	}
	return name, nil
}

func visibleOnly(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.In(r, unicode.C, unicode.Other_Default_Ignorable_Code_Point):
		return -1 // controls, bidi and zero-width characters, fillers that pass for letters
	}
	return r
}

// normalName is the same for names that differ in case, ё, order of words,
// hyphens, stress marks.
func normalName(name string) string {
	name = strings.ReplaceAll(strings.ToLower(norm.NFC.String(name)), "ё", "е")
	unmarked := strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, name)
	words := strings.FieldsFunc(unmarked, func(r rune) bool { return !unicode.IsLetter(r) })
	slices.Sort(words)
	return strings.Join(words, " ")
}

package tgsim

import (
	"slices"
	"unicode/utf16"
)

var entityTypes = []string{
	"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline",
	"strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link", "text_mention",
	"custom_emoji", "date_time",
}

// checkEntities refuses entities that do not lie on whole characters of the
// text. Offsets and lengths are in UTF-16 units.
func checkEntities(text string, marks []Entity) error {
	encoded := utf16.Encode([]rune(text))
	for _, m := range marks {
		end := m.Offset + m.Length
		switch {
		case !slices.Contains(entityTypes, m.Type):
			return unparsed("unsupported entity type %q", m.Type)
		case m.Offset < 0 || m.Length < 0:
			return unparsed("receive an entity with incorrect offset %d or length %d", m.Offset, m.Length)
		case end > len(encoded):
			return unparsed("entity beginning at UTF-16 offset %d ends after the end of the text at UTF-16 offset %d", m.Offset, end)
		case inside(encoded, m.Offset):
			return unparsed("entity begins in a middle of a UTF-16 symbol at UTF-16 offset %d", m.Offset)
		case inside(encoded, end):
			return unparsed("entity beginning at UTF-16 offset %d ends in a middle of a UTF-16 symbol at UTF-16 offset %d", m.Offset, end)
		}
	}
	return nil
}

func unparsed(format string, args ...any) error {
	return bad("can't parse entities: "+format, args...)
}

// inside reports whether a place parts the two halves of one character.
func inside(encoded []uint16, at int) bool {
	return at > 0 && at < len(encoded) && encoded[at] >= 0xDC00 && encoded[at] <= 0xDFFF
}

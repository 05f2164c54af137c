package tgsim

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxRawText = 32768 // bytes before the markup is read
	maxText    = 4096
	maxCaption = 1024
)

// formatted reads a text with its entities or its markup, trims it and finds
// commands and addresses in it. The limit is counted after that.
func formatted(c *call, name, entities string, limit int) (string, []Entity, error) {
	text := strings.ReplaceAll(c.text(name), "\r\n", "\n")
	switch {
	case len(text) > maxRawText:
		return "", nil, bad("text is too long")
	case !utf8.ValidString(text):
		return "", nil, bad("strings must be encoded in UTF-8")
	}
	text, marks, err := marked(c, text, entities)
	if err != nil {
		return "", nil, err
	}
	text, marks = trim(text, marks)
	if utf8.RuneCountInString(text) > limit {
		return "", nil, tooLong(name)
	}
	return text, found(text, marks), nil
}

func tooLong(name string) error {
	if name == "caption" {
		return bad("message caption is too long")
	}
	return bad("message is too long")
}

func marked(c *call, text, entities string) (string, []Entity, error) {
	switch mode := strings.ToLower(c.text("parse_mode")); mode {
	case "":
	case "html":
		return parseHTML(text)
	default:
		return "", nil, bad("unsupported parse_mode")
	}
	var marks []Entity
	if _, err := c.object(entities, "entities", &marks); err != nil {
		return "", nil, err
	}
	return text, marks, checkEntities(text, marks)
}

// units is the length of a text in UTF-16 units.
func units(text string) int { return len(utf16.Encode([]rune(text))) }

// trim takes the white space off both ends and moves the entities.
func trim(text string, marks []Entity) (string, []Entity) {
	right := strings.TrimRight(text, " \n\t\v\f\r")
	left := strings.TrimLeft(right, " \n\t\v\f\r")
	cut, end := units(right)-units(left), units(left)
	var kept []Entity
	for _, m := range marks {
		from, to := max(m.Offset-cut, 0), min(m.Offset+m.Length-cut, end)
		if from < to {
			m.Offset, m.Length = from, to-from
			kept = append(kept, m)
		}
	}
	return left, kept
}

// finders find what the service sets off by itself.
var finders = []struct {
	kind string
	form *regexp.Regexp
}{
	{"bot_command", regexp.MustCompile(`(?:^|[\s(])(/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)`)},
	{"url", regexp.MustCompile(`(?:^|[\s(])(https?://[^\s<>"]*[^\s<>".,;:!?)])`)},
	{"email", regexp.MustCompile(`(?:^|[\s(])([\w.+-]+@[\w-]+(?:\.[\w-]+)+)`)},
}

// found adds the commands and addresses of a text to its entities, except
// inside code and links, and sorts them all.
func found(text string, marks []Entity) []Entity {
	for _, f := range finders {
		for _, at := range f.form.FindAllStringSubmatchIndex(text, -1) {
			e := Entity{Type: f.kind, Offset: units(text[:at[2]]), Length: units(text[at[2]:at[3]])}
			if !slices.ContainsFunc(marks, e.meets) {
				marks = append(marks, e)
			}
		}
	}
	slices.SortStableFunc(marks, func(a, b Entity) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(b.Length, a.Length))
	})
	return marks
}

// meets reports whether another entity leaves no room for this one.
func (e Entity) meets(other Entity) bool {
	if e.Offset >= other.Offset+other.Length || other.Offset >= e.Offset+e.Length {
		return false
	}
	around := other.Offset <= e.Offset && e.Offset+e.Length <= other.Offset+other.Length
	return !around || slices.Contains([]string{"code", "pre", "text_link", "text_mention", "url", "email"}, other.Type)
}

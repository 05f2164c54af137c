package ticket

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"promobot/fns/internal/decimal"
)

// object is a JSON object whose numbers may be written as text, and whose
// fields may be null.
type object map[string]any

func (o object) has(name string) bool { return o[name] != nil }

func (o object) object(name string) object {
	inner, _ := o[name].(map[string]any)
	return inner
}

func (o object) firstObject(names []string) map[string]any {
	for _, name := range names {
		if inner, ok := o[name].(map[string]any); ok {
			return inner
		}
	}
	return nil
}

// text returns the first of the named fields that is not blank, trimmed and
// without control characters (a zero byte cannot be stored). A number is
// returned as it is written.
func (o object) text(names ...string) string {
	for _, name := range names {
		if text := clean(o[name]); text != "" {
			return text
		}
	}
	return ""
}

func clean(value any) string {
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}

// maxAmount is what 48 bits hold: the format's bound of an amount.
const maxAmount = 1<<48 - 1

// integer reads the first of the named fields that is there: a whole number,
// not negative, at most 48 bits, as a number or as text.
func (o object) integer(names ...string) (n int64, found bool, err error) {
	for _, name := range names {
		text := o.text(name)
		if text == "" {
			continue
		}
		n, err := decimal.Scaled(text, 0)
		if err != nil || n < 0 || n > maxAmount {
			return 0, true, fmt.Errorf("%s: %q is not a whole number in range", name, text)
		}
		return n, true, nil
	}
	return 0, false, nil
}

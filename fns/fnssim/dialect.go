package fnssim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// dialect is how answers are written.
type dialect struct {
	Prefix   string `json:"prefix"`
	Ticket   string `json:"ticket"`
	DateTime string `json:"dateTime"`
}

var (
	prefixStyles   = []string{"reference", "prefixed", "bare", "local", "random"}
	ticketStyles   = []string{"escaped", "cdata"}
	dateTimeStyles = []string{"number", "date", "iso"}
)

// UnmarshalJSON reads words, in a string or as the values of an object. What is
// not named stays.
func (d *dialect) UnmarshalJSON(value []byte) error {
	var words []string
	var text string
	var object map[string]string
	switch {
	case json.Unmarshal(value, &text) == nil:
		words = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;+", r) })
	case json.Unmarshal(value, &object) == nil:
		for _, word := range object {
			words = append(words, word)
		}
	default:
		return fmt.Errorf("%s is not a dialect", value)
	}
	for _, word := range words {
		if err := d.apply(strings.ToLower(strings.TrimPrefix(word, "$"))); err != nil {
			return err
		}
	}
	return nil
}

func (d *dialect) apply(word string) error {
	switch {
	case slices.Contains(prefixStyles, word):
		d.Prefix = word
	case slices.Contains(ticketStyles, word):
		d.Ticket = word
	case slices.Contains(dateTimeStyles, word):
		d.DateTime = word
	default:
		return fmt.Errorf("%w %q", errWord, word)
	}
	return nil
}

// dialectForm says what the switch takes.
func dialectForm() string {
	return fmt.Sprintf(`a text of words, as "prefixed cdata iso", or an object of them with the fields "prefix" (%s), "ticket" (%s) and "dateTime" (%s)`,
		strings.Join(prefixStyles, ", "), strings.Join(ticketStyles, ", "), strings.Join(dateTimeStyles, ", "))
}

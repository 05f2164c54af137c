package participants

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// Phone is a number in E.164, such as +79990000001. However it is printed, it
// shows its first and its last two digits only; Reveal gives the number. Only
// as the key of a JSON object it would stand open: encoding/json takes strings
// there as they are.
type Phone string

// Reveal gives the number itself. It must not reach a log.
func (p Phone) Reveal() string { return string(p) }

// String is the masked number: +7•••••••01; empty if there is none. The number
// of dots says nothing about the number's length.
func (p Phone) String() string {
	switch {
	case p == "":
		return ""
	case len(p) < 8:
		return "•••"
	}
	return string(p[:2]) + strings.Repeat("•", 7) + string(p[len(p)-2:])
}

// GoString is the masked number.
func (p Phone) GoString() string { return p.String() }

// LogValue is the masked number.
func (p Phone) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalText is the masked number, in JSON too.
func (p Phone) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Format writes the masked number for every verb, so that neither %x nor %d
// is a way around.
func (p Phone) Format(f fmt.State, verb rune) {
	if verb == 'q' {
		_, _ = fmt.Fprintf(f, "%q", p.String())
		return
	}
	_, _ = io.WriteString(f, p.String())
}

// maxTypedPhone is the longest text, in bytes, that is looked at as a number.
const maxTypedPhone = 64

// parsePhone reads a number as people type it; without a country it is Russian.
func parsePhone(typed string) (Phone, error) {
	if len(typed) > maxTypedPhone || strings.ContainsFunc(typed, unicode.IsLetter) {
		return "", ErrPhone // letters would be read as vanity numbers and extensions
	}
	number, err := phonenumbers.Parse(strings.TrimSpace(typed), "RU")
	if err != nil || number.GetExtension() != "" || !phonenumbers.IsValidNumber(number) || !personal(number) {
		return "", ErrPhone
	}
	return Phone(phonenumbers.Format(number, phonenumbers.E164)), nil
}

// personal is false for numbers that no single person answers: 8 800 and such.
func personal(number *phonenumbers.PhoneNumber) bool {
	switch phonenumbers.GetNumberType(number) {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE, phonenumbers.FIXED_LINE_OR_MOBILE,
		phonenumbers.PERSONAL_NUMBER, phonenumbers.VOIP:
		return true
	}
	return false
}

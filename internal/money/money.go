// Package money holds amounts of money as whole kopecks. Roubles exist only on
// screens and in the text of a receipt's code.
package money

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrSyntax reports a text that is no amount in roubles.
var ErrSyntax = errors.New("money: not an amount in roubles")

// Kopecks is an amount of money, in kopecks.
type Kopecks int64

// String writes the amount as roubles with two decimals: 1234.50.
func (k Kopecks) String() string {
	sign := ""
	if k < 0 {
		sign, k = "-", -k
	}
	return fmt.Sprintf("%s%d.%02d", sign, k/100, k%100)
}

// maxRoubleDigits keeps an amount far inside int64 and inside what a fiscal
// document can carry (48 bits of kopecks).
const maxRoubleDigits = 12

// ParseRoubles reads an unsigned amount in roubles with a dot or a comma and at
// most two decimals: "587.4" is 58740 kopecks, "587" is 58700. ASCII digits
// only, at most twelve before the separator; all else is ErrSyntax.
func ParseRoubles(text string) (Kopecks, error) {
	whole, fraction, found := strings.Cut(strings.Replace(text, ",", ".", 1), ".")
	if !digits(whole, 1, maxRoubleDigits) || found && !digits(fraction, 1, 2) {
		return 0, fmt.Errorf("%w: %q", ErrSyntax, text)
	}
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: %q", ErrSyntax, text)
	}
	return Kopecks(n), nil
}

func digits(text string, least, most int) bool {
	if len(text) < least || len(text) > most {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// Package decimal reads decimal numbers as whole multiples of a small unit,
// never through a float.
package decimal

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// ErrSyntax reports a text that is no decimal number, or one too large.
var ErrSyntax = errors.New("decimal: not a number in range")

const (
	maxText     = 64
	maxExponent = 18
)

// Scaled reads text as a number of units of 10^-places: Scaled("0.294", 3) is
// 294. Digits beyond the last place are rounded half away from zero, so that a
// number that once went through a float comes back whole. Exponents as in JSON
// are understood up to ±18.
func Scaled(text string, places int) (int64, error) {
	if len(text) > maxText {
		return 0, ErrSyntax
	}
	mantissa, exponent, err := cutExponent(text)
	if err != nil {
		return 0, err
	}
	negative := strings.HasPrefix(mantissa, "-")
	whole, fraction, dotted := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	if !digits(whole) || dotted && !digits(fraction) {
		return 0, ErrSyntax
	}
	n, err := shift(whole+fraction, exponent+places-len(fraction))
	if negative {
		n = -n
	}
	return n, err
}

func cutExponent(text string) (mantissa string, exponent int, err error) {
	i := strings.IndexAny(text, "eE")
	if i < 0 {
		return text, 0, nil
	}
	exponent, err = strconv.Atoi(text[i+1:])
	if err != nil || exponent > maxExponent || exponent < -maxExponent {
		return "", 0, ErrSyntax
	}
	return text[:i], exponent, nil
}

// shift moves the decimal point of a row of digits by places to the right.
func shift(row string, places int) (int64, error) {
	if places >= 0 {
		return whole(row + strings.Repeat("0", places))
	}
	row = strings.Repeat("0", -places) + row
	cut := len(row) + places
	n, err := whole(row[:cut])
	if err == nil && row[cut] >= '5' {
		n++
	}
	return n, err
}

func whole(row string) (int64, error) {
	row = strings.TrimLeft(row, "0")
	if row == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(row, 10, 64)
	if err != nil || n == math.MaxInt64 {
		return 0, ErrSyntax
	}
	return n, nil
}

func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

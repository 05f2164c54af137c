package fns

import (
	"errors"
	"fmt"
	"strings"

	"promobot/fns/internal/decimal"
)

// ErrQuantity reports a text that is no quantity.
var ErrQuantity = errors.New("fns: not a quantity")

// Quantity is an amount of goods in thousandths of a unit: one piece is 1000,
// 294 g of a thing sold by the kilogram is 294.
type Quantity int64

// Unit is one whole unit.
const Unit Quantity = 1000

// maxQuantity keeps products of prices and quantities far inside int64.
const maxQuantity = 1_000_000 * Unit

// ParseQuantity reads a decimal number of units, at most a million, with a dot.
// Digits beyond the third are rounded; negative amounts are ErrQuantity.
func ParseQuantity(text string) (Quantity, error) {
	n, err := decimal.Scaled(text, 3)
	if err != nil || n < 0 || Quantity(n) > maxQuantity {
		return 0, fmt.Errorf("%w: %q", ErrQuantity, text)
	}
	return Quantity(n), nil
}

// String writes the quantity in units without needless zeros: 2, 0.294.
func (q Quantity) String() string {
	sign := ""
	if q < 0 {
		sign, q = "-", -q
	}
	text := fmt.Sprintf("%s%d.%03d", sign, q/Unit, q%Unit)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

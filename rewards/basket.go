package rewards

import (
	"fmt"

	"promobot/campaigns"
	"promobot/internal/money"
)

// The bounds of a purchase. Within them every product of sums fits in 64 bits.
const (
	basketMost  = money.Kopecks(10_000_000_00) // of all items together
	basketItems = 200
)

// PayItem is one line of a purchase: quantity units at a price each. What is
// sold by weight is one unit at the price of the line.
type PayItem struct {
	Name     string        `json:"name,omitempty"`
	GTIN     string        `json:"gtin,omitempty"`
	Price    money.Kopecks `json:"price"`
	Quantity int64         `json:"quantity"`
	FullOnly bool          `json:"full_only,omitempty"` // no part of it may be paid with points

	Most    money.Kopecks `json:"most"`              // that points may pay of the line
	Kopecks money.Kopecks `json:"kopecks,omitempty"` // that they do pay
}

// BasketError says what is wrong with a purchase.
type BasketError struct {
	Item int // from 0; -1: the purchase as a whole
	Text string
}

// Error names the item and what is wrong.
func (e *BasketError) Error() string {
	if e.Item < 0 {
		return "items: " + e.Text
	}
	return fmt.Sprintf("items[%d]: %s", e.Item, e.Text)
}

// capped checks the items and says how much of each points may pay.
func capped(pay campaigns.Pay, items []PayItem) ([]PayItem, error) {
	if len(items) < 1 || len(items) > basketItems {
		return nil, &BasketError{-1, fmt.Sprintf("there are %d, 1 to %d are taken", len(items), basketItems)}
	}
	list, left := make([]PayItem, len(items)), basketMost
	for i, item := range items {
		switch {
		case item.Price < 1 || item.Price > basketMost:
			return nil, &BasketError{i, fmt.Sprintf("price_kopecks is not between 1 and %d", int64(basketMost))}
		case item.Quantity < 1 || item.Quantity > int64(left/item.Price):
			return nil, &BasketError{i, fmt.Sprintf("quantity is below 1, or all items together cost more than %d kopecks", int64(basketMost))}
		}
		left -= item.Price * money.Kopecks(item.Quantity)
		if !item.FullOnly {
			item.Most = pay.Most(item.Price, item.Quantity)
		}
		item.Kopecks, list[i] = 0, item
	}
	return list, nil
}

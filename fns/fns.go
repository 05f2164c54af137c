// Package fns knows Russian fiscal documents: the code that is printed on a
// receipt (QR), the same document as the fiscal service holds it (Ticket), and
// what the service may answer about it (Answer).
//
// Fiscal times are the shop's wall clock. They carry no zone, so they are kept
// in time.UTC and must not be compared with a clock more closely than twelve
// hours. Cashiers, buyers and phones are dropped when a ticket is read.
package fns

import (
	"fmt"
	"time"

	"promobot/internal/money"
)

// MaxNumber is the greatest document number and fiscal sign: both are unsigned
// 32-bit numbers, and neither is ever zero.
const MaxNumber = 1<<32 - 1

// Key names one fiscal document. FN alone is not unique, FN and FD are; FP
// proves that whoever names the document has seen it.
type Key struct {
	FN string // fiscal drive number (ФН), always 16 digits
	FD int64  // fiscal document number in that drive (ФД), 1…4294967295
	FP int64  // fiscal sign (ФП), 1…4294967295
}

// String writes the key as it is read aloud: ФН/ФД/ФП.
func (k Key) String() string { return fmt.Sprintf("%s/%d/%d", k.FN, k.FD, k.FP) }

// Operation is the kind of settlement (tag 1054).
type Operation int

// The four kinds of settlement. Only a Sale is a purchase.
const (
	Sale Operation = 1 + iota
	SaleReturn
	Expense
	ExpenseReturn
)

// Valid reports whether o is one of the four kinds.
func (o Operation) Valid() bool { return o >= Sale && o <= ExpenseReturn }

// String names the kind, for logs.
func (o Operation) String() string {
	if !o.Valid() {
		return fmt.Sprintf("operation %d", int(o))
	}
	return [...]string{"sale", "sale return", "expense", "expense return"}[o-1]
}

// Ticket is a receipt as the fiscal service holds it.
type Ticket struct {
	Key
	Operation Operation
	At        time.Time // the shop's wall clock, in time.UTC
	Total     money.Kopecks
	SellerINN string // 10 or 12 digits, or "" when the source hides it
	Seller    string
	Place     string // name of the shop; chains put its number here
	Address   string
	Items     []Item // may be empty: some sellers need not list them
}

// Item is one line of a ticket. Sum is what was paid; it may differ by a kopeck
// from price times quantity and is the one to trust.
type Item struct {
	Name        string
	GTIN        string // 14 digits with a proved check digit, or ""
	Price, Sum  money.Kopecks
	Quantity    Quantity
	PaymentType int // tag 1214; 4 is full payment at delivery, 0 unknown
	ProductType int // tag 1212; 33 is marked goods, 0 unknown
}

// Package supply asks suppliers for certificates, each by one order with an
// external id of ours.
//
// A supplier knows an order by its external id for ever: asking again under the
// same id never orders again. So an unknown outcome is resolved by asking again,
// whatever has happened in between.
package supply

import (
	"context"
	"fmt"
	"time"

	"promobot/prizes"
)

// Order is one certificate that is asked for.
type Order struct {
	ExternalID string // ours, unique for ever
	SKU        string // the supplier's name for the product
	Again      bool   // the supplier may have it already: look first where that is possible
}

// State is how an order stands at its supplier.
type State string

// The states.
const (
	Accepted  State = "accepted"  // the code is to come
	Completed State = "completed" // the code is here
	Failed    State = "failed"    // there will be no code
)

// Answer is what a supplier says of an order.
type Answer struct {
	ExternalID string
	Ref        string // the supplier's own number
	State      State
	Code       prizes.Code // of a completed order
	ValidUntil *time.Time  // of a completed order, its last second; nil: no end
	Reason     string      // of a failed order: prizes.ReasonNoStock, ReasonRefused or the supplier's own word
}

// ReasonRefused is why an order failed that the supplier will not take.
const ReasonRefused = "refused"

// Supplier delivers certificates. Its only error besides those of ctx is
// *Trouble: the order may or may not be there, ask again.
type Supplier interface {
	Order(ctx context.Context, o Order) (Answer, error)
}

// Trouble is why nobody knows how an order stands.
type Trouble struct {
	Again time.Duration // not to be asked before; 0: the caller's own pace
	Err   error
}

// Error says the trouble.
func (t *Trouble) Error() string { return fmt.Sprintf("supply: %v", t.Err) }

// Unwrap is what is behind it.
func (t *Trouble) Unwrap() error { return t.Err }

// Package supplysim simulates suppliers of certificates over real sockets: an
// instant one and a slow one with webhooks, in the dialects that package supply
// describes, with their troubles.
//
// Both keep what was ordered by the orderer's external id and never deliver
// twice for one; Delivered tells how many codes have left, which is what an
// orderer who repeats himself wrongly would pay for.
package supplysim

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is a trouble that a call meets.
type Fault string

// The troubles.
const (
	Broken   Fault = "broken"   // 500, nothing was done
	Lost     Fault = "lost"     // the order is taken, the connection breaks before the answer
	Hidden   Fault = "hidden"   // the order is taken, the answer is a 502 of a gateway
	TooMany  Fault = "too_many" // 429 with Retry-After: 1, nothing was done
	Garbled  Fault = "garbled"  // the order is taken, the answer is cut
	Redirect Fault = "redirect" // 307 to elsewhere, nothing was done
	Refuse   Fault = "refuse"   // 422: this order is never taken
)

const (
	maxBody       = 64 << 10
	codeLetters   = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	codeLength    = 12
	defaultPrefix = "SIM"
)

// Options are how a supplier is.
type Options struct {
	Key    string           // that callers show; "" takes any
	Prefix string           // of its codes; "": SIM
	Stock  map[string]int64 // what is left of a product; one that is not named never ends
	Until  string           // the last day of its codes, YYYY-MM-DD; "": without end
	Delay  time.Duration    // before each answer

	// Of a slow supplier.
	Ready   time.Duration // from an order to its end
	Webhook string        // where events go; "": nowhere
	Secret  string        // that events are signed with
}

// order is what the supplier keeps.
type order struct {
	ref, externalID, sku string
	code, reason         string // how it ended; both empty: not yet
}

func (o *order) status() string {
	switch {
	case o.code != "":
		return "completed"
	case o.reason != "":
		return "failed"
	}
	return "accepted"
}

// base is what both suppliers have in common.
type base struct {
	Options
	mu        sync.Mutex
	orders    map[string]*order
	faults    []Fault
	calls     int
	delivered int
}

func newBase(o Options) base {
	if o.Prefix == "" {
		o.Prefix = defaultPrefix
	}
	stock := map[string]int64{}
	for sku, n := range o.Stock {
		stock[sku] = n
	}
	o.Stock = stock
	return base{Options: o, orders: map[string]*order{}}
}

// Meet makes the next calls meet troubles, one each, in their order.
func (b *base) Meet(faults ...Fault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, faults...)
}

// Delivered is how many codes have left.
func (b *base) Delivered() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.delivered
}

// Calls is how many calls have come.
func (b *base) Calls() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls
}

// Restock sets what is left of a product.
func (b *base) Restock(sku string, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.Stock[sku] = n
}

// next counts a call and takes the trouble that it meets.
func (b *base) next() (f Fault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if len(b.faults) > 0 {
		f, b.faults = b.faults[0], b.faults[1:]
	}
	return f
}

// stumble answers for troubles before which nothing is done.
func stumble(w http.ResponseWriter, f Fault) bool {
	switch f {
	case Broken:
		w.WriteHeader(http.StatusInternalServerError)
	case TooMany:
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	case Redirect:
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(http.StatusTemporaryRedirect)
	default:
		return false
	}
	return true
}

// answer writes what was done, or hides it.
func answer(w http.ResponseWriter, f Fault, status int, body any) {
	switch f {
	case Lost:
		panic(http.ErrAbortHandler) // net/http breaks the connection
	case Hidden:
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	if f == Garbled {
		text = text[:len(text)/2]
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// take keeps an order, once for each external id.
func (b *base) take(externalID, sku string) (o *order, first bool) {
	if o := b.orders[externalID]; o != nil {
		return o, false
	}
	o = &order{ref: strconv.Itoa(1000 + len(b.orders)), externalID: externalID, sku: sku}
	b.orders[externalID] = o
	return o, true
}

// finish ends an order with a code, or without when there is none left.
func (b *base) finish(o *order) {
	if o.code != "" || o.reason != "" {
		return
	}
	left, counted := b.Stock[o.sku]
	if counted && left == 0 {
		o.reason = "out_of_stock"
		return
	}
	if counted {
		b.Stock[o.sku]--
	}
	o.code = b.Prefix + "-" + random()
	b.delivered++
}

func random() string {
	letters := make([]byte, codeLength)
	_, _ = rand.Read(letters) // never fails, says crypto/rand
	for i, c := range letters {
		letters[i] = codeLetters[int(c)%len(codeLetters)]
	}
	return string(letters)
}

// read takes a JSON body of two texts apart.
func read(r *http.Request, into any) bool {
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	return err == nil && json.Unmarshal(text, into) == nil
}

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

func (b *base) wrongKey(w http.ResponseWriter, key string) bool {
	if b.Key == "" || key == b.Key {
		return false
	}
	w.WriteHeader(http.StatusUnauthorized)
	return true
}

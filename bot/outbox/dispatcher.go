package outbox

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"promobot/internal/store"
)

// Letter is a message on its way. What it says is behind MessageID.
type Letter struct {
	MessageID int64
	AddressID int64
	Replaces  string // the channel's id of the message that it edits, "" for a new one
	Again     bool   // an earlier try may have arrived
}

// Courier carries a letter to the channel and returns the channel's id of it.
// Its refusals are those of this package.
type Courier interface {
	Carry(ctx context.Context, l Letter) (providerID string, err error)
}

// Config says how a channel is served.
type Config struct {
	Channel  string
	Limits   Limits
	Parallel int              // letters under way at a time, 1…1000
	Clock    func() time.Time // paces what leaves; rows take the moment of their transaction
	Logger   *slog.Logger

	// Unreachable hears, in the transaction that notes it, of an address that
	// takes no messages any more. May be nil.
	Unreachable func(ctx context.Context, tx *store.Tx, addressID int64) error

	Timeout time.Duration  // of one letter; 0: one minute
	Look    time.Duration  // how often it looks without a kick; 0: half a second, so that a pause is honoured within a second
	Rand    func() float64 // 0…1, spreads tries; nil: chance
}

// Dispatcher brings out the messages of one channel.
type Dispatcher struct {
	db      *store.DB
	courier Courier
	Config
	kick chan struct{}
}

// drain is how long letters that are under way get at the end; then they are
// broken off, and nobody knows whether they have arrived.
const drain = 10 * time.Second

// New returns a dispatcher that does nothing before Run.
func New(db *store.DB, courier Courier, c Config) *Dispatcher {
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	if c.Look == 0 {
		c.Look = time.Second / 2
	}
	if c.Rand == nil {
		c.Rand = rand.Float64
	}
	return &Dispatcher{db: db, courier: courier, Config: c, kick: make(chan struct{}, 1)}
}

// Kick tells the dispatcher, after a commit, that something waits. Of several
// replicas only the kicks of the leading one are of use; it looks twice a
// second anyway.
func (d *Dispatcher) Kick() {
	select {
	case d.kick <- struct{}{}:
	default: // it is awake already
	}
}

// Run dispatches until ctx ends, while no other replica does. Letters under way
// are waited for.
func (d *Dispatcher) Run(ctx context.Context) error {
	return d.db.Lead(ctx, "outbox/"+d.Channel, d.lead)
}

// lead is one term of office.
func (d *Dispatcher) lead(ctx context.Context) error {
	t := newTerm(ctx, d)
	defer t.breakOff()
	for ctx.Err() == nil {
		t.wait(ctx, t.round(ctx))
	}
	t.end(ctx)
	return nil
}

package outbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"promobot/internal/failpoint"
	"promobot/internal/store"
)

// term is what a dispatcher knows while it leads. Only its own goroutine
// touches it; couriers work in others and report to results.
type term struct {
	*Dispatcher
	id       string // claims of this term
	pacer    *pacer
	carrying context.Context // of the letters under way
	breakOff context.CancelFunc

	begun    bool
	underWay int
	busy     map[int64]bool // addresses with a letter under way, or with one not written down yet
	results  chan result
	unkept   []result // reported, and not written down yet

	lanes    []Lane    // that are not paused …
	lanesAt  time.Time // … as of then
	next     time.Time // when something may leave; zero: nobody knows
	reach    int       // how many heads are looked at
	waitKept time.Time // pacer.until as it is written down
	breaker  breaker
	ailing   bool // the last round failed
}

// result is how a letter fared.
type result struct {
	row    deliveryRow
	letter Letter
	id     string
	err    error
}

func newTerm(ctx context.Context, d *Dispatcher) *term {
	t := &term{
		Dispatcher: d,
		id:         rand.Text(),
		pacer:      newPacer(d.Limits, d.Rand),
		busy:       map[int64]bool{},
		results:    make(chan result, d.Parallel),
		reach:      d.few(),
	}
	t.carrying, t.breakOff = context.WithCancel(context.WithoutCancel(ctx))
	return t
}

// few heads are enough unless many chats wait: twice as many as can be under
// way.
func (d *Dispatcher) few() int { return 2*d.Parallel + 2 }

// round writes down what was reported and sends what may leave.
func (t *term) round(ctx context.Context) error {
	t.next = time.Time{}
	if err := t.begin(ctx); err != nil {
		return err
	}
	if err := t.keep(ctx); err != nil {
		return err
	}
	if err := t.readPauses(ctx); err != nil {
		return err
	}
	return t.send(ctx)
}

// wait sleeps until there may be something to do.
func (t *term) wait(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil && !t.ailing {
		t.Logger.Error("outbox", "channel", t.Channel, "error", err) // once, until it is well again
	}
	t.ailing = err != nil
	timer := time.NewTimer(t.pause())
	defer timer.Stop()
	kick := t.kick
	if t.ailing {
		kick = nil
	}
	select {
	case <-ctx.Done():
	case r := <-t.results:
		t.report(r)
	case <-kick:
	case <-timer.C:
	}
	for len(t.results) > 0 {
		t.report(<-t.results)
	}
}

// pause is how long nothing is expected to happen.
func (t *term) pause() time.Duration {
	if t.ailing || t.next.IsZero() {
		return t.Look
	}
	return min(max(t.next.Sub(t.Clock()), time.Millisecond), t.Look)
}

// launch hands the letter to the courier.
func (t *term) launch(h *head) {
	t.underWay++
	t.busy[h.Row.AddressID] = true
	l := h.letter()
	go func() {
		id, err := t.carry(l)
		failpoint.Pass(failpoint.DeliveryCarried)
		t.results <- result{row: h.Row, letter: l, id: id, err: err}
	}()
}

// carry is the courier's work, whatever becomes of him.
func (t *term) carry(l Letter) (id string, err error) {
	ctx, cancel := context.WithTimeout(t.carrying, t.Timeout)
	defer cancel()
	defer func() {
		if value := recover(); value != nil {
			t.Logger.Error("courier panicked", "channel", t.Channel, "message", l.MessageID, "panic", value, "trace", string(debug.Stack()))
			err = fmt.Errorf("%w: panic", ErrUnknown)
		}
	}()
	return t.courier.Carry(ctx, l)
}

// report takes a letter back, and what the channel said about its limits at
// once: the rows may take their time.
func (t *term) report(r result) {
	t.underWay--
	now := t.Clock()
	if later := (Later{}); errors.As(r.err, &later) {
		r.row.NotBefore = t.rowTime(now, t.pacer.later(now, r.row.AddressID, later))
	}
	if t.breaker.hear(now, r.err) {
		t.Logger.Error("the channel refuses our account: nothing is sent for a while, what waits stays",
			"channel", t.Channel, "pause", breakerPause, "error", r.err)
	}
	t.unkept = append(t.unkept, r)
}

// rowTime is the moment of the pacing clock as rows have it.
func (t *term) rowTime(now, at time.Time) time.Time { return t.db.Now().Add(at.Sub(now)) }

// end waits for the letters under way, unless another may lead already, and
// writes down how they fared. What cannot be written is an unknown outcome for
// the next term.
func (t *term) end(ctx context.Context) {
	if errors.Is(context.Cause(ctx), store.ErrLost) {
		t.breakOff()
	}
	breakOff := time.AfterFunc(drain, t.breakOff)
	defer breakOff.Stop()
	patience := time.After(2 * drain)
	for t.underWay > 0 {
		select {
		case r := <-t.results:
			t.report(r)
		case <-patience: // a courier that heeds nothing
			t.underWay = 0
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := t.keep(ctx); err != nil {
		t.Logger.Error("outbox at its end", "channel", t.Channel, "error", err)
	}
}

package soap

import (
	"sync"
	"time"

	"promobot/fns"
)

// gates are shut while nothing at all, or only no new request, may be sent.
type gates struct{ all, sends gate }

// check asks the gates that an operation must pass.
func (g *gates) check(op operation, now time.Time) error {
	if err := g.all.check(now); err != nil || op != opSend {
		return err
	}
	return g.sends.check(now)
}

// gate answers for the service until a moment.
type gate struct {
	mu     sync.Mutex
	until  time.Time
	reason func(left time.Duration) error
}

func (g *gate) shut(until time.Time, reason func(left time.Duration) error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until.After(g.until) {
		g.until, g.reason = until, reason
	}
}

func (g *gate) check(now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !now.Before(g.until) {
		return nil
	}
	return g.reason(g.until.Sub(now))
}

// accessPause is how long a refusal of access answers for all receipts: each
// would only hear it again.
const accessPause = 30 * time.Second

// barred shuts the gate because the service does not serve us as we are.
func (c *Client) barred(text string) error {
	refusal := &fns.AccessError{Text: text}
	c.gates.all.shut(c.config.Clock().Add(accessPause), func(time.Duration) error { return refusal })
	return refusal
}

// outOfQuota shuts a gate until the quota is new: counters keep growing while one
// asks. A send without quota leaves polls alone, since answers to
// what was sent before are paid for and kept only for a minute.
func (c *Client) outOfQuota(op operation, text string) error {
	refusal := &fns.QuotaError{Until: fns.QuotaAgain(c.config.Clock()), Text: text}
	shut := &c.gates.all
	if op == opSend {
		shut = &c.gates.sends
	}
	shut.shut(refusal.Until, func(time.Duration) error { return refusal })
	return refusal
}

package soap

import (
	"errors"
	"sync"
	"time"

	"promobot/fns"
)

// pace keeps sends apart. A refused caller is told a turn of its own, so that a
// crowd does not come back all at once.
type pace struct {
	mu       sync.Mutex
	usual    time.Duration
	interval time.Duration // grows when the service says "too fast"
	calm     int           // sends since then
	next     time.Time     // the next free turn
	promised time.Time     // the turn told to the last refused caller
}

func newPace(perSecond float64) *pace {
	usual := time.Duration(float64(time.Second) / perSecond)
	return &pace{usual: usual, interval: usual}
}

// take takes a turn, or says how long to wait for one.
func (p *pace) take(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !now.Before(p.next) || p.next.Sub(now) > p.usual*maxSlowdown { // or the clock was set back
		p.next, p.promised = now.Add(p.interval), time.Time{}
		return 0
	}
	if p.promised.Before(p.next) {
		p.promised = p.next
	}
	wait := p.promised.Sub(now)
	p.promised = p.promised.Add(p.interval)
	return wait
}

const (
	maxSlowdown = 8  // times the usual interval
	calmSends   = 20 // sends without complaint until the pace is doubled again
)

// learn halves the pace when the service complains and restores it by and by.
func (p *pace) learn(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var rate *fns.RateError
	if errors.As(err, &rate) {
		p.interval, p.calm = min(p.interval*2, p.usual*maxSlowdown), 0
		return
	}
	if p.calm++; p.calm >= calmSends {
		p.interval, p.calm = max(p.interval/2, p.usual), 0
	}
}

// The service's limits for one message id.
const (
	pollGap       = time.Second
	pollWindow    = time.Minute
	pollsInWindow = 12
)

// pollGuard keeps polls of each message id apart. Times are taken when a poll
// has ended, since the service may have counted it at any moment until then.
type pollGuard struct {
	mu        sync.Mutex
	histories map[string]*history
	sweptAt   time.Time
}

// history is the polls of one id in the last minute.
type history struct {
	at       []time.Time
	notUntil time.Time
}

// take notes a poll, or says how long to wait.
func (g *pollGuard) take(id string, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweep(now)
	h := g.histories[id]
	if h == nil {
		h = &history{}
		g.histories[id] = h
	}
	if wait := h.wait(now); wait > 0 {
		return wait
	}
	h.at = append(h.at, now)
	return 0
}

func (h *history) wait(now time.Time) time.Duration {
	if n := len(h.at); n > 0 && h.at[n-1].Sub(now) > pollWindow { // the clock was set back
		*h = history{}
	}
	ready := h.notUntil
	if n := len(h.at); n > 0 {
		ready = later(ready, h.at[n-1].Add(pollGap))
	}
	if n := len(h.at); n >= pollsInWindow {
		ready = later(ready, h.at[n-pollsInWindow].Add(pollWindow))
	}
	return ready.Sub(now)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// done corrects the time of the last poll to its end, and obeys the service's
// own "too fast".
func (g *pollGuard) done(id string, now time.Time, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	h := g.histories[id]
	if h == nil || len(h.at) == 0 {
		return
	}
	h.at[len(h.at)-1] = now
	var rate *fns.RateError
	if errors.As(err, &rate) {
		h.notUntil = now.Add(rate.RetryIn)
	}
}

// sweep forgets, once a minute, the ids that nobody polls any more, and the
// polls that no longer count.
func (g *pollGuard) sweep(now time.Time) {
	if now.Sub(g.sweptAt) < pollWindow {
		return
	}
	g.sweptAt = now
	for id, h := range g.histories {
		for len(h.at) > 0 && now.Sub(h.at[0]) > pollWindow {
			h.at = h.at[1:]
		}
		if len(h.at) == 0 && now.After(h.notUntil) {
			delete(g.histories, id)
		}
	}
}

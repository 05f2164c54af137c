package providers

import "time"

// The states of a breaker.
const (
	Closed   = "closed"    // calls pass
	Open     = "open"      // none pass: most calls of the last minute failed
	HalfOpen = "half-open" // a few pass, and what becomes of them decides
)

// How a breaker judges.
const (
	window        = time.Minute
	slotLength    = 10 * time.Second
	fewCalls      = 20 // fewer say nothing
	probesAtATime = 2
	probesToPass  = 3
	firstRest     = 15 * time.Second
	longestRest   = 5 * time.Minute
	probesTime    = time.Minute // probes that were not heard of by then are forgotten
)

// breaker keeps calls from a provider that fails most of them. One that answers
// every second time is worth asking: where there is no other, a rest costs more
// than its failures.
type breaker struct {
	state  string
	until  time.Time // Open: when probes may pass; HalfOpen: when silent probes are forgotten
	opens  int       // in a row, without a recovery in between
	probes int       // under way
	passed int       // probes that succeeded
}

// refuses says how long no call passes; 0: one may.
func (b breaker) refuses(now time.Time) time.Duration {
	switch {
	case b.state == Open && now.Before(b.until):
		return b.until.Sub(now)
	case b.state == HalfOpen && b.probes >= probesAtATime && now.Before(b.until):
		return time.Second
	}
	return 0
}

// grant notes a call that refuses has let pass.
func (b breaker) grant(now time.Time) breaker {
	switch {
	case b.state == Closed:
		return b
	case b.state == Open, !now.Before(b.until):
		b.state, b.probes, b.passed, b.until = HalfOpen, 0, 0, now.Add(probesTime)
	}
	b.probes++
	return b
}

// record notes how a call ended; calls and failures are those of the window,
// with this one.
func (b breaker) record(now time.Time, failed bool, calls, failures int) breaker {
	switch {
	case b.state == Open:
		return b // a straggler of before
	case b.state == HalfOpen && failed:
		return b.open(now)
	case b.state == HalfOpen:
		b.probes, b.passed = max(0, b.probes-1), b.passed+1
		if b.passed >= probesToPass {
			return breaker{state: Closed}
		}
		return b
	case failed && calls >= fewCalls && failures*4 >= calls*3: // three of four
		return b.open(now)
	}
	return b
}

func (b breaker) open(now time.Time) breaker {
	rest := min(firstRest<<min(b.opens, 10), longestRest)
	return breaker{state: Open, until: now.Add(rest), opens: b.opens + 1}
}

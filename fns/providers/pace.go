package providers

import "time"

const (
	maxSlowdown = 8  // times the usual interval
	calmSends   = 20 // sends without complaint until the pace is doubled again
)

// pace keeps sends apart, for all replicas.
type pace struct {
	next time.Time // the next free turn
	slow int       // times the usual interval; doubled when the provider complains
	calm int       // sends since then
}

// wait says how long until a turn is free. A turn farther ahead than the pace
// can give is of a clock that was set back.
func (p pace) wait(now time.Time, usual time.Duration) time.Duration {
	if wait := p.next.Sub(now); wait > 0 && wait <= usual*maxSlowdown {
		return wait
	}
	return 0
}

func (p pace) interval(usual time.Duration) time.Duration {
	return usual * time.Duration(max(1, p.slow))
}

func (p pace) take(now time.Time, usual time.Duration) pace {
	p.next = now.Add(p.interval(usual))
	return p
}

// learn halves the pace when the provider complains and restores it by and by.
func (p pace) learn(tooFast bool) pace {
	if tooFast {
		p.slow, p.calm = min(max(1, p.slow)*2, maxSlowdown), 0
		return p
	}
	if p.calm++; p.calm >= calmSends {
		p.slow, p.calm = max(1, p.slow/2), 0
	}
	return p
}

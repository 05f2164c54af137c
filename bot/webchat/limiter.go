package webchat

import (
	"sync"
	"time"
)

// mostBuckets is how many keys are remembered before those that are full again
// are forgotten.
const mostBuckets = 10_000

// limiter lets so many through in a minute for each key, in bursts if need be.
type limiter struct {
	clock func() time.Time
	most  float64

	mu      sync.Mutex
	buckets map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newLimiter(clock func() time.Time, perMinute int) *limiter {
	return &limiter{clock: clock, most: float64(perMinute), buckets: map[string]bucket{}}
}

// take lets one through, or says how long to wait.
func (l *limiter) take(key string) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	b, known := l.buckets[key]
	if !known {
		l.sweep(now)
		b = bucket{l.most, now}
	}
	b = bucket{l.refilled(b, now), now}
	ok = b.left >= 1
	if ok {
		b.left--
	}
	l.buckets[key] = b
	missing := max(0, 1-b.left)
	return time.Duration(missing / l.most * float64(time.Minute)), ok
}

func (l *limiter) refilled(b bucket, now time.Time) float64 {
	return min(l.most, b.left+max(0, now.Sub(b.at).Minutes())*l.most)
}

func (l *limiter) sweep(now time.Time) {
	if len(l.buckets) < mostBuckets {
		return
	}
	for key, b := range l.buckets {
		if l.refilled(b, now) >= l.most {
			delete(l.buckets, key)
		}
	}
}

// mostStreams is how many tabs of one session are served at a time.
const mostStreams = 16

// counter counts the open streams of each address.
type counter struct {
	mu   sync.Mutex
	open map[int64]int
}

// enter counts one more, if there is room; leave must follow.
func (c *counter) enter(address int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[address] >= mostStreams {
		return false
	}
	c.open[address]++
	return true
}

func (c *counter) leave(address int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[address]--
	if c.open[address] == 0 {
		delete(c.open, address)
	}
}

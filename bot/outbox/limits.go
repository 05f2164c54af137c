package outbox

import "time"

// Limits are how much a channel takes.
type Limits struct {
	PerSecond int           // messages of the account in any second, 1…10000
	Pushes    int           // of these at most so many pushes, 1…PerSecond; the rest stays for answers
	ChatEvery time.Duration // a chat takes one message in this time …
	ChatBurst int           // … and so many at once after a rest, 1…100
}

// Telegram are the limits that Telegram publishes for bots in private chats.
func Telegram() Limits {
	return Limits{PerSecond: 30, Pushes: 25, ChatEvery: time.Second, ChatBurst: 3}
}

// slack stretches the seconds, since messages that leave evenly do not arrive
// evenly.
const slack = 1.05

// window lets through so many in any stretch of the given length, exactly: a
// bucket that refills would let through up to twice as many.
type window struct {
	length time.Duration
	left   []time.Time // the last passages, a ring; next is the oldest
	next   int
}

func newWindow(n int, length time.Duration) *window {
	return &window{length: length, left: make([]time.Time, n)}
}

// free is the first moment at which one more may pass.
func (w *window) free() time.Time {
	if oldest := w.left[w.next]; !oldest.IsZero() {
		return oldest.Add(w.length)
	}
	return time.Time{}
}

func (w *window) pass(now time.Time) {
	w.left[w.next] = now
	w.next = (w.next + 1) % len(w.left)
}

// bucket holds up to burst tokens and gets one every so often. It is kept as
// the moment at which it is full again.
type bucket struct{ full time.Time }

// free is the first moment at which there is a token.
func (b bucket) free(every time.Duration, burst int) time.Time {
	return b.full.Add(-time.Duration(burst-1) * every)
}

func (b *bucket) take(now time.Time, every time.Duration) {
	if b.full.Before(now) {
		b.full = now
	}
	b.full = b.full.Add(every)
}

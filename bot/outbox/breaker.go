package outbox

import (
	"errors"
	"time"
)

// breakerPause is how long nothing is sent after the channel refused our
// account.
const breakerPause = time.Minute

// breaker stops a channel that refuses our account. After a pause one letter
// tries whether it does still.
type breaker struct {
	until time.Time
	open  bool // the last word was a refusal
}

// hear takes an outcome in; true if it opens the breaker.
func (b *breaker) hear(now time.Time, err error) bool {
	if !errors.Is(err, ErrAccount) {
		b.open = false
		return false
	}
	opens := !b.open || !b.until.After(now)
	b.open, b.until = true, latest(b.until, now.Add(breakerPause))
	return opens
}

// room is how many letters may be under way.
func (b *breaker) room(now time.Time, parallel int) int {
	switch {
	case b.until.After(now):
		return 0
	case b.open:
		return 1
	}
	return parallel
}

package fnssim

import (
	"fmt"
	"time"

	"promobot/fns"
)

// appState is an application with what it has used.
type appState struct {
	App
	sends   []time.Time    // within the last second
	batches []time.Time    // within the last minute
	used    map[string]int // by day and method; "" is the application's own count
}

// issued is a temporary token.
type issued struct {
	value     string
	app       *appState
	expiresAt time.Time
}

// message is a request that was taken.
type message struct {
	id       string
	app      *appState
	check    bool // only whether the sign is genuine
	readyAt  time.Time
	goneAt   time.Time
	fate     float64 // compared with the rates of stuckProcessing and lostAnswer
	code     int
	ticket   *fns.Ticket
	polledAt []time.Time
}

const (
	tokenLife     = time.Hour
	tokenReissue  = 20 * time.Minute // the same token is issued again while more is left
	answerKept    = time.Minute
	messageKept   = 10 * time.Minute // so that tests may look; then it is forgotten
	maxBatch      = 100
	batchesPerMin = 5
	pollsPerMin   = 12
)

// moscow is where the service's day begins.
var moscow = time.FixedZone("MSK", 3*60*60)

func (s *Sim) now() time.Time { return s.options.Clock() }

func (s *Sim) today() string { return s.now().In(moscow).Format(time.DateOnly) }

// spend counts a call and reports whether it is within the limit; it counts
// refused calls too, as the service does.
func (a *appState) spend(day, method string, limit int) bool {
	key := day + " " + method
	a.used[key]++
	return limit == 0 || a.used[key] <= limit
}

// within drops the times older than the window and returns the rest.
func within(times []time.Time, now time.Time, window time.Duration) []time.Time {
	for len(times) > 0 && now.Sub(times[0]) >= window {
		times = times[1:]
	}
	return times
}

// newUUID makes an id. The caller holds the lock.
func (s *Sim) newUUID() string {
	a, b := s.rng.Uint64(), s.rng.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

// sweep forgets, once a minute, what nobody can ask for any more. The caller
// holds the lock.
func (s *Sim) sweep() {
	now := s.now()
	if now.Sub(s.sweptAt) < time.Minute {
		return
	}
	s.sweptAt = now
	for id, m := range s.messages {
		if now.Sub(m.goneAt) > messageKept {
			delete(s.messages, id)
		}
	}
	for value, t := range s.tokens {
		if now.After(t.expiresAt) {
			delete(s.tokens, value)
		}
	}
}

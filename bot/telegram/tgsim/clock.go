package tgsim

import (
	"context"
	"time"
)

// Now returns the simulator's time.
func (s *Sim) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// Advance moves the simulator's time ahead: updates, callback queries and file
// links expire, deliveries to a webhook are tried again. A long poll and a slow
// answer wait in the machine's time, because the client does.
func (s *Sim) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += d
	s.bump()
}

func (s *Sim) now() time.Time { return s.options.Clock().Add(s.ahead) }

// bump wakes whoever waits for something to happen.
func (s *Sim) bump() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// sleep waits in the machine's time; false means that the caller has gone or
// the simulator closes.
func (s *Sim) sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-s.life.Done():
	}
	return false
}

// waitUntil waits in the simulator's time, until at or until stop says so,
// which it is asked whenever something happened. It is called with the lock
// held and holds it again when it returns; false means that the simulator
// closes.
func (s *Sim) waitUntil(at time.Time, stop func() bool) bool {
	for {
		left := at.Sub(s.now())
		if left <= 0 || stop() {
			return true
		}
		changed, timer := s.changed, time.NewTimer(left)
		s.mu.Unlock()
		open := true
		select {
		case <-changed:
		case <-timer.C:
		case <-s.life.Done():
			open = false
		}
		timer.Stop()
		s.mu.Lock()
		if !open {
			return false
		}
	}
}

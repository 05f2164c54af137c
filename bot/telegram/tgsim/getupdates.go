package tgsim

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

const (
	maxPoll     = 50 // seconds
	hurriedPoll = 3  // seconds: the least between two equal polls
)

// poll is a getUpdates that waits; ended tells it why it must not go on.
type poll struct {
	ended error
}

var (
	errOtherPoll  = conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
	errHookSet    = conflict("terminated by setWebhook request")
	errHookActive = conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
)

func (s *Sim) getUpdates(ctx context.Context, c *call) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hook.url != "" {
		return nil, errHookActive
	}
	if err := s.allow(c); err != nil {
		return nil, err
	}
	offset, limit, timeout := c.number("offset", 0), clamp(c.number("limit", 100), 1, 100), clamp(c.number("timeout", 0), 0, maxPoll)
	limit, timeout = s.hurried(offset, limit, timeout)
	if s.inbox.poll != nil {
		s.inbox.poll.ended = errOtherPoll
	}
	p := &poll{}
	s.inbox.poll = p
	s.bump()
	defer func() {
		if s.inbox.poll == p {
			s.inbox.poll = nil
		}
	}()
	s.confirm(offset)
	return s.await(ctx, p, int(limit), time.Duration(timeout)*time.Second)
}

func clamp(n, low, high int64) int64 { return min(max(n, low), high) }

// hurried slows a client down that asks the same again and again.
func (s *Sim) hurried(offset, limit, timeout int64) (int64, int64) {
	now := s.now()
	since := now.Sub(s.inbox.askedAt)
	if offset == s.inbox.offset && timeout < hurriedPoll && since < hurriedPoll*time.Second {
		timeout = hurriedPoll
		if since < time.Second/2 {
			limit = 1
		}
	}
	s.inbox.offset, s.inbox.askedAt = offset, now
	return limit, timeout
}

// allow remembers the kinds of updates that the bot asks for.
func (s *Sim) allow(c *call) error {
	var kinds []string
	named, err := c.object("allowed_updates", "allowed updates", &kinds)
	if err != nil || !named {
		return err
	}
	for i, kind := range kinds {
		kinds[i] = strings.ToLower(kind)
	}
	s.inbox.allowed = kinds
	return nil
}

// confirm forgets the updates before offset; a negative one keeps that many
// from the end.
func (s *Sim) confirm(offset int64) {
	b := &s.inbox
	if offset < 0 {
		b.waiting = b.waiting[max(0, len(b.waiting)+int(offset)):]
		return
	}
	b.waiting = slices.DeleteFunc(b.waiting, func(u *update) bool {
		return u.id < offset && (!u.again || u.shown)
	})
}

// await waits for updates in the machine's time.
func (s *Sim) await(ctx context.Context, p *poll, limit int, timeout time.Duration) (any, error) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	late := timeout == 0
	for {
		s.expire()
		if batch := s.batch(limit); len(batch) > 0 || late || p.ended != nil {
			if p.ended != nil {
				return nil, p.ended
			}
			return batch, nil
		}
		changed := s.changed
		s.mu.Unlock()
		var err error
		select {
		case <-changed:
		case <-timer.C:
			late = true
		case <-ctx.Done():
			err = errGone
		case <-s.life.Done():
			err = restart
		}
		s.mu.Lock()
		if err != nil {
			return nil, err
		}
	}
}

// batch returns up to limit updates and about 4 MiB. The second delivery of an
// update waits until the first is confirmed.
func (s *Sim) batch(limit int) []json.RawMessage {
	batch, size := []json.RawMessage{}, 0
	seen := map[int64]bool{}
	for _, u := range s.inbox.waiting {
		if len(batch) == limit || size >= maxAnswerBytes {
			break
		}
		if seen[u.id] {
			continue
		}
		seen[u.id], u.shown = true, true
		batch, size = append(batch, u.body), size+len(u.body)
	}
	return batch
}

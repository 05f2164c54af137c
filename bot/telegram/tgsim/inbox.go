package tgsim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

const (
	firstUpdate    = 730001
	updateLife     = 24 * time.Hour
	callbackLife   = 150 * time.Second
	quietWeek      = 7 * 24 * time.Hour // after it the next update has any number
	keptUpdates    = 10_000             // that can be delivered again
	maxAnswerBytes = 4 << 20
)

// update waits until the bot confirms it.
type update struct {
	id      int64
	chat    int64
	queue   string // updates of one queue are delivered to a webhook one after another
	kind    string // "message", "callback_query", …
	body    []byte
	expires time.Time
	again   bool // delivered before: its number does not tell that it is confirmed
	shown   bool
}

// inbox holds the updates that the bot has not confirmed, in the order of
// their delivery.
type inbox struct {
	nextID  int64
	lastAt  time.Time
	waiting []*update
	kept    []*update // also those that were confirmed
	holding bool
	held    []*update
	allowed []string // kinds; none: all that are sent without asking
	poll    *poll    // the newest getUpdates that waits
	offset  int64    // of the last getUpdates
	askedAt time.Time
}

// unasked are the kinds that come only to a bot that names them.
var unasked = []string{"chat_member", "message_reaction", "message_reaction_count"}

func (b *inbox) takes(kind string) bool {
	if len(b.allowed) == 0 {
		return !slices.Contains(unasked, kind)
	}
	return slices.Contains(b.allowed, kind)
}

// tell queues an update for the bot and returns its number, 0 if the bot does
// not take its kind.
func (s *Sim) tell(p *person, kind string, object any) int64 {
	if !s.inbox.takes(kind) {
		return 0
	}
	body, err := json.Marshal(object)
	if err != nil {
		panic(fmt.Sprintf("tgsim: %s: %v", kind, err)) // the objects are ours and always fit
	}
	now, life := s.now(), updateLife
	if kind == "callback_query" {
		life = callbackLife
	}
	u := &update{id: s.nextUpdateID(now), chat: p.ID, queue: queueOf(p, kind), kind: kind, expires: now.Add(life)}
	u.body = fmt.Appendf(nil, `{"update_id":%d,%q:%s}`, u.id, kind, body)
	s.inbox.kept = append(s.inbox.kept, u)
	if len(s.inbox.kept) > 2*keptUpdates {
		s.inbox.kept = append([]*update{}, s.inbox.kept[keptUpdates:]...)
	}
	s.queue(u)
	if s.takeFault(Duplicate, webhookMethod, p.ID) {
		s.queue(u.copy())
	}
	return u.id
}

func (u *update) copy() *update {
	c := *u
	c.again, c.shown = true, false
	return &c
}

func queueOf(p *person, kind string) string {
	switch kind {
	case "message", "edited_message":
		return "chat:" + strconv.FormatInt(p.ID, 10)
	case "callback_query":
		return "press:" + strconv.FormatInt(p.ID, 10)
	}
	return kind + ":" + strconv.FormatInt(p.ID, 10)
}

// nextUpdateID counts up; after a week without updates it starts anywhere.
func (s *Sim) nextUpdateID(now time.Time) int64 {
	b := &s.inbox
	if !b.lastAt.IsZero() && now.Sub(b.lastAt) >= quietWeek {
		b.nextID = s.chance() % 1_000_000_000
	}
	b.lastAt = now
	b.nextID++
	return b.nextID - 1
}

func (s *Sim) queue(u *update) {
	if s.inbox.holding {
		s.inbox.held = append(s.inbox.held, u)
		return
	}
	s.inbox.waiting = append(s.inbox.waiting, u)
	s.startDeliveries()
	s.bump()
}

// expire drops the updates that the bot has not taken in time.
func (s *Sim) expire() {
	now := s.now()
	s.inbox.waiting = slices.DeleteFunc(s.inbox.waiting, func(u *update) bool { return !now.Before(u.expires) })
}

// Pending returns how many updates wait for the bot.
func (s *Sim) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	return len(s.inbox.waiting)
}

// Redeliver delivers an update again, whether it was confirmed or not.
func (s *Sim) Redeliver(id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.inbox.kept {
		if u.id == id {
			again := u.copy()
			again.expires = s.now().Add(updateLife)
			s.queue(again)
			return nil
		}
	}
	return fmt.Errorf("%w: update %d", ErrUnknown, id)
}

// Hold keeps new updates back until Release.
func (s *Sim) Hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inbox.holding = true
}

// Release delivers what was held back: first the updates that order names, in
// that order, then the others in their own.
func (s *Sim) Release(order ...int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.inbox.held
	s.inbox.holding, s.inbox.held = false, nil
	place := func(u *update) int {
		if at := slices.Index(order, u.id); at >= 0 {
			return at
		}
		return len(order)
	}
	slices.SortStableFunc(held, func(a, b *update) int { return place(a) - place(b) })
	for _, u := range held {
		s.queue(u)
	}
}

// ReleaseReversed delivers what was held back, the newest first.
func (s *Sim) ReleaseReversed() {
	s.mu.Lock()
	var order []int64
	for _, u := range slices.Backward(s.inbox.held) {
		order = append(order, u.id)
	}
	s.mu.Unlock()
	s.Release(order...)
}

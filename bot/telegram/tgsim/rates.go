package tgsim

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The published limits: a chat takes one message a second after a burst of
// three, all chats together thirty a second.
const (
	chatRate, chatBurst = 1, 3
	botRate, botBurst   = 30, 30
)

// Rates is what the limits have seen.
type Rates struct {
	Enforced bool `json:"enforced"`
	Sent     int  `json:"sent"`      // messages and edits that the limits count
	OverChat int  `json:"over_chat"` // sent faster than a chat takes
	OverBot  int  `json:"over_bot"`  // sent faster than all chats together take
	Early    int  `json:"early"`     // sooner than a 429 had told, whatever its cause
}

type rates struct {
	enforced bool
	chats    map[int64]*bucket
	bot      bucket
	told     map[string]time.Time // by scope: when a 429 said to come again
	seen     Rates
}

// bucket holds tokens; the zero one is full.
type bucket struct {
	used float64
	at   time.Time
}

// take takes a token, or returns how long until there is one.
func (b *bucket) take(now time.Time, rate, burst float64) time.Duration {
	b.used = max(0, b.used-now.Sub(b.at).Seconds()*rate)
	b.at = now
	if b.used+1 > burst {
		return time.Duration((b.used + 1 - burst) / rate * float64(time.Second))
	}
	b.used++
	return 0
}

// SetRates switches on or off that what is sent too fast is refused with 429.
// It is counted in any case.
func (s *Sim) SetRates(enforced bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rates.enforced = enforced
}

// Rates returns what the limits have seen.
func (s *Sim) Rates() Rates {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.rates.seen
	seen.Enforced = s.rates.enforced
	return seen
}

// limit judges whether a call comes too fast. method is in small letters.
func (s *Sim) limit(method string, c *call) error {
	if !counted(method) {
		return nil
	}
	s.rates.seen.Sent++
	return s.spend(s.now(), c.number("chat_id", 0))
}

func counted(method string) bool {
	return method != "sendchataction" && slices.ContainsFunc([]string{"send", "edit", "copy"}, func(verb string) bool {
		return strings.HasPrefix(method, verb)
	})
}

func (s *Sim) spend(now time.Time, chat int64) error {
	own := s.rates.chats[chat]
	if own == nil {
		own = &bucket{}
		s.rates.chats[chat] = own
	}
	scope, wait := chatScope(chat), own.take(now, chatRate, chatBurst)
	if wait > 0 {
		s.rates.seen.OverChat++
	} else if wait = s.rates.bot.take(now, botRate, botBurst); wait > 0 {
		s.rates.seen.OverBot++
		scope = botScope
	}
	if wait == 0 || !s.rates.enforced {
		return nil
	}
	refused := tooMany(wait)
	s.rates.told[scope] = now.Add(time.Duration(refused.after) * time.Second)
	return refused
}

const botScope = "bot"

func chatScope(chat int64) string { return "chat " + strconv.FormatInt(chat, 10) }

// early returns how long a scope that was told to wait must still do so.
func (s *Sim) early(now time.Time, method string, chat int64) time.Duration {
	wait := time.Duration(0)
	for _, scope := range []string{botScope, chatScope(chat), method} {
		until, told := s.rates.told[scope]
		if told && !now.Before(until) {
			delete(s.rates.told, scope)
			continue
		}
		if told && (chat != 0 || scope == method) {
			wait = max(wait, until.Sub(now))
		}
	}
	return wait
}

package tgsim

import (
	"context"
	"fmt"
)

// Transcript is a chat as the person sees it now. Version grows with every
// change of any chat.
type Transcript struct {
	Chat     int64          `json:"chat"`
	Version  int64          `json:"version"` // of the newest change in this chat
	Blocked  bool           `json:"blocked"`
	Messages []Seen         `json:"messages"`           // by number; only those that changed, if asked so
	Keyboard *ReplyKeyboard `json:"keyboard,omitempty"` // under the field for text
	Action   string         `json:"action,omitempty"`   // "typing" and the like, for five seconds or until the next message
	Presses  []Press        `json:"presses"`            // of buttons, in their order
}

// Seen is a message with its edits. A deleted one has only its number.
type Seen struct {
	messageWith
	FromBot bool
	Deleted bool
	Version int64
}

// MarshalJSON writes the message as the Bot API does, with three fields more:
// from_bot, deleted and version.
func (m Seen) MarshalJSON() ([]byte, error) {
	whole := m.messageWith
	whole.more = map[string]any{"from_bot": m.FromBot, "version": m.Version}
	for name, value := range m.messageWith.more {
		whole.more[name] = value
	}
	if m.Deleted {
		whole.more["deleted"] = true
	}
	return whole.MarshalJSON()
}

// Transcript returns the chat with the messages that changed after version
// after; 0 is all. An unknown person has an empty one.
func (s *Sim) Transcript(chat, after int64) Transcript {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transcript(chat, after)
}

// Watch waits until the chat has changed after version after, and returns it.
// When ctx ends it returns the chat as it is.
func (s *Sim) Watch(ctx context.Context, chat, after int64) Transcript {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		t := s.transcript(chat, after)
		if t.Version > after {
			return t
		}
		changed := s.changed
		s.mu.Unlock()
		open := true
		select {
		case <-changed:
		case <-ctx.Done():
			open = false
		case <-s.life.Done():
			open = false
		}
		s.mu.Lock()
		if !open {
			return t
		}
	}
}

func (s *Sim) transcript(chat, after int64) Transcript {
	t := Transcript{Chat: chat, Messages: []Seen{}, Presses: []Press{}}
	p := s.people[chat]
	if p == nil {
		return t
	}
	t.Version, t.Blocked, t.Keyboard = p.version, p.blocked, p.keyboard
	if s.now().Before(p.actionUntil) {
		t.Action = p.action
	}
	for _, m := range p.messages {
		t.Version = max(t.Version, m.version)
		if m.version > after {
			t.Messages = append(t.Messages, m.seen())
		}
	}
	for _, press := range p.presses {
		t.Presses = append(t.Presses, *press)
	}
	return t
}

func (m *message) seen() Seen {
	seen := Seen{m.messageWith, m.fromBot, m.deleted, m.version}
	if m.deleted {
		seen.messageWith = messageWith{Message: Message{MessageID: m.MessageID, Chat: m.Chat, Date: m.Date}}
	}
	return seen
}

// Last returns the newest message of the bot that the chat shows.
func (s *Sim) Last(chat int64) (Seen, error) {
	t := s.Transcript(chat, 0)
	for i := len(t.Messages) - 1; i >= 0; i-- {
		if t.Messages[i].FromBot && !t.Messages[i].Deleted {
			return t.Messages[i], nil
		}
	}
	return Seen{}, fmt.Errorf("%w: a message of the bot to %d", ErrUnknown, chat)
}

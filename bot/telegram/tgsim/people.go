package tgsim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Refusals of what a person is to do.
var (
	ErrUnknown = errors.New("tgsim: unknown")
	ErrBlocked = errors.New("tgsim: the person has blocked the bot")
)

// Person is somebody with a Telegram account. Names and phones are invented.
type Person struct {
	ID           int64  `json:"id"` // positive; also of the chat
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name"`
	Username     string `json:"username"`
	LanguageCode string `json:"language_code"` // "" is left out of updates
	Phone        string `json:"phone"`         // of the own contact, with or without +
}

// person is a Person with the chat.
type person struct {
	Person
	started     bool
	blocked     bool
	deactivated bool
	messages    []*message // by number
	keyboard    *ReplyKeyboard
	action      string
	actionUntil time.Time
	version     int64 // of the chat, without its messages
	presses     []*Press
}

// message is a Message in a chat.
type message struct {
	messageWith
	fromBot bool
	fixed   bool // it brought a reply keyboard and cannot be edited
	deleted bool
	version int64
}

// AddPerson makes a person known, or changes one. Without an ID the next free
// one is taken; without a first name "Имя". A person who is not known has no
// chat that the bot could write to; what somebody unknown does makes him known.
func (s *Sim) AddPerson(p Person) Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.ID == 0 {
		p.ID = firstPerson
		for s.people[p.ID] != nil {
			p.ID++
		}
	}
	p.FirstName = cmp.Or(p.FirstName, "Имя")
	p.Phone = cmp.Or(p.Phone, "7999"+fmt.Sprintf("%07d", p.ID%10_000_000))
	if known := s.people[p.ID]; known != nil {
		known.Person = p
		return p
	}
	s.people[p.ID] = &person{Person: p}
	return p
}

const firstPerson = 900000001

// People returns everybody, by ID.
func (s *Sim) People() []Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []Person{}
	for _, p := range s.people {
		all = append(all, p.Person)
	}
	slices.SortFunc(all, func(a, b Person) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

func (p *person) user() *User {
	return &User{ID: p.ID, FirstName: p.FirstName, LastName: p.LastName, Username: p.Username, LanguageCode: p.LanguageCode}
}

func (p *person) chat() Chat {
	return Chat{ID: p.ID, Type: "private", FirstName: p.FirstName, LastName: p.LastName, Username: p.Username}
}

// find returns a message that is still there, or nil.
func (p *person) find(id int) *message {
	at, found := slices.BinarySearchFunc(p.messages, id, func(m *message, id int) int { return m.MessageID - id })
	if !found || p.messages[at].deleted {
		return nil
	}
	return p.messages[at]
}

// keep puts a message into the chat.
func (s *Sim) keep(p *person, from *User, m messageWith) *message {
	s.messageID++
	m.MessageID, m.From, m.Chat, m.Date = s.messageID, from, p.chat(), s.now().Unix()
	kept := &message{messageWith: m, fromBot: from.IsBot}
	p.messages = append(p.messages, kept)
	s.touch(&kept.version)
	return kept
}

// touch gives the next version of what people see.
func (s *Sim) touch(version *int64) {
	s.version++
	*version = s.version
}

// recipient returns the person that a call is for.
func (s *Sim) recipient(c *call) (*person, error) {
	text := c.text("chat_id")
	if text == "" {
		return nil, bad("chat_id is empty")
	}
	id, err := strconv.ParseInt(text, 10, 64)
	p := s.people[id]
	switch {
	case err != nil || p == nil:
		return nil, bad("chat not found")
	case p.deactivated:
		return nil, forbidden("user is deactivated")
	case p.blocked:
		return nil, forbidden("bot was blocked by the user")
	case !p.started:
		return nil, forbidden("bot can't initiate conversation with a user")
	}
	return p, nil
}

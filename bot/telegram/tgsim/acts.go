package tgsim

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Done is what came of a person's act: the messages that it put into the chat
// and the updates that it made for the bot.
type Done struct {
	Messages []int   `json:"messages"`
	Updates  []int64 `json:"updates"`
}

// acting finds the person, or makes one known, and lets him write.
func (s *Sim) acting(id int64, act func(p *person) (Done, error)) (Done, error) {
	if id <= 0 {
		return Done{}, fmt.Errorf("%w: person %d", ErrUnknown, id)
	}
	s.mu.Lock()
	known := s.people[id] != nil
	s.mu.Unlock()
	if !known {
		s.AddPerson(Person{ID: id, LanguageCode: "ru"})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.bump()
	return act(s.people[id])
}

// write sends a person's message to the bot.
func (s *Sim) write(id int64, compose func(p *person) messageWith) (Done, error) {
	return s.acting(id, func(p *person) (Done, error) { return s.writeMessage(p, compose(p)) })
}

func (s *Sim) writeMessage(p *person, m messageWith) (Done, error) {
	if p.blocked {
		return Done{}, fmt.Errorf("%w: %d", ErrBlocked, p.ID)
	}
	p.started = true
	kept := s.keep(p, p.user(), m)
	return Done{[]int{kept.MessageID}, numbers(s.tell(p, "message", kept.messageWith))}, nil
}

// numbers leaves out the update that the bot does not take.
func numbers(update int64) []int64 {
	if update == 0 {
		return []int64{}
	}
	return []int64{update}
}

// Start presses the button Start, or follows a link with a payload of 1–64 of
// A-Za-z0-9_-; "" is none.
func (s *Sim) Start(id int64, payload string) (Done, error) {
	return s.Say(id, strings.TrimSpace("/start "+payload))
}

// Say sends a text. Whoever presses a key of the reply keyboard says its text.
func (s *Sim) Say(id int64, text string) (Done, error) {
	return s.write(id, func(*person) messageWith { return spoken(text) })
}

func spoken(text string) messageWith {
	return messageWith{Message: Message{Text: text, Entities: found(text, nil)}}
}

// Reply sends a text that answers a message of the chat.
func (s *Sim) Reply(id int64, text string, to int) (Done, error) {
	return s.write(id, func(p *person) messageWith {
		m := spoken(text)
		if quoted := p.find(to); quoted != nil {
			m.ReplyToMessage = quoted.quoted()
		}
		return m
	})
}

// Press presses the button with that data under a message of the chat.
func (s *Sim) Press(id int64, messageID int, data string) (Done, error) {
	return s.acting(id, func(p *person) (Done, error) {
		m := p.find(messageID)
		if m == nil || !m.offers(data) {
			return Done{}, fmt.Errorf("%w: button %q under message %d", ErrUnknown, data, messageID)
		}
		return s.press(p, m.quoted(), data)
	})
}

// PressLabel presses the newest button with that label.
func (s *Sim) PressLabel(id int64, label string) (Done, error) {
	return s.acting(id, func(p *person) (Done, error) {
		for i := len(p.messages) - 1; i >= 0; i-- {
			if m := p.messages[i]; !m.deleted && m.labelled(label) != "" {
				return s.press(p, m.quoted(), m.labelled(label))
			}
		}
		return Done{}, fmt.Errorf("%w: a button %q", ErrUnknown, label)
	})
}

// PressForged sends what a changed client may: any data, under any message. A
// message that is not there, or is no longer, is inaccessible to the bot: its
// date is 0. So is, for the service, a very old one.
func (s *Sim) PressForged(id int64, messageID int, data string) (Done, error) {
	return s.acting(id, func(p *person) (Done, error) {
		if m := p.find(messageID); m != nil {
			return s.press(p, m.quoted(), data)
		}
		return s.press(p, &Message{MessageID: messageID, Chat: p.chat()}, data)
	})
}

func (s *Sim) press(p *person, m *Message, data string) (Done, error) {
	if p.blocked {
		return Done{}, fmt.Errorf("%w: %d", ErrBlocked, p.ID)
	}
	press := &Press{
		ID: strconv.FormatInt(s.chance(), 10), Chat: p.ID, Message: m.MessageID, Data: data,
		expires: s.now().Add(callbackLife).Unix(),
	}
	s.presses[press.ID] = press
	p.presses = append(p.presses, press)
	s.touch(&p.version)
	query := CallbackQuery{ID: press.ID, From: *p.user(), Message: m, ChatInstance: strconv.FormatInt(-p.ID*4294967, 10), Data: data}
	return Done{[]int{}, numbers(s.tell(p, "callback_query", query))}, nil
}

func (m *message) offers(data string) bool {
	return m.button(func(b Button) bool { return b.CallbackData != nil && *b.CallbackData == data }) != nil
}

// labelled returns the data of the button with that label, or "".
func (m *message) labelled(label string) string {
	b := m.button(func(b Button) bool { return b.CallbackData != nil && b.Text == label })
	if b == nil {
		return ""
	}
	return *b.CallbackData
}

func (m *message) button(is func(Button) bool) *Button {
	if m.ReplyMarkup == nil {
		return nil
	}
	for _, row := range m.ReplyMarkup.Rows {
		for _, b := range row {
			if is(b) {
				return &b
			}
		}
	}
	return nil
}

// Block blocks the bot; nothing can be sent to the person until Unblock.
func (s *Sim) Block(id int64) (Done, error) { return s.member(id, true) }

// Unblock takes a block back.
func (s *Sim) Unblock(id int64) (Done, error) { return s.member(id, false) }

func (s *Sim) member(id int64, blocked bool) (Done, error) {
	return s.acting(id, func(p *person) (Done, error) {
		if p.blocked == blocked {
			return Done{[]int{}, []int64{}}, nil
		}
		p.blocked, p.started = blocked, p.started || !blocked
		s.touch(&p.version)
		was, is := ChatMember{User: s.me, Status: "member"}, ChatMember{User: s.me, Status: "kicked", UntilDate: new(int64)}
		if !blocked {
			was, is = is, was
		}
		change := ChatMemberUpdated{Chat: p.chat(), From: *p.user(), Date: s.now().Unix(), OldChatMember: was, NewChatMember: is}
		return Done{[]int{}, numbers(s.tell(p, "my_chat_member", change))}, nil
	})
}

// Deactivate deletes the person's account.
func (s *Sim) Deactivate(id int64) (Done, error) {
	return s.acting(id, func(p *person) (Done, error) {
		p.deactivated = true
		return Done{[]int{}, []int64{}}, nil
	})
}

// Edit changes the text, or the caption, of a person's own message.
func (s *Sim) Edit(id int64, messageID int, text string) (Done, error) {
	return s.acting(id, func(p *person) (Done, error) {
		m := p.find(messageID)
		if m == nil || m.fromBot {
			return Done{}, fmt.Errorf("%w: message %d of %d", ErrUnknown, messageID, id)
		}
		marks := found(text, nil)
		if m.Text != "" {
			m.Text, m.Entities = text, marks
		} else {
			m.Caption, m.CaptionEnts = text, marks
		}
		m.EditDate = cmp.Or(s.now().Unix(), 1)
		s.touch(&m.version)
		return Done{[]int{messageID}, numbers(s.tell(p, "edited_message", m.messageWith))}, nil
	})
}

package tgsim

import (
	"reflect"
	"slices"
	"time"
)

const deletable = 48 * time.Hour

var errNotModified = bad("message is not modified: specified new message content and reply markup are exactly the same " +
	"as a current content and reply markup of the message")

// edited finds the message to edit, which must be one of the bot's.
func (s *Sim) edited(c *call) (*message, error) {
	p, err := s.recipient(c)
	if err != nil {
		return nil, err
	}
	m := p.find(int(c.number("message_id", 0)))
	switch {
	case m == nil:
		return nil, bad("message to edit not found")
	case !m.fromBot || m.fixed:
		return nil, bad("message can't be edited")
	}
	return m, nil
}

func (s *Sim) editMessageText(c *call) (any, error) {
	text, marks, err := formatted(c, "text", "entities", maxText)
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, bad("message text is empty")
	}
	return s.change(c, func(m *Message) error {
		if m.Text == "" {
			return bad("there is no text in the message to edit")
		}
		m.Text, m.Entities = text, marks
		return nil
	})
}

func (s *Sim) editMessageCaption(c *call) (any, error) {
	caption, marks, err := formatted(c, "caption", "caption_entities", maxCaption)
	if err != nil {
		return nil, err
	}
	return s.change(c, func(m *Message) error {
		if m.Photo == nil && m.Document == nil && m.Voice == nil {
			return bad("there is no caption in the message to edit")
		}
		m.Caption, m.CaptionEnts = caption, marks
		return nil
	})
}

func (s *Sim) editMessageReplyMarkup(c *call) (any, error) {
	return s.change(c, func(*Message) error { return nil })
}

// change edits a message: its content and, always, its buttons; without a
// markup in the call they go.
func (s *Sim) change(c *call, content func(*Message) error) (any, error) {
	brought, err := readMarkup(c)
	if err != nil {
		return nil, err
	}
	if brought.reply != nil || brought.remove {
		return nil, bad("inline keyboard expected")
	}
	m, err := s.edited(c)
	if err != nil {
		return nil, err
	}
	next := m.Message
	if err := content(&next); err != nil {
		return nil, err
	}
	next.ReplyMarkup = brought.inline
	if reflect.DeepEqual(next, m.Message) {
		return nil, errNotModified
	}
	next.EditDate = s.now().Unix()
	m.Message = next
	s.touch(&m.version)
	return m.Message, nil
}

func (s *Sim) deleteMessage(c *call) (any, error) {
	p, err := s.recipient(c)
	if err != nil {
		return nil, err
	}
	m := p.find(int(c.number("message_id", 0)))
	switch {
	case m == nil:
		return nil, bad("message to delete not found")
	case s.now().Sub(time.Unix(m.Date, 0)) >= deletable:
		return nil, bad("message can't be deleted")
	}
	m.deleted = true
	s.touch(&m.version)
	return true, nil
}

var chatActions = []string{
	"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
	"choose_sticker", "find_location", "record_video_note", "upload_video_note",
}

func (s *Sim) sendChatAction(c *call) (any, error) {
	if !slices.Contains(chatActions, c.text("action")) {
		return nil, bad("wrong parameter action in request")
	}
	p, err := s.recipient(c)
	if err != nil {
		return nil, err
	}
	p.action, p.actionUntil = c.text("action"), s.now().Add(actionLife)
	s.touch(&p.version)
	return true, nil
}

const actionLife = 5 * time.Second

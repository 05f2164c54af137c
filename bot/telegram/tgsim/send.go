package tgsim

import "strconv"

func (s *Sim) getMe(*call) (any, error) {
	return struct {
		User
		CanJoinGroups       bool `json:"can_join_groups"`
		CanReadAll          bool `json:"can_read_all_group_messages"`
		SupportsInline      bool `json:"supports_inline_queries"`
		CanConnectBusiness  bool `json:"can_connect_to_business"`
		HasMainWebApp       bool `json:"has_main_web_app"`
		HasTopics           bool `json:"has_topics_enabled"`
		AllowsTopicCreation bool `json:"allows_users_to_create_topics"`
	}{User: s.me, CanJoinGroups: true}, nil
}

func (s *Sim) getChat(c *call) (any, error) {
	id, err := strconv.ParseInt(c.text("chat_id"), 10, 64)
	p := s.people[id]
	if err != nil || p == nil {
		return nil, bad("chat not found")
	}
	return struct {
		Chat
		AccentColor  int            `json:"accent_color_id"`
		MaxReactions int            `json:"max_reaction_count"`
		Gifts        map[string]any `json:"accepted_gift_types"`
	}{p.chat(), 0, 11, map[string]any{
		"unlimited_gifts": true, "limited_gifts": true, "unique_gifts": true, "premium_subscription": true, "gifts_from_channels": true,
	}}, nil
}

func (s *Sim) sendMessage(c *call) (any, error) {
	text, marks, err := formatted(c, "text", "entities", maxText)
	if err != nil {
		return nil, err
	}
	if text == "" {
		return nil, bad("message text is empty")
	}
	return s.post(c, Message{Text: text, Entities: marks})
}

// post sends a message that is made to the person that the call names.
func (s *Sim) post(c *call, m Message) (any, error) {
	p, brought, err := s.address(c, &m)
	if err != nil {
		return nil, err
	}
	kept := s.keep(p, &s.me, messageWith{Message: m})
	kept.fixed = brought.reply != nil
	p.show(brought, kept.MessageID)
	return kept.Message, nil
}

// address finds the person, and what the message answers and brings.
func (s *Sim) address(c *call, m *Message) (*person, markup, error) {
	brought, err := readMarkup(c)
	if err != nil {
		return nil, markup{}, err
	}
	p, err := s.recipient(c)
	if err != nil {
		return nil, markup{}, err
	}
	m.ReplyMarkup = brought.inline
	m.ReplyToMessage, err = p.answered(c)
	return p, brought, err
}

// show changes what stands under the field for text.
func (p *person) show(brought markup, id int) {
	p.action = ""
	switch {
	case brought.reply != nil:
		brought.reply.MessageID = id
		p.keyboard = brought.reply
	case brought.remove:
		p.keyboard = nil
	}
}

// answered returns the message that the new one answers, or nil.
func (p *person) answered(c *call) (*Message, error) {
	var reply struct {
		MessageID int  `json:"message_id"`
		Without   bool `json:"allow_sending_without_reply"`
	}
	named, err := c.object("reply_parameters", "reply parameters", &reply)
	if err != nil {
		return nil, err
	}
	if !named { // the names of before 2024, which are still taken
		reply.MessageID, reply.Without = int(c.number("reply_to_message_id", 0)), c.flag("allow_sending_without_reply")
	}
	if reply.MessageID == 0 {
		return nil, nil
	}
	if m := p.find(reply.MessageID); m != nil {
		return m.quoted(), nil
	}
	if reply.Without {
		return nil, nil
	}
	return nil, bad("message to be replied not found")
}

// quoted is a message as another one shows it: without its own quotation.
func (m *message) quoted() *Message {
	q := m.Message
	q.ReplyToMessage = nil
	return &q
}

package tgsim

import "unicode/utf8"

const maxToast = 200 // characters of an answer to a press

// Press is one press of an inline button, and what the bot answered.
type Press struct {
	ID       string `json:"id"`
	Chat     int64  `json:"chat"`
	Message  int    `json:"message"`
	Data     string `json:"data"`
	Answered bool   `json:"answered"` // until then the person sees a spinner
	Text     string `json:"text,omitempty"`
	Alert    bool   `json:"alert,omitempty"` // a window instead of a line
	URL      string `json:"url,omitempty"`

	expires int64 // in Unix seconds
}

var errOldQuery = bad("query is too old and response timeout expired or query ID is invalid")

func (s *Sim) answerCallbackQuery(c *call) (any, error) {
	press := s.presses[c.text("callback_query_id")]
	switch {
	case utf8.RuneCountInString(c.text("text")) > maxToast:
		return nil, bad("MESSAGE_TOO_LONG")
	case press == nil || press.Answered || s.now().Unix() >= press.expires:
		return nil, errOldQuery
	}
	press.Answered, press.Text, press.Alert, press.URL = true, c.text("text"), c.flag("show_alert"), c.text("url")
	s.touch(&s.people[press.Chat].version)
	return true, nil
}

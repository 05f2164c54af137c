package tgsim

import "encoding/json"

const (
	maxMarkup  = 10 << 10 // bytes
	maxData    = 64       // bytes of callback data
	maxButtons = 100      // under one message
)

// InlineKeyboard are the buttons under a message.
type InlineKeyboard struct {
	Rows [][]Button `json:"inline_keyboard"`
}

// Button is an inline button. It does exactly one thing.
type Button struct {
	Text            string           `json:"text"`
	CallbackData    *string          `json:"callback_data,omitempty"`
	URL             *string          `json:"url,omitempty"`
	WebApp          *json.RawMessage `json:"web_app,omitempty"`
	LoginURL        *json.RawMessage `json:"login_url,omitempty"`
	SwitchInline    *string          `json:"switch_inline_query,omitempty"`
	SwitchCurrent   *string          `json:"switch_inline_query_current_chat,omitempty"`
	SwitchChosen    *json.RawMessage `json:"switch_inline_query_chosen_chat,omitempty"`
	CopyText        *CopyText        `json:"copy_text,omitempty"`
	CallbackGame    *json.RawMessage `json:"callback_game,omitempty"`
	Pay             bool             `json:"pay,omitempty"`
	Style           string           `json:"style,omitempty"`
	IconCustomEmoji string           `json:"icon_custom_emoji_id,omitempty"`
}

// CopyText is what a button copies. An empty one is none: a client that is much
// used sends it with every button.
type CopyText struct {
	Text string `json:"text"`
}

// ReplyKeyboard stands where the person types.
type ReplyKeyboard struct {
	Rows        [][]Key `json:"keyboard"`
	Resize      bool    `json:"resize_keyboard,omitempty"`
	OneTime     bool    `json:"one_time_keyboard,omitempty"`
	Persistent  bool    `json:"is_persistent,omitempty"`
	Placeholder string  `json:"input_field_placeholder,omitempty"`
	MessageID   int     `json:"message_id,omitempty"` // that brought it
}

// Key is a button of a reply keyboard: a press sends its text, or what it asks
// for.
type Key struct {
	Text            string           `json:"text"`
	RequestContact  bool             `json:"request_contact,omitempty"`
	RequestLocation bool             `json:"request_location,omitempty"`
	WebApp          *json.RawMessage `json:"web_app,omitempty"`
}

// UnmarshalJSON takes a bare text for a button with that text.
func (k *Key) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, &k.Text) == nil {
		return nil
	}
	type plain Key
	return json.Unmarshal(text, (*plain)(k))
}

// markup is what a message brings with it: at most one of these.
type markup struct {
	inline *InlineKeyboard
	reply  *ReplyKeyboard
	remove bool
}

// readMarkup reads the parameter reply_markup.
func readMarkup(c *call) (markup, error) {
	text := c.text("reply_markup")
	if text == "" {
		return markup{}, nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &fields) != nil {
		return markup{}, bad("object expected as reply markup")
	}
	switch {
	case len(text) > maxMarkup:
		return markup{}, bad("reply markup is too long")
	case fields["inline_keyboard"] != nil:
		return readInline(text)
	case fields["keyboard"] != nil:
		return readReply(text)
	}
	return markup{remove: string(fields["remove_keyboard"]) == "true"}, nil
}

func readInline(text string) (markup, error) {
	var k InlineKeyboard
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return markup{}, bad("can't parse inline keyboard markup JSON object")
	}
	n := 0
	var rows [][]Button
	for _, row := range k.Rows {
		for i := range row {
			if err := row[i].check(); err != nil {
				return markup{}, err
			}
			n++
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	if n > maxButtons {
		return markup{}, bad("reply markup is too long")
	}
	if n == 0 {
		return markup{}, nil
	}
	return markup{inline: &InlineKeyboard{rows}}, nil
}

func (b *Button) check() error {
	if b.CopyText != nil && b.CopyText.Text == "" {
		b.CopyText = nil
	}
	n := 0
	for _, does := range []bool{
		b.CallbackData != nil, b.URL != nil, b.WebApp != nil, b.LoginURL != nil, b.SwitchInline != nil,
		b.SwitchCurrent != nil, b.SwitchChosen != nil, b.CopyText != nil, b.CallbackGame != nil, b.Pay,
	} {
		if does {
			n++
		}
	}
	switch {
	case b.Text == "":
		return bad("can't parse inline keyboard button: field \"text\" must be non-empty")
	case n == 0:
		return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case n > 1:
		return bad("can't parse inline keyboard button: a button must have exactly one action")
	case b.CallbackData != nil && (len(*b.CallbackData) < 1 || len(*b.CallbackData) > maxData):
		return bad("BUTTON_DATA_INVALID")
	case b.URL != nil && *b.URL == "":
		return bad("BUTTON_URL_INVALID")
	}
	return nil
}

func readReply(text string) (markup, error) {
	var k ReplyKeyboard
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return markup{}, bad("can't parse reply keyboard markup JSON object")
	}
	for _, row := range k.Rows {
		for _, key := range row {
			if key.Text == "" {
				return markup{}, bad("can't parse keyboard button: field \"text\" must be non-empty")
			}
		}
	}
	return markup{reply: &k}, nil
}

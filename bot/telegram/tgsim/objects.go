package tgsim

import "encoding/json"

// The objects of the Bot API that the simulator answers with, under their own
// names. Fields that it never fills are left out.

// User is a person or the bot.
type User struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name,omitempty"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
}

// Chat is a private chat; its ID is the person's.
type Chat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	Username  string `json:"username,omitempty"`
}

// Message is a message of either side.
type Message struct {
	MessageID      int             `json:"message_id"`
	From           *User           `json:"from,omitempty"`
	Chat           Chat            `json:"chat"`
	Date           int64           `json:"date"` // 0: inaccessible
	EditDate       int64           `json:"edit_date,omitempty"`
	MediaGroupID   string          `json:"media_group_id,omitempty"`
	ForwardOrigin  *Origin         `json:"forward_origin,omitempty"`
	ForwardFrom    *User           `json:"forward_from,omitempty"`
	ForwardDate    int64           `json:"forward_date,omitempty"`
	ReplyToMessage *Message        `json:"reply_to_message,omitempty"`
	Text           string          `json:"text,omitempty"`
	Entities       []Entity        `json:"entities,omitempty"`
	Caption        string          `json:"caption,omitempty"`
	CaptionEnts    []Entity        `json:"caption_entities,omitempty"`
	Photo          []PhotoSize     `json:"photo,omitempty"`
	Document       *Document       `json:"document,omitempty"`
	Sticker        *Sticker        `json:"sticker,omitempty"`
	Voice          *Voice          `json:"voice,omitempty"`
	Location       *Location       `json:"location,omitempty"`
	Contact        *Contact        `json:"contact,omitempty"`
	ReplyMarkup    *InlineKeyboard `json:"reply_markup,omitempty"`
}

// Origin tells where a forwarded message came from.
type Origin struct {
	Type       string `json:"type"` // "user"
	Date       int64  `json:"date"`
	SenderUser *User  `json:"sender_user,omitempty"`
}

// Entity sets a part of a text off; offset and length count UTF-16 units.
type Entity struct {
	Type     string `json:"type"`
	Offset   int    `json:"offset"`
	Length   int    `json:"length"`
	URL      string `json:"url,omitempty"`
	User     *User  `json:"user,omitempty"`
	Language string `json:"language,omitempty"`
	EmojiID  string `json:"custom_emoji_id,omitempty"`
}

// PhotoSize is one of the sizes of a picture.
type PhotoSize struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
	FileSize     int    `json:"file_size"`
}

// Document is a file as it was sent.
type Document struct {
	FileID       string     `json:"file_id"`
	FileUniqueID string     `json:"file_unique_id"`
	Thumbnail    *PhotoSize `json:"thumbnail,omitempty"`
	FileName     string     `json:"file_name,omitempty"`
	MimeType     string     `json:"mime_type,omitempty"`
	FileSize     int        `json:"file_size"`
}

// Sticker is a picture of a set, or of none.
type Sticker struct {
	FileID       string     `json:"file_id"`
	FileUniqueID string     `json:"file_unique_id"`
	Type         string     `json:"type"`
	Width        int        `json:"width"`
	Height       int        `json:"height"`
	IsAnimated   bool       `json:"is_animated"`
	IsVideo      bool       `json:"is_video"`
	Thumbnail    *PhotoSize `json:"thumbnail,omitempty"`
	Emoji        string     `json:"emoji,omitempty"`
	SetName      string     `json:"set_name,omitempty"`
	FileSize     int        `json:"file_size"`
}

// Voice is a spoken message.
type Voice struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	Duration     int    `json:"duration"`
	MimeType     string `json:"mime_type,omitempty"`
	FileSize     int    `json:"file_size"`
}

// Location is a place on the map.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// Contact is a card with a phone; UserID is 0 for a person without an account.
type Contact struct {
	PhoneNumber string `json:"phone_number"`
	FirstName   string `json:"first_name"`
	LastName    string `json:"last_name,omitempty"`
	UserID      int64  `json:"user_id,omitempty"`
}

// CallbackQuery is a press of an inline button.
type CallbackQuery struct {
	ID           string   `json:"id"`
	From         User     `json:"from"`
	Message      *Message `json:"message,omitempty"`
	ChatInstance string   `json:"chat_instance"`
	Data         string   `json:"data,omitempty"`
}

// ChatMember is the bot as a member of a private chat.
type ChatMember struct {
	User      User   `json:"user"`
	Status    string `json:"status"`
	UntilDate *int64 `json:"until_date,omitempty"`
}

// ChatMemberUpdated tells that a person has blocked or unblocked the bot.
type ChatMemberUpdated struct {
	Chat          Chat       `json:"chat"`
	From          User       `json:"from"`
	Date          int64      `json:"date"`
	OldChatMember ChatMember `json:"old_chat_member"`
	NewChatMember ChatMember `json:"new_chat_member"`
}

// messageWith is a message with fields that the struct does not know.
type messageWith struct {
	Message
	more map[string]any
}

// MarshalJSON writes the known fields and the further ones.
func (m messageWith) MarshalJSON() ([]byte, error) {
	text, err := json.Marshal(m.Message)
	if err != nil || len(m.more) == 0 {
		return text, err
	}
	fields := map[string]any{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, err
	}
	for name, value := range m.more {
		fields[name] = value
	}
	return json.Marshal(fields)
}

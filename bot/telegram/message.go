package telegram

import (
	"encoding/json"

	"promobot/bot"
)

// What the talk cannot take, in its words.
const (
	oddOther  = "other"
	oddEdited = "edited"
)

// odd are the contents of a message that the talk cannot take, the first that
// is there counts: an animation comes with a document, a venue with a location.
var odd = []struct{ field, kind string }{
	{"sticker", "sticker"},
	{"voice", "voice"},
	{"audio", "audio"},
	{"animation", "video"},
	{"video", "video"},
	{"video_note", "video"},
	{"venue", "location"},
	{"location", "location"},
}

// service are messages that nobody has written: they are about the chat itself.
var service = []string{
	"pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "connected_website",
	"chat_background_set", "boost_added", "proximity_alert_triggered", "new_chat_photo", "delete_chat_photo",
	"forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
	"successful_payment", "refunded_payment", "gift", "unique_gift", "paid_message_price_changed",
}

// forwards are the fields of which a forwarded message has one, in the old and
// the new versions of the service.
var forwards = []string{"forward_origin", "forward_date", "forward_from", "forward_from_chat", "forward_sender_name"}

type message struct {
	ID       int64     `json:"message_id"`
	From     user      `json:"from"`
	Chat     chat      `json:"chat"`
	Text     string    `json:"text"`
	Photo    []photo   `json:"photo"`
	Document *document `json:"document"`
	Contact  *contact  `json:"contact"`
}

type photo struct {
	ID     string `json:"file_id"`
	Size   int64  `json:"file_size"`
	Width  int64  `json:"width"`
	Height int64  `json:"height"`
}

type document struct {
	ID   string `json:"file_id"`
	Name string `json:"file_name"`
	Mime string `json:"mime_type"`
	Size int64  `json:"file_size"`
}

type contact struct {
	Phone  string `json:"phone_number"`
	UserID int64  `json:"user_id"`
}

// readMessage takes what was written or sent. The words under a picture are
// left aside: the picture counts.
func readMessage(raw json.RawMessage) arrival {
	var m message
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil || json.Unmarshal(raw, &fields) != nil {
		return oddOf(raw)
	}
	u := from(m.From, m.Chat)
	if u == nil || has(fields, service...) {
		return arrival{}
	}
	u.Ref, u.Forwarded = ref(m.ID), has(fields, forwards...)
	m.fill(u, fields)
	return arrival{update: u}
}

func (m message) fill(u *bot.Update, fields map[string]json.RawMessage) {
	for _, o := range odd {
		if has(fields, o.field) {
			u.Odd = o.kind
			return
		}
	}
	switch {
	case len(m.Photo) > 0:
		p := largest(m.Photo)
		u.File = &bot.File{ID: p.ID, Mime: "image/jpeg", Size: p.Size, Photo: true}
	case m.Document != nil:
		u.File = &bot.File{ID: m.Document.ID, Name: m.Document.Name, Mime: m.Document.Mime, Size: m.Document.Size}
	case m.Contact != nil:
		u.Contact = &bot.Contact{Phone: m.Contact.Phone, Own: m.own(u.Forwarded)}
	case m.Text != "":
		u.Text = unaddressed(m.Text)
		u.Start = start(u.Text)
	default:
		u.Odd = oddOther
	}
}

// own reports whether the sender shares his own phone: the card names him, and
// it was not handed on.
func (m message) own(forwarded bool) bool {
	return m.Contact.UserID != 0 && m.Contact.UserID == m.From.ID && !forwarded
}

// largest is the photo with the most pixels; their order says nothing.
func largest(photos []photo) photo {
	best := photos[0]
	for _, p := range photos[1:] {
		if p.Width*p.Height > best.Width*best.Height {
			best = p
		}
	}
	return best
}

func has(fields map[string]json.RawMessage, names ...string) bool {
	for _, name := range names {
		if given(fields[name]) {
			return true
		}
	}
	return false
}

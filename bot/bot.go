// Package bot is the talk, whatever the channel: an update comes in, messages
// go out.
//
// An update is stored before its channel acknowledges it. The updates of one
// address are handled one after another; what the talk remembers, what it
// answers and everything that a verb does is one transaction.
package bot

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/internal/vault"
	"promobot/participants"
	"promobot/points"
	"promobot/prizes"
	"promobot/receipts"
	"promobot/rewards"
)

// ErrUpdate reports an update that cannot be stored: without a channel, an
// address or an event id, or with one of more than 100 characters.
var ErrUpdate = errors.New("bot: not an update")

// Update is one thing that came in. All that its sender chose is untrusted.
type Update struct {
	Channel   string // "webchat"
	Address   string // of the sender in the channel
	EventID   string // the channel's own id; a repeat changes nothing
	Text      string
	Button    string   // id of a pressed button
	Picture   []byte   // a photo as it came, unchecked
	File      *File    // a photo or a file that the channel keeps for us
	Contact   *Contact // a card with a phone
	Odd       string   // what the talk cannot take: "voice", "video", "audio", "sticker", "location", "edited"; else "other"
	Gone      bool     // the sender has blocked us: there is nobody to answer
	Back      bool     // the sender has taken the block back
	Ref       string   // the channel's id of the message, which an answer may refer to
	Forwarded bool
	Start     string // payload that the participant came with, kept at the first meeting
	Language  string // tag of the sender's language, such as "en-US"; it counts at the first meeting
}

// File is what the channel keeps until it is fetched.
type File struct {
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	Mime  string `json:"mime,omitempty"`
	Size  int64  `json:"size,omitempty"`  // in bytes; 0: unknown
	Photo bool   `json:"photo,omitempty"` // recompressed by the channel
}

// Contact is a phone on a card that was shared.
type Contact struct {
	Phone string `json:"phone"`
	Own   bool   `json:"own,omitempty"` // the channel vouches that it is the sender's own
}

// Button is a choice under a message. The id stays the same for ever.
type Button struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// Message is what the bot says. Its text is plain.
type Message struct {
	Text    string   `json:"text"`
	Image   string   `json:"image,omitempty"` // address of a picture
	File    string   `json:"file,omitempty"`  // address of a file
	Buttons []Button `json:"buttons,omitempty"`
	Marks   []Mark   `json:"marks,omitempty"`

	AskPhone string `json:"ask_phone,omitempty"` // label of a button that shares the own phone
	Sticker  string `json:"sticker,omitempty"`   // a sticker of our pack, instead of a text
	Marked   int64  `json:"marked,omitempty"`    // a receipt: the picture of the flaw in its photo stands above the text
	Picture  []byte `json:"-"`                   // that picture, a JPEG, for a channel that it is delivered to
	ReplyTo  string `json:"reply_to,omitempty"`  // Ref of the update that it answers
}

// Mark sets a part of a message's text off. Channels without the means for it
// show the text as it is.
type Mark struct {
	Kind string `json:"kind"` // MarkCode or MarkBold
	Text string `json:"text"` // the part; its first place in the text counts
}

// The kinds of marks.
const (
	MarkCode = "code" // a tap copies it
	MarkBold = "bold"
)

// Channel is a messenger that messages are pushed to. Its refusals are those
// of promobot/bot/outbox.
type Channel interface {
	// Send delivers m to the address and returns the channel's id of it.
	// replaces is the channel's id of the message that m edits, "" for a new one.
	Send(ctx context.Context, address, replaces string, m Message) (id string, err error)
	// Fetch reads a file that the channel keeps, at most limit bytes.
	Fetch(ctx context.Context, fileID string, limit int64) ([]byte, error)
}

// Traits are what a channel can do. One without any is like the web chat: its
// people fetch what was said, and type their phones.
type Traits struct {
	Pushed   bool // messages are delivered to it
	Contacts bool // people can share their own phone by a button
	Stickers bool
}

// Receipts takes submissions in; receipts.Service does.
type Receipts interface {
	Submit(ctx context.Context, tx *store.Tx, sub receipts.Submission) (receipts.Receipt, error)
	Cooldown(ctx context.Context, g *gorm.DB, participantID int64) (receipts.Cooldown, error)
	List(ctx context.Context, g *gorm.DB, participantID int64, limit int) ([]receipts.Receipt, error)
	Appeal(ctx context.Context, tx *store.Tx, participantID, receiptID int64) (receipts.Appeal, error)
	Marked(ctx context.Context, g *gorm.DB, receiptID int64) ([]byte, error)
	Explain(ctx context.Context, g *gorm.DB, participantID int64, source string, postedAt time.Time) (receipts.Explanation, bool, error)
}

// Rooms are what the talk speaks for.
type Rooms struct {
	People   *participants.Service
	Receipts Receipts
	Desk     *rewards.Desk
	Cashier  *rewards.Cashier
	Shop     *prizes.Shop
	Book     *campaigns.Book
	Channels map[string]Traits
}

// Bot holds the talk. It is safe for use by many goroutines.
type Bot struct {
	db       *store.DB
	vault    *vault.Vault
	people   *participants.Service
	receipts Receipts
	desk     *rewards.Desk
	cashier  *rewards.Cashier
	shop     *prizes.Shop
	book     *campaigns.Book
	channels map[string]Traits
	ledger   points.Ledger
	log      *slog.Logger
	hub      *hub
}

// New returns a talk that seals what is said with v. The log hears only of
// updates that were given up.
func New(db *store.DB, v *vault.Vault, rooms Rooms, log *slog.Logger) *Bot {
	return &Bot{
		db:       db,
		vault:    v,
		people:   rooms.People,
		receipts: rooms.Receipts,
		desk:     rooms.Desk,
		cashier:  rooms.Cashier,
		shop:     rooms.Shop,
		book:     rooms.Book,
		channels: rooms.Channels,
		log:      log,
		hub:      newHub(),
	}
}

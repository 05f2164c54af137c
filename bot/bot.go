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

// Update is one thing that came in. Text, Button and Picture are untrusted.
type Update struct {
	Channel  string // "webchat"
	Address  string // of the sender in the channel
	EventID  string // the channel's own id; a repeat changes nothing
	Text     string
	Button   string // id of a pressed button
	Picture  []byte // a photo as it came, unchecked
	Start    string // payload that the participant came with, kept at the first meeting
	Language string // tag of the sender's language, such as "en-US"; it counts at the first meeting
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
}

// Receipts takes submissions in; receipts.Service does.
type Receipts interface {
	Submit(ctx context.Context, tx *store.Tx, sub receipts.Submission) (receipts.Receipt, error)
	List(ctx context.Context, g *gorm.DB, participantID int64, limit int) ([]receipts.Receipt, error)
}

// Rooms are what the talk speaks for.
type Rooms struct {
	People   *participants.Service
	Receipts Receipts
	Desk     *rewards.Desk
	Shop     *prizes.Shop
	Book     *campaigns.Book
}

// Bot holds the talk. It is safe for use by many goroutines.
type Bot struct {
	db       *store.DB
	vault    *vault.Vault
	people   *participants.Service
	receipts Receipts
	desk     *rewards.Desk
	shop     *prizes.Shop
	book     *campaigns.Book
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
		shop:     rooms.Shop,
		book:     rooms.Book,
		log:      log,
		hub:      newHub(),
	}
}

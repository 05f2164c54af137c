package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"promobot/bot/outbox"
	"promobot/internal/store"
	"promobot/participants"
)

// Outgoing is a message as a channel delivers it.
type Outgoing struct {
	ID    int64
	Edits int64 // the message that it replaces; 0: none
	Message
	At time.Time
}

// messageRow is the n-th message that an update or a notice has led to.
type messageRow struct {
	ID        int64
	AddressID int64
	UpdateID  *int64
	N         int
	NoticeID  *int64
	PushID    *int64
	Edits     *int64
	Subject   string // the first message with it is the subject's status message
	Body      []byte // sealed
	CreatedAt time.Time
}

// TableName is the table of everything that goes out.
func (messageRow) TableName() string { return "messages" }

// place binds the body to its row by what is known before the insert.
func (r messageRow) place() string {
	if r.UpdateID != nil {
		return fmt.Sprintf("messages.body/update:%d/%d", *r.UpdateID, r.N)
	}
	if r.PushID != nil {
		return fmt.Sprintf("messages.body/push:%d/%d", *r.PushID, r.AddressID)
	}
	return fmt.Sprintf("messages.body/notice:%d/%d", *r.NoticeID, r.N)
}

// write seals the message into the row and keeps it; to is its address. Where
// messages are pushed its delivery is queued with it.
func (b *Bot) write(ctx context.Context, tx *store.Tx, to participants.Address, row messageRow, m Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if row.Body, err = b.vault.Seal(body, row.place()); err != nil {
		return err
	}
	row.CreatedAt = tx.Now()
	if err := tx.WithContext(ctx).Create(&row).Error; err != nil || !b.channels[to.Channel].Pushed {
		return err
	}
	return outbox.Put(ctx, tx, row.delivery(to.Channel))
}

// delivery is the way of the message out.
func (r messageRow) delivery(channel string) outbox.Delivery {
	d := outbox.Delivery{MessageID: r.ID, AddressID: r.AddressID, Channel: channel, Lane: outbox.News}
	if r.UpdateID != nil {
		d.Lane = outbox.Answer
	}
	if r.Edits != nil {
		d.Edits = *r.Edits
	}
	return d
}

// History reads the messages of an address after the one with the given id,
// oldest first, at most limit.
func (b *Bot) History(ctx context.Context, addressID, afterID int64, limit int) ([]Outgoing, error) {
	var rows []messageRow
	err := b.db.Read(ctx).Order("id").Limit(limit).Find(&rows, "address_id = ? AND id > ?", addressID, afterID).Error
	if err != nil {
		return nil, fmt.Errorf("messages of address %d: %w", addressID, err)
	}
	list := make([]Outgoing, len(rows))
	for i, row := range rows {
		if list[i], err = b.outgoing(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (b *Bot) outgoing(row messageRow) (Outgoing, error) {
	out := Outgoing{ID: row.ID, At: row.CreatedAt.UTC()}
	if row.Edits != nil {
		out.Edits = *row.Edits
	}
	body, err := b.vault.Open(row.Body, row.place())
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(body, &out.Message)
}

package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"promobot/campaigns"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/participants"
)

// The states of a dialog, in their order. A state with a colon has what it
// waits for behind it.
const (
	stateNew     = ""
	stateConsent = "consent"
	stateNews    = "news"
	statePhone   = "phone"
	stateName    = "name"
	stateMenu    = "menu"
	// stateConfirm waits for a yes to "prize-id/price/question": a second tap on
	// the button or a price that has changed meanwhile must not spend again.
	stateConfirm = "confirm:"
)

type dialogRow struct {
	ParticipantID int64 `gorm:"primaryKey"`
	State         string
	Kept          []int64 `gorm:"serializer:json"` // updates with receipts, until the registration is over
	ChangedAt     time.Time
}

// TableName is the table of dialogs.
func (dialogRow) TableName() string { return "dialogs" }

// turn is one update on its way from what came in to what is said.
type turn struct {
	voice
	tx      *store.Tx
	row     updateRow
	in      updateBody
	person  participants.Participant
	at      participants.Address
	channel Traits // of the address's channel
	dialog  dialogRow
	terms   *campaigns.Version // nil: no campaign runs
	replies []reply
	keep    bool // the picture is needed later
}

// reply is a message with the subject whose status it shows.
type reply struct {
	Message
	subject string
}

// answer adds a text of the catalogue.
func (t *turn) answer(key string, args map[string]any, buttons ...Button) {
	t.tell(t.say(key, args), buttons...)
}

// tell adds a text as it is.
func (t *turn) tell(text string, buttons ...Button) {
	t.replies = append(t.replies, reply{Message: t.message(text, buttons...)})
}

// mark sets a part of the last answer off.
func (t *turn) mark(kind, text string) {
	last := &t.replies[len(t.replies)-1]
	last.Marks = append(last.Marks, Mark{kind, text})
}

// handle answers one update. Whatever it is, there is an answer, unless its
// sender has gone.
func (b *Bot) handle(ctx context.Context, tx *store.Tx, address participants.Address, row updateRow) error {
	t, err := b.begin(ctx, tx, address, row)
	if err != nil {
		return err
	}
	if t.in.Gone {
		return errors.Join(b.people.Close(ctx, tx, address.ID), finish(ctx, tx, row, updateNoted, false))
	}
	if err := b.welcomeBack(ctx, tx, address); err != nil {
		return err
	}
	if err := b.converse(ctx, t); err != nil {
		return fmt.Errorf("%s in %q: %w", row.source(), t.dialog.State, err)
	}
	if err := b.submitKept(ctx, t); err != nil {
		return err
	}
	t.dialog.ChangedAt = tx.Now()
	if err := tx.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&t.dialog).Error; err != nil {
		return err
	}
	for n, r := range t.replies {
		message := messageRow{AddressID: address.ID, UpdateID: &row.ID, N: n, Subject: r.subject}
		if err := b.write(ctx, tx, address, message, r.Message); err != nil {
			return err
		}
	}
	return finish(ctx, tx, row, updateHandled, t.keep)
}

// welcomeBack opens an address that was closed: whoever writes is reachable,
// and hears the notices that have waited.
func (b *Bot) welcomeBack(ctx context.Context, tx *store.Tx, address participants.Address) error {
	if !address.Closed {
		return nil
	}
	if err := b.people.Open(ctx, tx, address.ID); err != nil {
		return err
	}
	return tx.Enqueue(ctx, notify.RenderArgs{ParticipantID: address.ParticipantID})
}

// begin reads what the talk knows.
func (b *Bot) begin(ctx context.Context, tx *store.Tx, address participants.Address, row updateRow) (*turn, error) {
	t := &turn{tx: tx, row: row, at: address, channel: b.channels[address.Channel]}
	var err error
	if t.in, err = b.open(row); err != nil {
		return nil, err
	}
	t.dialog = dialogRow{ParticipantID: address.ParticipantID, Kept: []int64{}}
	err = tx.WithContext(ctx).Take(&t.dialog).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, err
	}
	if t.dialog.State == stateNew && t.in.Language != "" {
		if err := b.people.SetLanguage(ctx, tx, address.ParticipantID, spoken(t.in.Language)); err != nil {
			return nil, err
		}
	}
	if t.person, err = b.people.Get(ctx, tx.DB, address.ParticipantID); err != nil {
		return nil, err
	}
	if t.terms, err = b.campaign(ctx, tx.DB); err != nil {
		return nil, err
	}
	t.voice = speak(t.person, t.terms, tx.Now())
	return t, nil
}

// campaign is the newest version of the campaign that runs; nil if none does.
func (b *Bot) campaign(ctx context.Context, g *gorm.DB) (*campaigns.Version, error) {
	version, err := b.book.Newest(ctx, g)
	if errors.Is(err, campaigns.ErrNone) {
		return nil, nil
	}
	return &version, err
}

func speak(person participants.Participant, terms *campaigns.Version, now time.Time) voice {
	v := voice{language: person.Language, zone: moscow, now: now}
	if terms != nil {
		v.zone = terms.Location()
	}
	return v
}

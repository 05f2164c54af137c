package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"promobot/internal/failpoint"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/participants"
	"promobot/receipts"
)

// Render puts the participant's waiting notices into words, once and in their
// order. A notice about a subject edits that subject's status message; of
// several about one subject only the last is said.
func (b *Bot) Render(ctx context.Context, participantID int64) error {
	var addresses []participants.Address
	err := b.db.InTx(ctx, func(tx *store.Tx) error {
		if err := b.people.Lock(ctx, tx, participantID); err != nil {
			return err
		}
		var err error
		addresses, err = b.people.Addresses(ctx, tx.DB, participantID)
		if err != nil || len(addresses) == 0 { // nobody to tell: the notices wait until an address opens
			return err
		}
		notices, err := notify.Take(ctx, tx, participantID)
		if err != nil || len(notices) == 0 {
			return err
		}
		err = b.renderAll(ctx, tx, participantID, addresses, latest(notices))
		failpoint.Pass(failpoint.NoticeRendering)
		return err
	})
	if err != nil {
		return fmt.Errorf("notices of participant %d: %w", participantID, err)
	}
	failpoint.Pass(failpoint.NoticeRendered)
	for _, address := range addresses {
		b.hub.wake(address.ID)
	}
	return nil
}

// latest leaves the last notice of each subject; those without one all stay.
func latest(notices []notify.Notice) []notify.Notice {
	last := map[string]int64{}
	for _, n := range notices {
		last[n.Subject] = n.ID
	}
	return slices.DeleteFunc(slices.Clone(notices), func(n notify.Notice) bool {
		return n.Subject != "" && last[n.Subject] != n.ID
	})
}

func (b *Bot) renderAll(ctx context.Context, tx *store.Tx, participantID int64, addresses []participants.Address, notices []notify.Notice) error {
	person, err := b.people.Get(ctx, tx.DB, participantID)
	if err != nil {
		return err
	}
	terms, err := b.campaign(ctx, tx.DB)
	if err != nil {
		return err
	}
	t := &turn{voice: speak(person, terms, tx.Now()), tx: tx, person: person, terms: terms}
	for _, n := range notices {
		if err := b.render(ctx, t, addresses, n); err != nil {
			return fmt.Errorf("notice %d: %w", n.ID, err)
		}
	}
	return nil
}

// render writes the notice's message, and behind it what belongs to it.
func (b *Bot) render(ctx context.Context, t *turn, addresses []participants.Address, n notify.Notice) error {
	row := messageRow{AddressID: addresses[len(addresses)-1].ID, NoticeID: &n.ID, Subject: n.Subject}
	if err := b.locate(ctx, t.tx, addresses, &row); err != nil {
		return err
	}
	to := addresses[slices.IndexFunc(addresses, func(a participants.Address) bool { return a.ID == row.AddressID })]
	if err := b.write(ctx, t.tx, to, row, t.words(n)); err != nil {
		return err
	}
	behind, ok, err := b.behind(ctx, t, row, n)
	if err != nil || !ok {
		return err
	}
	return b.write(ctx, t.tx, to, messageRow{AddressID: row.AddressID, NoticeID: &n.ID, N: 1}, behind)
}

// behind is the message that follows a notice's own: the prize that the points
// of an accepted receipt suffice for, or the picture of what is wrong with a
// photo.
func (b *Bot) behind(ctx context.Context, t *turn, row messageRow, n notify.Notice) (Message, bool, error) {
	switch {
	case n.Key == receipts.NoticeAccepted:
		return b.affordable(ctx, t, before(n.Args))
	case n.Args["marked"] == true:
		return b.marked(ctx, t, row, n)
	}
	return Message{}, false, nil
}

// locate finds the status message of the subject in one of the open addresses.
func (b *Bot) locate(ctx context.Context, tx *store.Tx, addresses []participants.Address, row *messageRow) error {
	if row.Subject == "" {
		return nil
	}
	ids := make([]int64, len(addresses))
	for i, address := range addresses {
		ids[i] = address.ID
	}
	var status messageRow
	err := tx.WithContext(ctx).Select("id", "address_id").Order("id").
		Take(&status, "subject = ? AND edits IS NULL AND address_id IN ?", row.Subject, ids).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	row.AddressID, row.Edits = status.AddressID, &status.ID
	return err
}

// before is the balance that a receipt has added to.
func before(args map[string]any) int64 {
	balance, _ := whole(args["balance"])
	points, _ := whole(args["points"])
	return balance - points
}

// affordable offers the dearest prize in stock that the points suffice for now
// and did not suffice for with the balance before: each is offered once.
func (b *Bot) affordable(ctx context.Context, t *turn, before int64) (Message, bool, error) {
	list, err := b.offers(ctx, t)
	if err != nil || len(list) == 0 {
		return Message{}, false, err
	}
	available, err := b.available(ctx, t)
	if err != nil {
		return Message{}, false, err
	}
	for _, p := range slices.Backward(list) {
		if p.InStock() && p.Price > before && p.Price <= available && byChoice(t.terms, p.ID) {
			text := t.say("prize.enough", map[string]any{"Prize": t.title(p), "Price": t.points(p.Price)})
			return t.message(text, t.button("button.take", buttonTake+":"+p.ID), t.button("button.save", buttonNo)), true, nil
		}
	}
	return Message{}, false, nil
}

package bot

import (
	"context"
	"fmt"

	"promobot/internal/store"
)

// Meet makes the address known before anything was said in it, as a door does
// that hands out addresses itself. The language is a tag such as "en-US".
func (b *Bot) Meet(ctx context.Context, channel, address, start, language string) error {
	err := b.db.InTx(ctx, func(tx *store.Tx) error {
		met, err := b.people.Meet(ctx, tx, channel, address, source(start))
		if err != nil {
			return err
		}
		return b.people.SetLanguage(ctx, tx, met.ParticipantID, spoken(language))
	})
	if err != nil {
		return fmt.Errorf("meet in %s: %w", channel, err)
	}
	return nil
}

// AddressID finds a known address; false if nobody was met there.
func (b *Bot) AddressID(ctx context.Context, channel, address string) (int64, bool, error) {
	met, ok, err := b.people.Find(ctx, b.db.Read(ctx), channel, address)
	return met.ID, ok, err
}

package bot

import (
	"context"
	"time"

	"promobot/internal/store"
)

// helloSticker is the id of the sticker that greets: stickers.Hello.
const helloSticker = "hello"

// stickerGift says that a participant was given the stickers.
type stickerGift struct {
	ParticipantID int64 `gorm:"primaryKey;autoIncrement:false"`
	GivenAt       time.Time
}

// TableName is the table of gifts.
func (stickerGift) TableName() string { return "sticker_gifts" }

// giveStickers greets with a sticker and says where the others are, once for a
// participant. A messenger shows only stickers that were published there; while
// none were, nothing is given, and nothing is noted.
func (b *Bot) giveStickers(ctx context.Context, t *turn) error {
	if !t.channel.Stickers {
		return nil
	}
	offer, ok, err := offered(ctx, t.tx.DB, t.at.Channel)
	if err != nil || t.channel.Pushed && !ok {
		return err
	}
	fresh, err := store.Once(ctx, t.tx, &stickerGift{t.person.ID, t.tx.Now()})
	if err != nil || !fresh {
		return err
	}
	t.replies = append(t.replies, reply{Message: Message{Sticker: helloSticker}})
	if ok {
		t.answer("stickers.gift", map[string]any{"Link": offer.Link})
	}
	return nil
}

package bot

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"promobot/internal/notify"
)

// marked is the picture of what is wrong with the photo of a receipt. It is a
// message of its own behind the words, which are an edit and take no picture,
// and answers the photo as they do, so that in an album each has its own.
func (b *Bot) marked(ctx context.Context, t *turn, row messageRow, n notify.Notice) (Message, bool, error) {
	receipt, ok := whole(n.Args["receipt"])
	if !ok {
		return Message{}, false, nil
	}
	caption := t.say("marked.corner", t.fill(n.Args))
	if caption == "" {
		caption = t.say("marked", nil)
	}
	m := Message{Text: caption, Marked: receipt}
	if row.Edits == nil {
		return m, true, nil
	}
	var status messageRow
	if err := t.tx.WithContext(ctx).Take(&status, *row.Edits).Error; err != nil {
		return m, false, err
	}
	words, err := b.outgoing(status)
	m.ReplyTo = words.ReplyTo
	return m, err == nil, err
}

// fillCorner names the corner that is flawed, in the two cases of Russian; one
// that is not known is left out.
func (v voice) fillCorner(filled map[string]any, corner string) {
	if name := v.say("corner."+corner, nil); name != "" {
		filled["Corner"], filled["OfCorner"] = name, v.say("corner_of."+corner, nil)
	}
}

// Picture returns the picture, a JPEG, of a message that an address got; nil if
// that has no such message, or one without a picture.
func (b *Bot) Picture(ctx context.Context, addressID, messageID int64) ([]byte, error) {
	g := b.db.Read(ctx)
	var row messageRow
	err := g.Take(&row, "id = ? AND address_id = ?", messageID, addressID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("message %d: %w", messageID, err)
	}
	out, err := b.outgoing(row)
	if err != nil || out.Marked == 0 {
		return nil, err
	}
	return b.receipts.Marked(ctx, g, out.Marked)
}

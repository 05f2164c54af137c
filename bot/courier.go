package bot

import (
	"context"
	"errors"
	"fmt"

	"promobot/bot/outbox"
	"promobot/participants"
)

// courier opens messages and hands them to their channel.
type courier struct {
	bot     *Bot
	channel Channel
}

// Courier carries messages to the channel, for its dispatcher. A push is not
// carried to somebody who does not want news at that moment.
func (b *Bot) Courier(channel Channel) outbox.Courier { return courier{b, channel} }

// Carry opens the letter and sends it.
func (c courier) Carry(ctx context.Context, l outbox.Letter) (string, error) {
	g := c.bot.db.Read(ctx)
	var row messageRow
	if err := g.Take(&row, l.MessageID).Error; err != nil {
		return "", fmt.Errorf("message %d: %w", l.MessageID, notSent(err))
	}
	out, err := c.bot.outgoing(row)
	if err != nil { // neither key nor text will come back
		return "", fmt.Errorf("message %d: %w: %w", l.MessageID, outbox.ErrContent, err)
	}
	to, err := c.bot.people.AddressByID(ctx, g, row.AddressID)
	if err != nil {
		return "", notSent(err)
	}
	if to.Closed {
		return "", outbox.ErrUnreachable
	}
	if err := c.wanted(ctx, row, to); err != nil {
		return "", err
	}
	if out.Marked != 0 {
		if out.Picture, err = c.bot.receipts.Marked(ctx, g, out.Marked); err != nil {
			return "", notSent(err)
		}
		if len(out.Picture) == 0 {
			return "", fmt.Errorf("message %d: %w: its picture is gone", l.MessageID, outbox.ErrContent)
		}
	}
	return c.channel.Send(ctx, to.Address, l.Replaces, out.Message)
}

// wanted asks for the consent to a push last of all: it may have been withdrawn
// since the push was planned.
func (c courier) wanted(ctx context.Context, row messageRow, to participants.Address) error {
	if row.PushID == nil {
		return nil
	}
	ok, err := c.bot.people.Consented(ctx, c.bot.db.Read(ctx), to.ParticipantID, participants.DocumentNews)
	if err == nil && !ok {
		return outbox.ErrUnwanted
	}
	return notSent(err)
}

// errNotSent hides from the outbox that a context ended: the letter had not
// begun to leave.
var errNotSent = errors.New("bot: not sent yet")

func notSent(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %v", errNotSent, err)
}

package bot

import (
	"context"
	"errors"
	"strings"

	"promobot/participants"
)

// contact takes a shared phone where one is asked for. A card of somebody else
// proves nothing.
func (b *Bot) contact(ctx context.Context, t *turn) error {
	switch {
	case t.dialog.State != statePhone && t.person.Registered:
		t.answer("contact.known", nil, t.menuButtons()...)
		return nil
	case t.dialog.State != statePhone && t.dialog.State != stateName: // a typed one gives way to a shared one
		t.answer("contact.early", nil)
		t.ask()
		return nil
	case !t.in.Contact.Own:
		t.answer("contact.foreign", nil)
		t.askPhone()
		return nil
	}
	return b.keepPhone(ctx, t, international(t.in.Contact.Phone), participants.ProofShared)
}

// international puts the plus before a number that channels give in full.
func international(phone string) string {
	return "+" + strings.TrimPrefix(strings.TrimSpace(phone), "+")
}

// keepPhone goes on with the registration once the phone is one.
func (b *Bot) keepPhone(ctx context.Context, t *turn, phone, proof string) error {
	_, err := b.people.SetPhone(ctx, t.tx, t.person.ID, phone, proof)
	if errors.Is(err, participants.ErrPhone) {
		t.answer("phone.wrong", nil)
		t.askPhone()
		return nil
	}
	if err != nil {
		return err
	}
	t.dialog.State = stateName
	t.ask()
	return nil
}

// askPhone puts the button that shares the own phone under the last answer,
// where the channel has one.
func (t *turn) askPhone() {
	if t.channel.Contacts {
		t.replies[len(t.replies)-1].AskPhone = t.say("button.share_phone", nil)
	}
}

// resume goes on with who has come back: with the question that stands, or with
// the menu, since what was said meanwhile is lost.
func (b *Bot) resume(ctx context.Context, t *turn) error {
	switch {
	case t.dialog.State == stateNew:
		return b.greet(ctx, t)
	case t.person.Registered:
		t.answer("back", nil, t.menuButtons()...)
		return nil
	}
	t.ask()
	return nil
}

// odd answers what the talk cannot take: a voice message, a place, an edit.
func (b *Bot) odd(_ context.Context, t *turn) error {
	text := t.say("odd."+t.in.Odd, nil)
	if text == "" {
		text = t.say("odd.other", nil)
	}
	if t.person.Registered {
		t.tell(text, t.menuButtons()...)
		return nil
	}
	t.tell(text)
	t.ask()
	return nil
}

package bot

import (
	"context"
	"strings"

	"promobot/receipts"
)

// receipt takes a photo or the text of a code.
func (b *Bot) receipt(ctx context.Context, t *turn) error {
	switch {
	case !t.person.Registered:
		return b.keepReceipt(ctx, t)
	case t.terms == nil:
		t.answer("campaign.none", nil, t.button("button.menu", buttonMenu))
		return nil
	}
	return b.submit(ctx, t, t.row, t.in)
}

// submit hands a receipt in and begins its status message, which its notices
// edit from then on.
func (b *Bot) submit(ctx context.Context, t *turn, row updateRow, body updateBody) error {
	sub := submission(row, body)
	sub.ParticipantID = t.person.ID
	key := "status.photo"
	if sub.Way == receipts.ByText {
		key = "status.text"
	}
	r, err := b.receipts.Submit(ctx, t.tx, sub)
	if err != nil {
		return err
	}
	status := t.message(t.say(key, nil))
	status.ReplyTo = body.Ref
	t.replies = append(t.replies, reply{status, receipts.Subject(r.ID)})
	return nil
}

// submission is the way that the update came: a picture, here or still with its
// channel, else a text.
func submission(row updateRow, body updateBody) receipts.Submission {
	sub := receipts.Submission{Source: row.source(), Forwarded: body.Forwarded}
	switch {
	case len(row.Picture) > 0:
		sub.Way, sub.Picture = receipts.ByPhoto, row.Picture
	case body.File != nil && body.File.Photo:
		sub.Way, sub.File = receipts.ByPhoto, body.File.ID
	case body.File != nil:
		sub.Way, sub.File = receipts.ByFile, body.File.ID
	default:
		sub.Way, sub.Text = receipts.ByText, strings.TrimSpace(body.Text)
	}
	return sub
}

const receiptsListed = 5

// myReceipts lists the last receipts with where they stand.
func (b *Bot) myReceipts(ctx context.Context, t *turn, _ string) error {
	list, err := b.receipts.List(ctx, t.tx.DB, t.person.ID, receiptsListed)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		t.answer("receipts.none", nil, t.button("button.help", buttonHelp))
		return nil
	}
	lines := []string{t.say("receipts.title", nil)}
	for _, r := range list {
		lines = append(lines, "• "+t.receiptLine(r))
	}
	t.tell(strings.Join(lines, "\n"), t.button("button.balance", buttonBalance), t.button("button.prizes", buttonPrizes))
	return nil
}

func (v voice) receiptLine(r receipts.Receipt) string {
	state := v.receiptState(r)
	if r.PurchasedAt == nil {
		return v.say("receipts.line_sent", map[string]any{"Date": v.day(r.SubmittedAt), "State": state})
	}
	return v.say("receipts.line", map[string]any{
		"Date": v.date(r.PurchasedAt.UTC()), "Sum": roubles(r.TotalKopecks), "State": state,
	})
}

// receiptState is where a receipt stands, in a few words.
func (v voice) receiptState(r receipts.Receipt) string {
	switch r.Status {
	case receipts.Accepted:
		return v.say("state.accepted", map[string]any{"Points": v.points(int64(r.Points))})
	case receipts.Rejected:
		return v.say("state.rejected", map[string]any{"Why": v.briefly(r.Reason)})
	}
	return v.openState(string(r.Status))
}

// openState is the state of a receipt that is not decided yet.
func (v voice) openState(status string) string {
	if text := v.say("state."+status, nil); text != "" {
		return text
	}
	return v.say("state.checking", nil)
}

// briefly is a reason in two or three words, by the room that gave it.
func (v voice) briefly(reason string) string {
	room, _, _ := strings.Cut(reason, ".")
	if text := v.say("brief."+room, nil); text != "" {
		return text
	}
	return v.say("brief.other", nil)
}

package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"promobot/fns"
	"promobot/receipts"
)

// sendTyped hands the fields in as the receipt that bears them. A second tap
// finds nothing to hand in.
func (b *Bot) sendTyped(ctx context.Context, t *turn, _ string) error {
	sheet, err := b.sheet(ctx, t)
	if err != nil {
		return err
	}
	q, whole := sheet.Draft.QR()
	switch {
	case sheet.Draft.Empty():
		t.answer("typed.none", nil, t.button("button.typed", buttonTyped), t.button("button.menu", buttonMenu))
		return nil
	case !whole:
		return b.nextTyped(ctx, t, sheet)
	case t.terms == nil:
		t.answer("campaign.none", nil, t.button("button.menu", buttonMenu))
		return nil
	}
	sub := receipts.Submission{Source: t.row.source(), ParticipantID: t.person.ID, Way: receipts.ByTyped, Text: q.String()}
	r, err := b.receipts.Submit(ctx, t.tx, sub)
	if err != nil {
		return err
	}
	t.replies = append(t.replies, reply{t.message(t.say("status.text", nil)), receipts.Subject(r.ID)})
	return b.endTyped(ctx, t)
}

// fixTyped asks for a field anew, or which one it is.
func (b *Bot) fixTyped(ctx context.Context, t *turn, field string) error {
	if slices.Contains(fns.TypedFields[:], field) {
		return b.askTyped(ctx, t, field)
	}
	var buttons []Button
	for _, f := range fns.TypedFields {
		buttons = append(buttons, t.button("typed.field."+f, buttonTypedFix+":"+f))
	}
	t.dialog.State = stateTyped + askedAll
	t.answer("typed.fix", nil, append(buttons, t.button("button.typed_cancel", buttonTypedCancel))...)
	return nil
}

// chooseTyped takes one of the offered values.
func (b *Bot) chooseTyped(ctx context.Context, t *turn, rest string) error {
	sheet, err := b.sheet(ctx, t)
	if err != nil {
		return err
	}
	field, waits := strings.CutPrefix(t.dialog.State, stateTyped)
	n, err := strconv.Atoi(rest)
	if err != nil || !waits || n < 0 || n >= len(sheet.Choices) {
		return b.startTyped(ctx, t, "")
	}
	sheet.Draft, _ = sheet.Draft.Read(sheet.Choices[n], field, t.wall())
	return b.nextTyped(ctx, t, sheet)
}

// backTyped asks for the field before; before the first one there is nothing.
func (b *Bot) backTyped(ctx context.Context, t *turn, _ string) error {
	field, waits := strings.CutPrefix(t.dialog.State, stateTyped)
	at := slices.Index(fns.TypedFields[:], field)
	switch {
	case !waits:
		return b.menu(ctx, t, "")
	case field == askedYes:
		return b.fixTyped(ctx, t, "")
	case at > 0:
		return b.askTyped(ctx, t, fns.TypedFields[at-1])
	case at == 0:
		return b.askTyped(ctx, t, askedAll)
	}
	return b.cancelTyped(ctx, t, "")
}

// cancelTyped forgets what was typed.
func (b *Bot) cancelTyped(ctx context.Context, t *turn, _ string) error {
	if !strings.HasPrefix(t.dialog.State, stateTyped) {
		return b.menu(ctx, t, "")
	}
	t.answer("typed.cancelled", nil, t.button("button.menu", buttonMenu))
	return b.endTyped(ctx, t)
}

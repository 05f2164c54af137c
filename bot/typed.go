package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"promobot/fns"
	"promobot/receipts"
)

// stateTyped waits for the fields of a receipt: behind it stands the one that
// was asked for, or askedAll or askedYes.
const (
	stateTyped = "typed:"
	askedAll   = "all" // all five, or any
	askedYes   = "yes" // whether they are right
)

// The buttons of typing.
const (
	buttonTyped       = "typed:start" // :receipt, the one that could not be read; or none
	buttonTypedYes    = "typed:yes"
	buttonTypedFix    = "typed:fix"    // :field, or none to be asked which
	buttonTypedChoose = "typed:choose" // :n
	buttonTypedBack   = "typed:back"
	buttonTypedCancel = "typed:cancel"
)

// typedButton stands under a refusal after which typing the fields may help.
func (v voice) typedButton(reason string, args map[string]any) []Button {
	switch {
	case reason == receipts.ReasonIncomplete, reason == receipts.ReasonInvalid, reason == receipts.ReasonNotReceipt, strings.HasPrefix(reason, "scan."):
		id, _ := whole(args["receipt"])
		return []Button{v.button("button.typed", fmt.Sprintf("%s:%d", buttonTyped, id))}
	}
	return nil
}

// typing hears a text as fields of a receipt, while they are waited for or
// where it can be nothing else. Words and buttons of the menu are heard all the
// same, and end the waiting; what was typed stays for a day.
func (b *Bot) typing(ctx context.Context, t *turn) (done bool, err error) {
	field, waits := strings.CutPrefix(t.dialog.State, stateTyped)
	name, _ := asked(t.in)
	switch {
	case !t.person.Registered, t.in.Contact != nil, t.in.Odd != "":
		return false, nil
	case waits && name == buttonHelp:
		t.answer("typed.where", nil)
		return true, b.askTyped(ctx, t, field)
	case always[name] != nil, strings.HasPrefix(name, "typed:"):
		return false, nil
	case waits && (t.pictured() || registered[name] != nil):
		t.dialog.State = stateMenu
		return false, nil
	case t.pictured(), t.in.Button != "", registered[name] != nil:
		return false, nil
	case waits:
		return true, b.takeTyped(ctx, t, t.in.Text, field)
	case looksTyped(t.in.Text, t.wall()):
		return true, b.takeTyped(ctx, t, t.in.Text, askedAll)
	}
	return false, nil
}

// leastTyped is how many fields make a text a receipt rather than talk.
const leastTyped = 3

// looksTyped tells fields of a receipt from the rest of a conversation. What has
// the form of a code is judged as one.
func looksTyped(text string, now time.Time) bool {
	if strings.Contains(text, "&") {
		return false
	}
	draft, _ := fns.ParseTyped(text, now)
	return len(fns.TypedFields)-len(draft.Missing()) >= leastTyped
}

// wall is the present on the wall clock of the campaign's zone.
func (v voice) wall() time.Time {
	local := v.now.In(v.zone)
	return time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
}

// startTyped explains what to type, or goes on where somebody stopped: not with
// another receipt than the one whose button was pressed.
func (b *Bot) startTyped(ctx context.Context, t *turn, rest string) error {
	if t.terms == nil {
		t.answer("campaign.none", nil, t.button("button.menu", buttonMenu))
		return nil
	}
	pause, err := b.receipts.Cooldown(ctx, t.tx.DB, t.person.ID)
	if err != nil {
		return err
	}
	if pause.Paused() {
		t.tell(t.reason(receipts.ReasonCooldown, pause.Facts()), t.button("button.menu", buttonMenu))
		return nil
	}
	sheet, err := b.sheet(ctx, t)
	if err != nil {
		return err
	}
	unread, named := number(rest)
	if named && sheet.For != unread {
		sheet = typedSheet{For: unread}
		if err := b.keepSheet(ctx, t, sheet); err != nil {
			return err
		}
	}
	if !sheet.Draft.Empty() {
		return b.nextTyped(ctx, t, sheet)
	}
	t.dialog.State = stateTyped + askedAll
	t.answer("typed.start", nil, t.button("button.typed_one", buttonTypedFix+":t"), t.button("button.typed_cancel", buttonTypedCancel))
	return nil
}

// takeTyped reads what was typed and asks for what is missing, wrong or in
// doubt.
func (b *Bot) takeTyped(ctx context.Context, t *turn, text, field string) error {
	sheet, err := b.sheet(ctx, t)
	if err != nil {
		return err
	}
	said, slips := sheet.Draft.Read(text, field, t.wall())
	if alone, _ := fns.ParseTyped(text, t.wall()); alone.Empty() && said == sheet.Draft && len(slips) == 0 {
		t.answer("typed.nothing", nil)
		return b.askTyped(ctx, t, field)
	}
	sheet.Draft = said
	if len(slips) > 0 {
		return b.askSlips(ctx, t, sheet, slips)
	}
	return b.nextTyped(ctx, t, sheet)
}

// nextTyped asks for the first field that is missing, or whether all is right.
func (b *Bot) nextTyped(ctx context.Context, t *turn, sheet typedSheet) error {
	sheet.Choices = nil
	if err := b.keepSheet(ctx, t, sheet); err != nil {
		return err
	}
	field := askedYes
	if missing := sheet.Draft.Missing(); len(missing) > 0 {
		field = missing[0]
	}
	return b.askTyped(ctx, t, field)
}

// askTyped puts the question for a field.
func (b *Bot) askTyped(ctx context.Context, t *turn, field string) error {
	t.dialog.State = stateTyped + field
	switch field {
	case askedYes:
		return b.confirmTyped(ctx, t)
	case askedAll:
		t.answer("typed.all", nil, t.button("button.typed_one", buttonTypedFix+":t"), t.button("button.typed_cancel", buttonTypedCancel))
		return nil
	}
	t.answer("typed.ask."+field, nil, t.button("button.typed_back", buttonTypedBack), t.button("button.typed_cancel", buttonTypedCancel))
	return nil
}

// askSlips says what is wrong, and asks for the first field of it, with what may
// be meant on buttons.
func (b *Bot) askSlips(ctx context.Context, t *turn, sheet typedSheet, slips []fns.Slip) error {
	first := slips[0]
	sheet.Choices = first.Choices
	if err := b.keepSheet(ctx, t, sheet); err != nil {
		return err
	}
	t.dialog.State = stateTyped + first.Field
	var lines []string
	for _, slip := range slips {
		lines = append(lines, t.slip(slip))
	}
	if len(first.Choices) == 0 {
		lines = append(lines, t.say("typed.ask."+first.Field, nil))
	}
	var buttons []Button
	for i, choice := range first.Choices {
		buttons = append(buttons, Button{ID: fmt.Sprintf("%s:%d", buttonTypedChoose, i), Label: t.choice(first.Field, choice)})
	}
	buttons = append(buttons, t.button("button.typed_back", buttonTypedBack), t.button("button.typed_cancel", buttonTypedCancel))
	t.tell(strings.Join(lines, "\n"), buttons...)
	return nil
}

// confirmTyped shows what was read.
func (b *Bot) confirmTyped(ctx context.Context, t *turn) error {
	sheet, err := b.sheet(ctx, t)
	if err != nil {
		return err
	}
	q, whole := sheet.Draft.QR()
	if !whole {
		return b.nextTyped(ctx, t, sheet)
	}
	t.answer("typed.read", map[string]any{"Date": t.date(q.At), "Time": q.At.Format("15:04"), "Sum": exact(q.Total),
		"FN": q.FN, "FD": q.FD, "FP": q.FP, "Return": q.Operation != fns.Sale},
		t.button("button.typed_yes", buttonTypedYes), t.button("button.typed_fix", buttonTypedFix), t.button("button.typed_cancel", buttonTypedCancel))
	return nil
}

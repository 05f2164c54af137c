package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"promobot/receipts"
)

// buttonAppeal disputes a refusal.
const buttonAppeal = "appeal:take" // :receipt

// appealButton stands under a refusal that a person may judge otherwise, once.
func (v voice) appealButton(reason string, args map[string]any) []Button {
	id, known := whole(args["receipt"])
	if !known || args["appealed"] == true || !receipts.Appealable(reason) {
		return nil
	}
	return []Button{v.button("button.appeal", fmt.Sprintf("%s:%d", buttonAppeal, id))}
}

// appeal hands a refusal to a person. Whose receipt it is decides the receipts'
// room; who asks for another's is not told that it exists.
func (b *Bot) appeal(ctx context.Context, t *turn, rest string) error {
	id, ok := number(rest)
	a, err := receipts.Appeal{}, error(receipts.ErrNone)
	if ok {
		a, err = b.receipts.Appeal(ctx, t.tx, t.person.ID, id)
	}
	again := t.button("button.receipts", buttonReceipts)
	switch {
	case err == nil:
		t.answer("appeal.taken", map[string]any{"Until": t.until(a.DueAt)}, again)
	case errors.Is(err, receipts.ErrAppealed):
		t.answer("appeal.before", nil, again)
	case errors.Is(err, receipts.ErrManyAppeals):
		t.answer("appeal.many", nil, again)
	case errors.Is(err, receipts.ErrNoAppeal), errors.Is(err, receipts.ErrNone):
		t.answer("appeal.none", nil, again)
	default:
		return err
	}
	return nil
}

// until is a moment to come, with its day if that is not today.
func (v voice) until(moment time.Time) string {
	local := moment.In(v.zone)
	clock := local.Format("15:04")
	if today := v.now.In(v.zone); today.YearDay() == local.YearDay() && today.Year() == local.Year() {
		return clock
	}
	return v.day(moment) + ", " + clock
}

// stands says that a person has kept a refusal up, and the reason again.
func (v voice) stands(args map[string]any) string {
	was := text(args, "was")
	if was == "" {
		return v.reason(receipts.ReasonAppealRefused, args)
	}
	return v.say("appeal.stands", map[string]any{"Why": v.reason(receipts.Told(was), args)})
}

package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"promobot/internal/notify"
	"promobot/prizes"
	"promobot/rewards"
)

// The ids of the buttons about a code that does not work.
const (
	buttonFails = "cert:fails" // :certificate
	buttonWhy   = "cert:why"   // :certificate:problem
)

func (v voice) failsButton(certificateID int64) Button {
	return v.button("button.fails", fmt.Sprintf("%s:%d", buttonFails, certificateID))
}

// fails asks what is wrong with a code.
func (b *Bot) fails(_ context.Context, t *turn, rest string) error {
	id, ok := number(rest)
	if !ok {
		t.answer("certificate.unknown", nil, t.button("button.certificates", buttonCertificates))
		return nil
	}
	why := func(label, problem string) Button {
		return Button{ID: fmt.Sprintf("%s:%d:%s", buttonWhy, id, problem), Label: label}
	}
	t.answer("certificate.why", nil, why(t.say("button.fails_refused", nil), prizes.ProblemRefused),
		why(t.say("button.fails_used", nil), prizes.ProblemUsed), why(t.say("button.fails_other", nil), prizes.ProblemOther))
	return nil
}

// complain opens a case for a person. Whose certificate it is decides the shop.
func (b *Bot) complain(ctx context.Context, t *turn, rest string) error {
	asked, problem, _ := strings.Cut(rest, ":")
	id, _ := number(asked)
	switch problem {
	case prizes.ProblemRefused, prizes.ProblemUsed:
	default:
		problem = prizes.ProblemOther
	}
	err := b.desk.Complain(ctx, t.tx, t.person.ID, id, problem)
	list := t.button("button.certificates", buttonCertificates)
	switch {
	case err == nil:
		t.answer("certificate.complained", nil, list, t.button("button.menu", buttonMenu))
	case errors.Is(err, prizes.ErrNotYours):
		t.answer("certificate.unknown", nil, list)
	case errors.Is(err, prizes.ErrComplaint):
		t.answer("certificate.complained_before", nil, list)
	case errors.Is(err, prizes.ErrTooLate):
		t.answer("certificate.too_late", nil, list, t.button("button.prizes", buttonPrizes))
	case errors.Is(err, prizes.ErrUnseen):
		t.answer("certificate.unseen", nil, t.showButton(id))
	default:
		return err
	}
	return nil
}

// awarded are the notices of awards that have no code to show, or one instead of
// another; false for other notices.
func (v voice) awarded(n notify.Notice) (Message, bool) {
	price, _ := whole(n.Args["price"])
	left, _ := whole(n.Args["balance"])
	id, _ := whole(n.Args["certificate"])
	args := map[string]any{"Prize": v.either(text(n.Args, "title"), text(n.Args, "title_en")), "Price": v.points(price), "Left": v.points(left),
		"Free": roubles(prizes.TaxFreeYearly)}
	list, choose := v.button("button.certificates", buttonCertificates), v.button("button.prizes", buttonPrizes)
	switch n.Key {
	case rewards.NoticeOrdered:
		return v.message(v.say("prize.ordered", args), list), true
	case rewards.NoticeUngated:
		return v.message(v.say("prize.tax_cleared", args), list), true
	case rewards.NoticeGated:
		return v.message(v.say("prize.gated", args), list), true
	case rewards.NoticeReturned:
		return v.message(v.say("prize.returned", args), choose), true
	case rewards.NoticeBarred:
		return v.message(v.say("prize.gate_returned", args), choose), true
	case rewards.NoticeReplaced:
		return v.message(v.say("prize.replaced", args), v.showButton(id)), true
	case rewards.NoticeStands:
		return v.message(v.say("certificate.stands", args), list), true
	}
	return Message{}, false
}

// limited says how many of a prize a person may have, and when the next.
func (t *turn) limited(p prizes.Prize, limit *prizes.LimitError) {
	args := map[string]any{"Prize": t.title(p), "Limit": grouped(limit.Limit)}
	more := t.button("button.prizes", buttonPrizes)
	if limit.Again.IsZero() {
		t.answer("prize.limited", args, more)
		return
	}
	args["Date"] = t.day(limit.Again)
	t.answer("prize.limited_until", args, more)
}

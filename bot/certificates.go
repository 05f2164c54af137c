package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"promobot/prizes"
)

// ready tells of a certificate that waits for a tap.
func (v voice) ready(c prizes.Certificate, left int64) (string, Button) {
	text := v.say("prize.ready", map[string]any{
		"Prize": v.either(c.Title, c.TitleEN), "Price": v.points(c.Price), "Left": v.points(left),
	})
	return text, v.showButton(c.ID)
}

func (v voice) showButton(certificateID int64) Button {
	return v.button("button.show", fmt.Sprintf("%s:%d", buttonShow, certificateID))
}

const certificatesListed = 8

// certificates lists what the participant got, without the codes.
func (b *Bot) certificates(ctx context.Context, t *turn, _ string) error {
	list, err := b.shop.Issued(ctx, t.tx.DB, t.person.ID)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		t.answer("certificates.none", nil, t.button("button.prizes", buttonPrizes))
		return nil
	}
	lines := []string{t.say("certificates.title", nil)}
	var buttons []Button
	for _, c := range list[:min(len(list), certificatesListed)] {
		title := t.either(c.Title, c.TitleEN)
		lines = append(lines, t.say("certificates.line", map[string]any{"Prize": title, "Date": t.day(c.IssuedAt)}))
		label := t.say("button.show_one", map[string]any{"Prize": cut(title, 20)})
		buttons = append(buttons, Button{ID: t.showButton(c.ID).ID, Label: label})
	}
	t.tell(strings.Join(lines, "\n"), buttons...)
	return nil
}

// show opens the code to its owner. Whose certificate it is decides the shop;
// who asks for another's is not told that it exists.
func (b *Bot) show(ctx context.Context, t *turn, rest string) error {
	id, ok := number(rest)
	code, c, err := prizes.Code(""), prizes.Certificate{}, error(prizes.ErrNotYours)
	if ok {
		if no, err := b.shut(ctx, t, id); err != nil || no {
			return err
		}
		code, c, err = b.shop.Open(ctx, t.tx, t.person.ID, id)
	}
	if errors.Is(err, prizes.ErrNotYours) {
		t.answer("certificate.unknown", nil, t.button("button.certificates", buttonCertificates))
		return nil
	}
	if err != nil {
		return err
	}
	lines := []string{t.either(c.Title, c.TitleEN), t.say("certificate.code", map[string]any{"Code": code.Reveal()})}
	if !c.ValidUntil.IsZero() {
		lines = append(lines, t.say("certificate.until", map[string]any{"Date": t.date(c.ValidUntil)}))
	}
	if how := t.either(c.HowToUse, c.HowToUseEN); how != "" {
		lines = append(lines, how)
	}
	t.tell(strings.Join(lines, "\n"), t.button("button.certificates", buttonCertificates), t.button("button.menu", buttonMenu))
	t.mark(MarkCode, code.Reveal())
	return nil
}

// number reads an id out of a button; false for what is none.
func number(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n > 0
}

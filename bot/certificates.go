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

// certificates lists what the participant got, without the codes, and before it
// what is to come. Expired ones can no longer be shown.
func (b *Bot) certificates(ctx context.Context, t *turn, _ string) error {
	pending, err := b.shop.Pending(ctx, t.tx.DB, t.person.ID)
	if err != nil {
		return err
	}
	list, err := b.shop.Issued(ctx, t.tx.DB, t.person.ID)
	if err != nil {
		return err
	}
	if len(list)+len(pending) == 0 {
		t.answer("certificates.none", nil, t.button("button.prizes", buttonPrizes))
		return nil
	}
	lines := []string{t.say("certificates.title", nil)}
	for _, a := range pending[:min(len(pending), certificatesListed)] {
		lines = append(lines, t.pendingLine(a))
	}
	var buttons []Button
	for _, c := range list[:min(len(list), certificatesListed)] {
		title := t.either(c.Title, c.TitleEN)
		if c.Expired(t.now) {
			lines = append(lines, t.say("certificates.line_expired", map[string]any{"Prize": title, "Date": t.date(c.ValidUntil)}))
			continue
		}
		lines = append(lines, t.say("certificates.line", map[string]any{"Prize": title, "Date": t.day(c.IssuedAt)}))
		label := t.say("button.show_one", map[string]any{"Prize": cut(title, 20)})
		buttons = append(buttons, Button{ID: t.showButton(c.ID).ID, Label: label})
	}
	t.tell(strings.Join(lines, "\n"), buttons...)
	return nil
}

// pendingLine is an award whose code is to come.
func (v voice) pendingLine(a prizes.Award) string {
	args := map[string]any{"Prize": v.either(a.Title, a.TitleEN)}
	if a.Status == prizes.AwardGated {
		return v.say("certificates.line_gated", args)
	}
	return v.say("certificates.line_ordered", args)
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
		code, c, err = b.shop.Open(ctx, t.tx, t.person.ID, id, prizes.View{AddressID: t.at.ID, Source: t.row.source()})
	}
	if errors.Is(err, prizes.ErrNotYours) {
		t.answer("certificate.unknown", nil, t.button("button.certificates", buttonCertificates))
		return nil
	}
	if errors.Is(err, prizes.ErrExpired) {
		t.answer("certificate.expired", map[string]any{"Prize": t.either(c.Title, c.TitleEN), "Date": t.date(c.ValidUntil)}, t.button("button.prizes", buttonPrizes))
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
	t.tell(strings.Join(lines, "\n"), t.failsButton(c.ID), t.button("button.certificates", buttonCertificates), t.button("button.menu", buttonMenu))
	t.mark(MarkCode, code.Reveal())
	return nil
}

// number reads an id out of a button; false for what is none.
func number(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n > 0
}

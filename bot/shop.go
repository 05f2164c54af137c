package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"promobot/campaigns"
	"promobot/prizes"
)

// offers are the prizes on offer with their stock, the cheapest first.
func (b *Bot) offers(ctx context.Context, t *turn) ([]prizes.Prize, error) {
	if t.terms == nil {
		return nil, nil
	}
	ids := make([]string, len(t.terms.Offers))
	for i, offer := range t.terms.Offers {
		ids[i] = offer.PrizeID
	}
	list, err := b.shop.Catalogue(ctx, t.tx.DB, ids)
	slices.SortStableFunc(list, func(a, b prizes.Prize) int { return int(a.Price - b.Price) })
	return list, err
}

func (v voice) title(p prizes.Prize) string { return v.either(p.Title, p.TitleEN) }

// either picks the text of the language.
func (v voice) either(ru, en string) string {
	if v.language == english && en != "" {
		return en
	}
	return ru
}

// catalogue shows the prizes, what they cost and what is missing.
func (b *Bot) catalogue(ctx context.Context, t *turn, _ string) error {
	list, err := b.offers(ctx, t)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		t.answer("prizes.none", nil, t.button("button.balance", buttonBalance))
		return nil
	}
	available, err := b.available(ctx, t)
	if err != nil {
		return err
	}
	lines := []string{t.say("prizes.title", map[string]any{"Points": t.points(available)})}
	var buttons []Button
	for _, p := range list {
		lines = append(lines, "• "+t.prizeLine(p, available))
		if p.Price <= available {
			label := t.say("button.take_prize", map[string]any{"Prize": cut(t.title(p), 24)})
			buttons = append(buttons, Button{ID: buttonTake + ":" + p.ID, Label: label})
		}
	}
	t.tell(strings.Join(lines, "\n"), append(buttons, t.button("button.certificates", buttonCertificates))...)
	return nil
}

func (b *Bot) available(ctx context.Context, t *turn) (int64, error) {
	balance, err := b.desk.Balance(ctx, t.tx.DB, t.person.ID)
	return int64(balance.Available), err
}

func (v voice) prizeLine(p prizes.Prize, available int64) string {
	args := map[string]any{"Prize": v.title(p), "Price": v.points(p.Price), "Missing": v.points(p.Price - available)}
	switch {
	case !p.InStock():
		return v.say("prizes.line_out", args)
	case p.Price > available:
		return v.say("prizes.line_missing", args)
	}
	return v.say("prizes.line_enough", args)
}

// wanted is a prize on offer that a button names; false for all others.
func (b *Bot) wanted(ctx context.Context, t *turn, prizeID string) (prizes.Prize, bool, error) {
	list, err := b.offers(ctx, t)
	if err != nil {
		return prizes.Prize{}, false, err
	}
	i := slices.IndexFunc(list, func(p prizes.Prize) bool { return p.ID == prizeID })
	if i < 0 {
		t.answer("prizes.unknown", nil, t.button("button.prizes", buttonPrizes))
		return prizes.Prize{}, false, nil
	}
	return list[i], true, nil
}

// take asks whether the points shall really go.
func (b *Bot) take(ctx context.Context, t *turn, prizeID string) error {
	p, ok, err := b.wanted(ctx, t, prizeID)
	if err != nil || !ok {
		return err
	}
	if no, err := b.withheld(ctx, t); err != nil || no {
		return err
	}
	available, err := b.available(ctx, t)
	if err != nil {
		return err
	}
	if p.Price > available {
		t.short(p, p.Price-available)
		return nil
	}
	key := "prize.confirm"
	if !p.InStock() {
		key = "prize.confirm_wait"
	}
	t.dialog.State = confirming(p, t.row.ID)
	t.answer(key, map[string]any{"Prize": t.title(p), "Price": t.points(p.Price)},
		t.button("button.yes", fmt.Sprintf("%s:%s:%d", buttonYes, p.ID, t.row.ID)), t.button("button.no", buttonNo))
	return nil
}

// confirming waits for the yes to one question, which the update names that it
// was asked in.
func confirming(p prizes.Prize, question int64) string {
	return fmt.Sprintf("%s%s/%d/%d", stateConfirm, p.ID, p.Price, question)
}

func (t *turn) short(p prizes.Prize, missing int64) {
	t.answer("prize.short", map[string]any{"Prize": t.title(p), "Missing": t.points(missing)},
		t.button("button.receipts", buttonReceipts), t.button("button.prizes", buttonPrizes))
}

// choose spends the points if the yes belongs to the question that was asked
// just before, at this very price. A question that was answered stays answered,
// however often its button is pressed.
func (b *Bot) choose(ctx context.Context, t *turn, rest string) error {
	prizeID, asked, _ := strings.Cut(rest, ":")
	question, _ := number(asked)
	p, ok, err := b.wanted(ctx, t, prizeID)
	if err != nil || !ok {
		return err
	}
	if !strings.HasPrefix(t.dialog.State, stateConfirm) || !strings.HasSuffix(t.dialog.State, fmt.Sprintf("/%d", question)) {
		t.answer("prize.answered", nil, t.button("button.certificates", buttonCertificates), t.button("button.prizes", buttonPrizes))
		return nil
	}
	if t.dialog.State != confirming(p, question) {
		return b.take(ctx, t, prizeID)
	}
	t.dialog.State = stateMenu
	choice, err := b.desk.Choose(ctx, t.tx, *t.terms, t.person.ID, p.ID, t.row.source())
	if err != nil {
		return err
	}
	switch {
	case choice.Blocked > 0:
		t.owes(choice.Blocked)
	case choice.Limit != nil:
		t.limited(p, choice.Limit)
	case choice.Ordered:
		t.answer("prize.ordered", map[string]any{"Prize": t.title(p)}, t.button("button.certificates", buttonCertificates))
	case choice.Gated:
		t.answer("prize.gated", map[string]any{"Prize": t.title(p), "Free": roubles(prizes.TaxFreeYearly)}, t.button("button.certificates", buttonCertificates))
	case choice.Waiting:
		t.answer("prize.waiting", map[string]any{"Prize": t.title(p)}, t.button("button.prizes", buttonPrizes))
	case choice.Issued:
		text, button := t.ready(choice.Certificate, int64(choice.Balance.Available))
		t.tell(text, button)
	default:
		t.short(p, int64(choice.Short))
	}
	return nil
}

func (b *Bot) keepSaving(_ context.Context, t *turn, _ string) error {
	t.dialog.State = stateMenu
	t.answer("prize.kept", nil, t.button("button.prizes", buttonPrizes), t.button("button.menu", buttonMenu))
	return nil
}

// byChoice tells whether the participant takes the prize himself.
func byChoice(terms *campaigns.Version, prizeID string) bool {
	return slices.Contains(terms.Offers, campaigns.Offer{PrizeID: prizeID, Issue: campaigns.ByChoice})
}

package bot

import (
	"context"
	"strings"

	"promobot/participants"
	"promobot/points"
)

func (t *turn) menuButtons() []Button {
	list := []Button{
		t.button("button.balance", buttonBalance), t.button("button.receipts", buttonReceipts),
		t.button("button.prizes", buttonPrizes), t.button("button.certificates", buttonCertificates),
	}
	list = append(list, t.payButton()...)
	return append(list, t.button("button.rules", buttonRules), t.button("button.help", buttonHelp), t.languageButton())
}

func (b *Bot) menu(_ context.Context, t *turn, _ string) error {
	t.answer("menu", nil, t.menuButtons()...)
	return nil
}

// puzzled answers what no verb understands.
func (b *Bot) puzzled(_ context.Context, t *turn) error {
	t.answer("puzzled", nil, t.menuButtons()...)
	return nil
}

func (b *Bot) help(_ context.Context, t *turn, _ string) error {
	if t.person.Registered {
		t.answer("help", nil, t.menuButtons()...)
		return nil
	}
	t.answer("help", nil)
	t.ask()
	return nil
}

func (b *Bot) speakRussian(ctx context.Context, t *turn, _ string) error {
	return b.speakTo(ctx, t, russian)
}

func (b *Bot) speakEnglish(ctx context.Context, t *turn, _ string) error {
	return b.speakTo(ctx, t, english)
}

func (b *Bot) speakTo(ctx context.Context, t *turn, lang string) error {
	if err := b.people.SetLanguage(ctx, t.tx, t.person.ID, lang); err != nil {
		return err
	}
	t.person.Language, t.language = lang, lang
	if t.person.Registered {
		t.answer("language.set", nil, t.menuButtons()...)
		return nil
	}
	if t.dialog.State == stateConsent {
		return b.greet(ctx, t)
	}
	t.ask()
	return nil
}

// newsOff is obeyed at once, whatever the dialog waits for.
func (b *Bot) newsOff(ctx context.Context, t *turn, _ string) error {
	if err := b.people.Withdraw(ctx, t.tx, t.person.ID, participants.DocumentNews); err != nil {
		return err
	}
	t.answer("news.off", nil)
	if !t.person.Registered {
		t.ask()
	}
	return nil
}

func (b *Bot) newsOn(ctx context.Context, t *turn, _ string) error {
	if err := b.consentToNews(ctx, t); err != nil {
		return err
	}
	t.answer("news.on", nil, t.button("button.menu", buttonMenu))
	return nil
}

const changesListed = 4

// balance says what there is and where it came from.
func (b *Bot) balance(ctx context.Context, t *turn, _ string) error {
	balance, err := b.desk.Balance(ctx, t.tx.DB, t.person.ID)
	if err != nil {
		return err
	}
	paying, err := b.cashier.Reserved(ctx, t.tx.DB, t.person.ID)
	if err != nil {
		return err
	}
	balance.Held -= paying
	changes, err := b.ledger.Statement(ctx, t.tx.DB, t.person.ID, changesListed)
	if err != nil {
		return err
	}
	lines := append([]string{t.say("balance.available", map[string]any{"Points": t.points(int64(balance.Available))})}, t.reserved(paying)...)
	waits, err := b.desk.Waits(ctx, t.tx.DB, t.person.ID)
	if err != nil {
		return err
	}
	lines = append(lines, t.beside(balance, waits)...)
	endings, err := b.endings(ctx, t)
	if err != nil {
		return err
	}
	lines = append(lines, endings...)
	for _, change := range changes {
		lines = append(lines, t.change(change))
	}
	if len(changes) == 0 {
		lines = append(lines, t.say("balance.empty", nil))
	}
	t.tell(strings.Join(lines, "\n"), t.button("button.prizes", buttonPrizes), t.button("button.history", buttonHistory), t.button("button.receipts", buttonReceipts))
	return nil
}

// change is one line of the statement: "+12: чек, 14 июня".
func (v voice) change(line points.Line) string {
	return v.say("balance.change", map[string]any{
		"Amount": signed(line.Amount), "What": v.changed(line), "Date": v.day(line.At),
	})
}

// changed says what a posting was for.
func (v voice) changed(line points.Line) string { return v.say(changeKey(line), nil) }

// changeKey is the key of the words for what a posting was for.
func changeKey(line points.Line) string {
	subject, part, _ := strings.Cut(line.Source, "/")
	what, _, _ := strings.Cut(subject, ":")
	switch {
	case line.Kind == points.Repayment:
		return "change.repayment"
	case line.Kind == points.Return && strings.Contains(part, "/undo/"):
		return "change.undone"
	case line.Kind == points.Return:
		return "change.return"
	case line.Kind == points.Refund && strings.HasSuffix(part, "returned"):
		return "change.prize_back"
	case line.Kind == points.Refund:
		return "change.refund"
	case what == "quote" && part == "release":
		return "change.pay_back"
	case what == "quote":
		return "change.pay"
	case line.Kind == points.Spending:
		return "change.prize"
	case line.Kind == points.Expiry:
		return "change.expiry"
	case line.Kind == points.Correction:
		return "change.correction"
	case part == "welcome":
		return "change.welcome"
	case strings.HasPrefix(part, "first-receipt"):
		return "change.first"
	case strings.Contains(part, "bonus-day:"):
		return "change.bonus"
	case strings.HasPrefix(part, "focus:"):
		return "change.focus"
	case what == "receipt":
		return "change.receipt"
	}
	return "change.other"
}

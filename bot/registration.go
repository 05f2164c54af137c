package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"promobot/participants"
)

// dataVersion is the version of the consent to the processing of data: it
// changes with the words of greet.hello, consent.what and button.consent.
const dataVersion = "1"

// greet begins the registration, whatever was said first.
func (b *Bot) greet(_ context.Context, t *turn) error {
	t.dialog.State = stateConsent
	t.answer("greet.hello", nil, t.consentButtons()...)
	return nil
}

// register takes one step of the registration: what was said is either its
// answer, or the question comes again.
func (b *Bot) register(ctx context.Context, t *turn) error {
	switch t.dialog.State {
	case stateConsent:
		return b.takeConsent(ctx, t)
	case stateNews:
		return b.takeNews(ctx, t)
	case statePhone:
		return b.takePhone(ctx, t)
	}
	return b.takeName(ctx, t)
}

// ask puts the question of the state.
func (t *turn) ask() {
	switch t.dialog.State {
	case stateConsent:
		t.answer("consent.ask", nil, t.consentButtons()...)
	case stateNews:
		t.answer("news.again", nil, t.newsButtons()...)
	case statePhone:
		if t.channel.Contacts {
			t.answer("phone.share", nil)
		} else {
			t.answer("phone.ask", nil)
		}
		t.askPhone()
	case stateName:
		t.answer("name.ask", nil)
	}
}

func (t *turn) consentButtons() []Button {
	return []Button{t.button("button.consent", buttonConsent), t.button("button.what", buttonWhat), t.languageButton()}
}

func (t *turn) newsButtons() []Button {
	return []Button{t.button("button.news_yes", buttonNewsYes), t.button("button.news_no", buttonNewsNo), t.button("button.rules", buttonRules)}
}

// languageButton leads to the other language.
func (t *turn) languageButton() Button {
	id := buttonEnglish
	if t.language == english {
		id = buttonRussian
	}
	return t.button("button.language", id)
}

func (b *Bot) takeConsent(ctx context.Context, t *turn) error {
	if t.in.Button != buttonConsent {
		t.ask()
		return nil
	}
	if err := b.people.Consent(ctx, t.tx, t.person.ID, participants.DocumentData, dataVersion, t.row.ID); err != nil {
		return err
	}
	t.dialog.State = stateNews
	t.answer("news.ask", nil, t.newsButtons()...)
	return nil
}

func (b *Bot) explainConsent(_ context.Context, t *turn, _ string) error {
	if t.dialog.State == stateConsent {
		t.answer("consent.what", nil, t.consentButtons()...)
		return nil
	}
	t.answer("consent.what", nil)
	t.ask()
	return nil
}

// takeNews records two consents that are two documents: taking part accepts
// the rules, news are a wish.
func (b *Bot) takeNews(ctx context.Context, t *turn) error {
	if t.in.Button != buttonNewsYes && t.in.Button != buttonNewsNo {
		t.ask()
		return nil
	}
	if err := b.people.Consent(ctx, t.tx, t.person.ID, participants.DocumentRules, t.rulesVersion(), t.row.ID); err != nil {
		return err
	}
	if t.in.Button == buttonNewsYes {
		if err := b.consentToNews(ctx, t); err != nil {
			return err
		}
	}
	t.dialog.State = statePhone
	t.ask()
	return nil
}

// newsVersion is the version of the consent to news: it changes with the words
// of news.ask and button.news_yes.
const newsVersion = "1"

func (b *Bot) consentToNews(ctx context.Context, t *turn) error {
	return b.people.Consent(ctx, t.tx, t.person.ID, participants.DocumentNews, newsVersion, t.row.ID)
}

func (t *turn) rulesVersion() string {
	if t.terms == nil {
		return "0"
	}
	return t.terms.Slug + "/" + strconv.Itoa(t.terms.Number)
}

func (b *Bot) takePhone(ctx context.Context, t *turn) error {
	if t.in.Button != "" {
		t.ask()
		return nil
	}
	return b.keepPhone(ctx, t, t.in.Text, participants.ProofTyped)
}

func (b *Bot) takeName(ctx context.Context, t *turn) error {
	if t.in.Button != "" || strings.HasPrefix(t.in.Text, "/") { // a command is no name
		t.ask()
		return nil
	}
	name, err := b.people.SetName(ctx, t.tx, t.person.ID, t.in.Text)
	if errors.Is(err, participants.ErrName) {
		t.answer("name.wrong", nil)
		return nil
	}
	if err != nil {
		return err
	}
	return b.finishRegistration(ctx, t, name)
}

func (b *Bot) finishRegistration(ctx context.Context, t *turn, name string) error {
	if err := b.people.Register(ctx, t.tx, t.person.ID); err != nil {
		return err
	}
	t.person.Registered, t.dialog.State = true, stateMenu
	bonus, err := b.welcome(ctx, t)
	if err != nil {
		return err
	}
	if err := b.giveStickers(ctx, t); err != nil {
		return err
	}
	key := "done.plain"
	if bonus > 0 {
		key = "done.welcome"
	}
	t.answer(key, map[string]any{"Name": name, "Points": t.points(bonus)}, t.menuButtons()...)
	return nil
}

func (b *Bot) welcome(ctx context.Context, t *turn) (int64, error) {
	if t.terms == nil {
		return 0, nil
	}
	bonus, err := b.desk.Welcome(ctx, t.tx, *t.terms, t.person.ID)
	return int64(bonus), err
}

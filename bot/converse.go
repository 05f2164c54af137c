package bot

import (
	"context"
	"strings"
)

// The ids of buttons. They come back as untrusted input.
const (
	buttonRussian = "lang:ru"
	buttonEnglish = "lang:en"

	buttonConsent = "consent:data"
	buttonWhat    = "consent:what"
	buttonNewsYes = "news:yes"
	buttonNewsNo  = "news:no"

	buttonMenu         = "menu:main"
	buttonBalance      = "menu:balance"
	buttonReceipts     = "menu:receipts"
	buttonPrizes       = "menu:prizes"
	buttonCertificates = "menu:certs"
	buttonRules        = "menu:rules"
	buttonHelp         = "menu:help"

	buttonTake = "prize:take" // :prize
	buttonYes  = "prize:yes"  // :prize:question
	buttonNo   = "prize:no"
	buttonShow = "cert:show" // :certificate

	// Not shown, but said.
	wordNewsOff = "news:off"
	wordNewsOn  = "news:on"
)

// verb is what a button or a word asks for; rest is what follows its name.
type verb func(b *Bot, ctx context.Context, t *turn, rest string) error

// always are the verbs that are heard in every state.
var always = map[string]verb{
	buttonRussian: (*Bot).speakRussian,
	buttonEnglish: (*Bot).speakEnglish,
	buttonRules:   (*Bot).rules,
	buttonHelp:    (*Bot).help,
	buttonWhat:    (*Bot).explainConsent,
	wordNewsOff:   (*Bot).newsOff,
}

// registered are the verbs of those who take part.
var registered = map[string]verb{
	buttonMenu:         (*Bot).menu,
	buttonBalance:      (*Bot).balance,
	buttonReceipts:     (*Bot).myReceipts,
	buttonPrizes:       (*Bot).catalogue,
	buttonCertificates: (*Bot).certificates,
	buttonTake:         (*Bot).take,
	buttonYes:          (*Bot).choose,
	buttonNo:           (*Bot).keepSaving,
	buttonConsent:      (*Bot).menu, // of a registration that is over
	buttonNewsYes:      (*Bot).newsOn,
	buttonNewsNo:       (*Bot).newsOff,
	buttonShow:         (*Bot).show,
	buttonHistory:      (*Bot).history,
	buttonEntry:        (*Bot).entry,
	buttonFails:        (*Bot).fails,
	buttonWhy:          (*Bot).complain,
	buttonAppeal:       (*Bot).appeal,
	buttonTyped:        (*Bot).startTyped,
	buttonTypedYes:     (*Bot).sendTyped,
	buttonTypedFix:     (*Bot).fixTyped,
	buttonTypedChoose:  (*Bot).chooseTyped,
	buttonTypedBack:    (*Bot).backTyped,
	buttonTypedCancel:  (*Bot).cancelTyped,
	wordNewsOn:         (*Bot).newsOn,
	buttonPay:          (*Bot).pay,
}

// spokenWords are what people type instead of pressing a button.
var spokenWords = map[string]string{
	"баланс": buttonBalance, "баллы": buttonBalance, "balance": buttonBalance, "points": buttonBalance,
	"чеки": buttonReceipts, "мои чеки": buttonReceipts, "receipts": buttonReceipts, "my receipts": buttonReceipts,
	"история": buttonHistory, "history": buttonHistory, "statement": buttonHistory,
	"призы": buttonPrizes, "приз": buttonPrizes, "prizes": buttonPrizes,
	"сертификаты": buttonCertificates, "мои сертификаты": buttonCertificates, "certificates": buttonCertificates,
	"оплатить баллами": buttonPay, "оплатить": buttonPay, "pay": buttonPay, "pay with points": buttonPay,
	"правила": buttonRules, "rules": buttonRules,
	"помощь": buttonHelp, "help": buttonHelp, "?": buttonHelp,
	"меню": buttonMenu, "привет": buttonMenu, "menu": buttonMenu, "hello": buttonMenu,
	"вручную": buttonTyped, "ввести": buttonTyped, "ввести вручную": buttonTyped, "ввести чек": buttonTyped, "manual": buttonTyped, "type": buttonTyped,
	"назад": buttonTypedBack, "back": buttonTypedBack, "отмена": buttonTypedCancel, "cancel": buttonTypedCancel,
	"english": buttonEnglish, "русский": buttonRussian, "по-русски": buttonRussian,
	"стоп": wordNewsOff, "отписаться": wordNewsOff, "stop": wordNewsOff, "unsubscribe": wordNewsOff,
	"старт": wordNewsOn, "подписаться": wordNewsOn, "start": wordNewsOn, "subscribe": wordNewsOn,
}

// converse finds what is meant and does it.
func (b *Bot) converse(ctx context.Context, t *turn) error {
	if done, err := b.typing(ctx, t); done || err != nil {
		return err
	}
	switch {
	case t.in.Back:
		return b.resume(ctx, t)
	case t.pictured() || t.in.Button == "" && looksLikeCode(t.in.Text):
		return b.receipt(ctx, t)
	case t.dialog.State == stateNew:
		return b.greet(ctx, t)
	case t.in.Contact != nil:
		return b.contact(ctx, t)
	case t.in.Odd != "":
		return b.odd(ctx, t)
	}
	name, rest := asked(t.in)
	if do, ok := always[name]; ok {
		return do(b, ctx, t, rest)
	}
	if !t.person.Registered {
		return b.register(ctx, t)
	}
	if do, ok := registered[name]; ok {
		return do(b, ctx, t, rest)
	}
	return b.puzzled(ctx, t)
}

// pictured tells of a photo or a file, here or still with the channel.
func (t *turn) pictured() bool { return len(t.row.Picture) > 0 || t.in.File != nil }

// asked is the name of what a button or a text asks for, and what follows it:
// "prize:take" and "ozon-300".
func asked(in updateBody) (name, rest string) {
	if in.Button == "" {
		return command(in.Text), ""
	}
	parts := strings.SplitN(in.Button, ":", 3)
	if len(parts) < 3 {
		return in.Button, ""
	}
	return parts[0] + ":" + parts[1], parts[2]
}

// command is the button that a text stands for; "" if it is none.
func command(text string) string {
	word := strings.ToLower(strings.Join(strings.Fields(text), " "))
	slashed, isCommand := strings.CutPrefix(word, "/")
	if !isCommand {
		return spokenWords[strings.TrimRight(word, ".!")]
	}
	name, _, _ := strings.Cut(slashed, " ") // "/start p_7" has its payload behind it
	if name == "start" {
		return buttonMenu
	}
	return spokenWords[name]
}

// looksLikeCode tells texts that were copied from a receipt's code from the
// rest of a conversation. Whether they are one is judged by the receipts' room.
func looksLikeCode(text string) bool {
	low := strings.ToLower(text)
	if strings.Contains(low, "fn=") || strings.Contains(low, "fn%3d") {
		return true
	}
	if strings.Contains(low, "&") && strings.Contains(low, "t=") && strings.Contains(low, "s=") {
		return true
	}
	return strings.Contains(low, "://") && strings.Contains(low, "ofd")
}

package demo

import (
	"fmt"
	"strings"

	"promobot/campaigns"
	"promobot/fraud"
	"promobot/qr"
	"promobot/receipts"
)

// reasons are the words for why a receipt stopped, waits or is looked at.
var reasons = map[string]func(f facts) text{
	receipts.ReasonPicture: picture,
	"scan.no_code":         fixed("На фото нет QR-кода", "There is no QR code on the photo"),
	"scan.cut":             cornered("Код попал в кадр не целиком", "Part of the code is outside the photo"),
	"scan.blurred":         cornered("Код размыт: снимок не в фокусе", "The code is blurred: out of focus"),
	"scan.glare":           cornered("На коде блик", "Glare covers the code"),
	"scan.too_small":       fixed("Код на фото слишком мелкий", "The code on the photo is too small"),
	"scan.other_code":      fixed("Код прочитан, но он не с чека", "A code was read, but not a receipt's"),
	"scan.damaged":         cornered("Код есть, но повреждён так, что не читается", "The code is there, but too damaged to read"),

	receipts.ReasonNotReceipt: fixed("Это код не с чека", "This is not a receipt's code"),
	receipts.ReasonIncomplete: fixed("В коде нет времени и суммы", "The code lacks the time and the total"),
	receipts.ReasonInvalid:    fixed("Код прочитан, но в нём невозможные данные", "The code was read, but its data cannot be"),

	receipts.ReasonSame:     fixed("Похоже на уже присланное фото, и код не читается", "It looks like a photo sent before, and its code cannot be read"),
	receipts.ReasonCooldown: fixed("Введён во время паузы после неверных", "Typed in a pause after wrong ones"),
	receipts.ReasonGuesses:  fixed("Введённые до него были неверными: посмотрит человек", "Those typed before were wrong: a person looks"),

	receipts.ReasonDuplicateOwn: duplicateOwn,
	receipts.ReasonDuplicate:    fixed("Отклонён: этот чек уже зарегистрирован", "Refused: this receipt is registered already"),

	receipts.ReasonForged:      fixed("Отклонён: фискальный признак не сошёлся, ФНС такого чека не знает", "Refused: the fiscal sign is wrong, the tax service knows no such receipt"),
	receipts.ReasonMalformed:   fixed("Отклонён: ФНС не приняла данные чека", "Refused: the tax service does not take the receipt's data"),
	receipts.ReasonNotFound:    fixed("Отклонён: за 72 часа касса так и не передала чек в ФНС", "Refused: in 72 hours the till has not delivered the receipt"),
	receipts.ReasonMismatch:    fixed("Отклонён: чек в ФНС не совпал с кодом", "Refused: the tax service's receipt differs from the code"),
	receipts.ReasonNotYet:      fixed("Касса ещё не передала чек. Спросим сами через 5 минут и дальше, до 72 часов", "The till has not delivered it yet. We ask again in 5 minutes and on, up to 72 hours"),
	receipts.ReasonUnavailable: fixed("ФНС не отвечает. Чек цел, спрашиваем снова", "The tax service does not answer. The receipt is safe, we keep asking"),
	receipts.ReasonQueued:      fixed("Чеков больше, чем ФНС успевает проверить: ждём очереди", "More receipts than the tax service can check: it waits for its turn"),
	receipts.ReasonStrange:     fixed("ФНС ответила непонятно: посмотрит человек", "The tax service gave a strange answer: a person looks"),
	receipts.ReasonCaseRefused: fixed("Отклонён: так решил человек", "Refused: a person decided so"),

	campaigns.RuleOperation:   fixed("Отклонён: это не покупка, а возврат или выплата", "Refused: not a purchase but a refund or a payout"),
	campaigns.RuleFuture:      fixed("Отклонён: чек из будущего", "Refused: the receipt is from the future"),
	campaigns.RulePeriod:      period,
	campaigns.RuleTooOld:      tooOld,
	campaigns.RuleMinimum:     minimum,
	campaigns.RulePromoMin:    promoMinimum,
	campaigns.RuleShop:        fixed("Отклонён: этот магазин не участвует", "Refused: this shop does not take part"),
	campaigns.RuleNoPromo:     noPromo,
	campaigns.RuleNoLines:     fixed("ФНС прислала чек без списка товаров: посмотрит человек", "The tax service sent no list of goods: a person looks"),
	campaigns.RuleUnsureLines: fixed("Похоже на товар акции, но не наверняка", "It looks like a promo product, but not for certain"),
	campaigns.RuleDayLimit:    limit("в день", "a day"),
	campaigns.RuleTotalLimit:  limit("за акцию", "in the campaign"),

	campaigns.RuleBudget:               fixed("Отклонён: фонд баллов акции исчерпан", "Refused: the campaign's points are used up"),
	campaigns.RuleBudgetDay:            fixed("Отклонён: фонд баллов на этот день исчерпан", "Refused: the points of this day are used up"),
	campaigns.RuleBudgetParticipant:    fixed("Отклонён: участник набрал всё, что акция даёт одному", "Refused: this person has all that the campaign gives to one"),
	campaigns.RuleBudgetParticipantDay: fixed("Отклонён: участник набрал всё, что можно за день", "Refused: this person has all that a day gives"),

	receipts.ReasonNoSale:   fixed("Покупка, которую вернули, не зарегистрирована. Баллы не изменились", "The purchase that was refunded is not registered. No points have changed"),
	receipts.ReasonWhichOne: fixed("Возврат подходит к нескольким покупкам: посмотрит человек", "The refund fits several purchases: a person looks"),
	receipts.ReasonUndone:   fixed("Засчитан был по названию, которое оказалось другим товаром", "It was counted by a name that stands for another product"),

	fraud.RuleReceiptsPerHour: perHour,
	fraud.RuleNamesPerPhone:   perPhone,
	fraud.RuleLinesTotal:      fixed("Строки стоят больше, чем весь чек: посмотрит человек", "The lines cost more than the whole receipt: a person looks"),
	fraud.RuleTillPeople:      tillPeople,
	fraud.RuleTillBurst:       tillBurst,

	receipts.NoticeSlow:          fixed("Сверяем ещё несколько минут", "Checked for some minutes more"),
	receipts.NoticeHold:          fixed("Баллы отложены и придут сами", "The points are set aside and come by themselves"),
	receipts.ReasonFraud:         fixed("Отклонён: не прошёл проверку", "Refused: did not pass the check"),
	receipts.ReasonAppealRefused: fixed("Отклонён: человек перепроверил и оставил отказ", "Refused: a person checked again and kept it up"),
}

// why words a reason; one that nobody has worded is shown by its id.
func why(reason string, f facts) text {
	if words, known := reasons[reason]; known {
		return words(f)
	}
	return text{"Причина: " + reason, "Reason: " + reason}
}

// corners name where a code is flawed.
var corners = map[string]text{
	string(qr.CornerTopLeft):     {"левый верхний угол", "top left corner"},
	string(qr.CornerTopRight):    {"правый верхний угол", "top right corner"},
	string(qr.CornerBottomLeft):  {"левый нижний угол", "bottom left corner"},
	string(qr.CornerBottomRight): {"правый нижний угол", "bottom right corner"},
}

// cornered names the corner too, where it is known.
func cornered(ru, en string) func(facts) text {
	return func(f facts) text {
		if corner, known := corners[f.text("corner")]; known {
			return text{ru + " (" + corner.ru + ")", en + " (" + corner.en + ")"}
		}
		return text{ru, en}
	}
}

func fixed(ru, en string) func(facts) text {
	return func(facts) text { return text{ru, en} }
}

func picture(f facts) text {
	switch f.text("problem") {
	case "bomb":
		return text{"Картинка-бомба: раскрытая, она заняла бы слишком много памяти. Остановлена до раскрытия", "An image bomb: unpacked it would take too much memory. Stopped before unpacking"}
	case "too_large":
		return text{"Файл слишком большой", "The file is too large"}
	case "format":
		return text{"Это не фото: формат не поддерживается", "Not a photo: the format is not supported"}
	case "pdf":
		return text{"Это PDF, а нужно фото", "This is a PDF, a photo is needed"}
	}
	return text{"Файл повреждён и не открывается", "The file is broken and does not open"}
}

func duplicateOwn(f facts) text {
	paid := f.number("points")
	if paid == 0 {
		return text{
			fmt.Sprintf("Отклонён: это тот же чек, что № %d", f.number("first")),
			fmt.Sprintf("Refused: the same receipt as no. %d", f.number("first")),
		}
	}
	return text{
		fmt.Sprintf("Отклонён: это тот же чек, что № %d, за него уже %s", f.number("first"), scores.ru(paid)),
		fmt.Sprintf("Refused: the same receipt as no. %d, which brought %s", f.number("first"), scores.eng(paid)),
	}
}

func period(f facts) text {
	at, starts, ends := f.day("at"), f.day("starts"), f.day("ends")
	if f.moment("at").Before(f.moment("starts")) {
		return text{"Отклонён: куплено " + at.ru + ", акция идёт с " + starts.ru, "Refused: bought " + at.en + ", the campaign began " + starts.en}
	}
	return text{"Отклонён: куплено " + at.ru + ", акция шла до " + ends.ru, "Refused: bought " + at.en + ", the campaign ended " + ends.en}
}

func tooOld(f facts) text {
	return text{
		fmt.Sprintf("Отклонён: чек старше срока на %s, принимаем не старше %d", days.ru(f.number("days")), f.number("limit")),
		fmt.Sprintf("Refused: %s too old, at most %d are accepted", days.eng(f.number("days")), f.number("limit")),
	}
}

func minimum(f facts) text {
	total, least := f.money("total"), f.money("minimum")
	return text{"Отклонён: в чеке " + total.ru + ", нужно от " + least.ru, "Refused: the total is " + total.en + ", at least " + least.en + " is needed"}
}

func promoMinimum(f facts) text {
	total, least := f.money("total"), f.money("minimum")
	return text{"Отклонён: товаров акции на " + total.ru + ", нужно от " + least.ru, "Refused: promo goods for " + total.en + ", at least " + least.en + " is needed"}
}

func noPromo(f facts) text {
	n := f.number("lines")
	return text{
		fmt.Sprintf("Отклонён: %s, и ни одного товара акции", rows.ru(n)),
		fmt.Sprintf("Refused: %s and not one promo product", rows.eng(n)),
	}
}

func limit(ru, en string) func(facts) text {
	return func(f facts) text {
		n := f.number("limit")
		return text{fmt.Sprintf("Отклонён: можно %s %s, и они уже приняты", slips.ru(n), ru), fmt.Sprintf("Refused: %s %s may be sent, and they are in", slips.eng(n), en)}
	}
}

func perHour(f facts) text {
	n := f.number("receipts")
	return text{fmt.Sprintf("За час %s, без проверки можно %d", slips.ru(n), f.number("limit")), fmt.Sprintf("%s within an hour, %d pass unchecked", slips.eng(n), f.number("limit"))}
}

func perPhone(f facts) text {
	n := f.number("names")
	return text{fmt.Sprintf("На одном телефоне %s", names.ru(n)), fmt.Sprintf("%s on one phone", names.eng(n))}
}

func tillPeople(f facts) text {
	n := f.number("participants")
	return text{fmt.Sprintf("На одной кассе за день участников: %d, без проверки можно %d", n, f.number("limit")), fmt.Sprintf("%d people at one till in a day, %d pass unchecked", n, f.number("limit"))}
}

func tillBurst(f facts) text {
	n := f.number("receipts")
	return text{fmt.Sprintf("С одной кассы за минуты %s, без проверки можно %d", slips.ru(n), f.number("limit")), fmt.Sprintf("%s of one till within minutes, %d pass unchecked", slips.eng(n), f.number("limit"))}
}

// all words several reasons in one breath.
func all(rules []facts) text {
	var ru, en []string
	for _, rule := range rules {
		t := why(rule.text("rule"), rule.inside("args"))
		ru, en = append(ru, t.ru), append(en, t.en)
	}
	return text{strings.Join(ru, "; "), strings.Join(en, "; ")}
}

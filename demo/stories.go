package demo

import (
	"fmt"
	"strings"
	"time"

	"promobot/points"
)

func submitted(_ *trip, _ string, f facts) []stop {
	if f.text("way") == "text" {
		return []stop{stopAt(stationStored, stateDone, text{"Текст кода сохранён", "The code's text is stored"})}
	}
	return []stop{
		stopAt(stationStored, stateDone, text{"Фото сохранено: оно переживёт даже обрыв питания", "The photo is stored: it survives even a power cut"}),
		stopAt(stationCode, stateRunning, text{"Ищем код на фото", "Looking for the code"}),
	}
}

func read(t *trip, _ string, f facts) []stop {
	on, sum := f.day("at"), f.money("sum")
	t.about = text{on.ru + ", " + sum.ru, on.en + ", " + sum.en}
	if f.text("stage") == "merged" {
		return []stop{stopAt(stationCode, stateDone, text{"Фото сложены, код прочитан. Чек от " + t.about.ru, "Photos put together, code read. Receipt of " + t.about.en})}
	}
	return []stop{stopAt(stationCode, stateDone, text{"Чек от " + t.about.ru, "Receipt of " + t.about.en})}
}

func asked(*trip, string, facts) []stop {
	return []stop{stopAt(stationFNS, stateRunning, text{"Вопрос в ФНС отправлен, ждём ответ", "The question is sent, waiting for the answer"})}
}

func delayed(_ *trip, _ string, f facts) []stop {
	return []stop{stopAt(stationFNS, stateWaiting, why(f.text("reason"), f))}
}

func verified(_ *trip, _ string, f facts) []stop {
	n, seller := f.number("lines"), company(f.text("seller"))
	return []stop{stopAt(stationFNS, stateDone, text{
		"ФНС подтвердила: " + rows.ru(n) + seller, "Genuine, says the tax service: " + rows.eng(n) + seller,
	})}
}

// company is a seller's name after a comma. The name of a sole trader is a
// person's and is not shown.
func company(seller string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(seller), " ")
	switch {
	case word == "":
		return ""
	case strings.EqualFold(word, "ИП"), strings.EqualFold(word, "ИНДИВИДУАЛЬНЫЙ"):
		return ", ИП"
	}
	return ", " + seller
}

func judged(t *trip, _ string, f facts) []stop {
	t.lines = nil
	var promo, unsure int64
	for _, l := range f.list("lines") {
		row := lineOf(l)
		t.lines = append(t.lines, row)
		switch {
		case l["unsure"] == true:
			unsure++
		case l.text("sku") != "":
			promo += max(1, l.number("units"))
		}
	}
	return []stop{stopAt(stationLines, stateDone, found(promo, unsure, int64(len(t.lines))), t.lines...)}
}

func found(promo, unsure, all int64) text {
	t := text{
		fmt.Sprintf("%s акции, всего %s", wares.ru(promo), rows.ru(all)),
		fmt.Sprintf("%s of the promotion, %s in all", wares.eng(promo), rows.eng(all)),
	}
	if unsure > 0 {
		t.ru += fmt.Sprintf("; сомнительных: %d, посмотрит человек", unsure)
		t.en += fmt.Sprintf("; %d in doubt, a person looks", unsure)
	}
	return t
}

func lineOf(l facts) line {
	row := line{Name: l.text("name"), SKU: l.text("title"), Points: l.number("points")}
	because := text{"не участвует", "not in the promotion"}
	switch reason := l.text("reason"); {
	case l["unsure"] == true:
		because = text{"похоже, но не наверняка: посмотрит человек", "alike, not for certain: a person looks"}
	case l.text("sku") != "" && strings.HasPrefix(reason, "GTIN"):
		because = text{"узнан по коду товара", "known by its product code"}
	case l.text("sku") != "":
		because = text{"узнан по названию", "known by its name"}
	case strings.HasPrefix(reason, "payment type"):
		because = text{"предоплата: засчитаем чек о получении", "prepaid: the receipt at delivery counts"}
	}
	row.Reason, row.ReasonEN = because.ru, because.en
	return row
}

func held(t *trip, _ string, f facts) []stop {
	rules := f.list("rules")
	words := all(rules)
	if len(rules) > 0 && stationOf(rules[0].text("rule")) == stationFNS {
		return []stop{stopAt(stationFNS, stateReview, words)}
	}
	stops := []stop{stopAt(stationRules, stateReview, text{words.ru + ". Решит человек", words.en + ". A person decides"})}
	if n := f.number("points"); n > 0 {
		stops = append(stops, stopAt(stationLedger, stateReview, text{"Отложено: " + scores.ru(n), "Set aside: " + scores.eng(n)}))
	}
	return stops
}

// putOff waits at the rules; what is held already stands aside.
func putOff(_ *trip, _ string, f facts) []stop {
	stops := []stop{stopAt(stationRules, stateWaiting, all(f.list("rules")))}
	if n := f.number("points"); n > 0 {
		stops = append(stops, stopAt(stationLedger, stateReview, text{"Отложено: " + scores.ru(n), "Set aside: " + scores.eng(n)}))
	}
	return stops
}

func accepted(t *trip, _ string, f facts) []stop {
	if f["refund"] == true {
		return refund()
	}
	rules := text{"Период, сумма и лимиты в порядке", "Period, total and limits are fine"}
	if t.about.ru != "" {
		rules = text{"Период, сумма и лимиты в порядке: " + t.about.ru, "Period, total and limits are fine: " + t.about.en}
	}
	if t.reached[stationRules] == stateReview {
		rules = text{"Человек посмотрел и одобрил", "A person looked and approved"}
	}
	return []stop{
		stopAt(stationRules, stateDone, rules),
		entry(f.number("points"), f.number("first"), f.moment("until")),
		stopAt(stationCertificate, stateAhead, text{"Придёт, как только хватит баллов", "Comes as soon as the points suffice"}),
	}
}

// entry is the ledger's stop: two legs that sum to zero. Points that wait for the
// end of the time for refunds are set aside until then.
func entry(n, first int64, until time.Time) stop {
	t := text{"Начислено: " + scores.ru(n), "Accrued: " + scores.eng(n)}
	if first > 0 {
		t.ru += fmt.Sprintf(", из них %d за первый чек", first)
		t.en += fmt.Sprintf(", %d of them for the first receipt", first)
	}
	state := stateDone
	if !until.IsZero() {
		on := day(until)
		state, t = stateWaiting, text{t.ru + "; придут " + on.ru + ", когда выйдет срок возврата", t.en + "; they come on " + on.en + ", when the time for refunds is over"}
	}
	return stopAt(stationLedger, state, t,
		line{Name: "Участник", NameEN: "Participant", Points: n, Reason: "зачислено", ReasonEN: "credited"},
		line{Name: "Фонд акции", NameEN: "Campaign’s fund", Points: -n, Reason: "списано: вместе ноль", ReasonEN: "debited: together zero"})
}

func rejected(t *trip, _ string, f facts) []stop {
	reason := f.text("reason")
	station, words := stationOf(reason), why(reason, f.inside("facts"))
	var stops []stop
	if station != stationCode && t.reached[stationCode] != stateDone {
		stops = append(stops, stopAt(stationCode, stateDone, text{"Код прочитан", "The code is read"}))
	}
	if state := t.reached[stationFNS]; station == stationRules && (state == stateRunning || state == stateWaiting) {
		stops = append(stops, stopAt(stationFNS, stateSkipped, text{"Ответ уже не нужен", "The answer is not needed any more"}))
	}
	if station == stationLines {
		return append(stops, stopAt(station, stateStopped, words, t.lines...))
	}
	if t.reached[stationLedger] == stateReview {
		stops = append(stops, stopAt(stationLedger, stateSkipped, text{"Отложенные баллы сняты", "The points set aside are taken back"}))
	}
	return append(stops, stopAt(station, stateStopped, words))
}

// posted shows what a person's word about a line or a name brought, and that the
// time for refunds is over; all other postings are told by the events beside them.
func posted(t *trip, rest string, f facts) []stop {
	n, kind := f.number("points"), f.text("kind")
	if kind == string(points.Release) && t.reached[stationLedger] == stateWaiting {
		return []stop{stopAt(stationLedger, stateDone, text{"Срок возврата вышел, на счёт пришло: " + scores.ru(n), "The time for refunds is over, now there: " + scores.eng(n)})}
	}
	placed := strings.HasPrefix(rest, "/line:") || strings.HasPrefix(rest, "/alias:")
	if !placed || kind != string(points.Accrual) {
		return nil
	}
	return []stop{stopAt(stationLedger, stateDone, text{
		"Ещё " + scores.ru(n) + " за строку, которую подтвердил человек", scores.eng(n) + " more for a line that a person confirmed",
	})}
}

func issued(_ *trip, _ string, f facts) []stop {
	return certificate(stateDone, f, "Выдан: %s, за %s", "Issued: %s, for %s")
}

func ordered(_ *trip, _ string, f facts) []stop {
	return certificate(stateRunning, f, "Заказан у поставщика: %s, за %s", "Ordered from the supplier: %s, for %s")
}

func gated(_ *trip, _ string, f facts) []stop {
	return certificate(stateWaiting, f, "Отложен до документов для налога: %s, за %s", "Kept until the tax documents are there: %s, for %s")
}

// unserved tells of an order that no supplier could serve.
func unserved(_ *trip, _ string, f facts) []stop {
	return certificate(stateDone, f, "Получить не удалось: %s, вернули %s", "Not to be had: %s, given back %s")
}

func withdrawn(_ *trip, _ string, f facts) []stop {
	return certificate(stateDone, f, "Отозван, код не открывали: %s, в счёт возврата пошло %s", "Withdrawn, its code was not opened: %s, towards the refund %s")
}

// certificate words what became of a certificate: its title and its price.
func certificate(state string, f facts, ru, en string) []stop {
	price, title, english := f.number("price"), f.text("title"), f.text("title_en")
	if english == "" {
		english = title
	}
	return []stop{stopAt(stationCertificate, state, text{fmt.Sprintf(ru, title, scores.ru(price)), fmt.Sprintf(en, english, scores.eng(price))})}
}

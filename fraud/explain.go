package fraud

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"promobot/internal/money"
)

// Words explain the hit with its numbers to an agent, in "ru" or "en". They are
// not for the participant: they tell which rule hit.
func (h Hit) Words(language string) string {
	switch {
	case h.Rule == RuleNamesPerPhone:
		return either(language, "на одном телефоне %d %s, проходит %d", "%d %s on one phone, %d pass",
			h.n("names"), noun(language, "names", h.n("names")), h.n("limit"))
	case h.Rule == RuleLinesTotal:
		return either(language, "строки на %s ₽ при итоге %s ₽", "lines of %s RUB on a total of %s RUB", money.Kopecks(h.n("lines")), money.Kopecks(h.n("total")))
	case h.Rule == RuleCodeFails:
		return either(language, "код %s приза %s не работает: %s; показан впервые %s, чат %s", "code %s of %s does not work: %s; first shown %s in %s",
			h.text("code"), h.text("prize"), h.text("problem"), h.moment("seen_at"), h.text("seen_in"))
	case h.Rule == RuleTaxYear:
		return either(language, "приз %s на %s ₽: сумма за %d год выше %s ₽", "%s of %s RUB: the sum of %d is above %s RUB",
			h.text("prize"), money.Kopecks(h.n("value_kopecks")), h.n("year"), money.Kopecks(h.n("free_kopecks")))
	case h.text("by") != "":
		return h.counted(language)
	}
	args, err := json.Marshal(h.Args)
	if err != nil || len(h.Args) == 0 {
		return h.Rule
	}
	return h.Rule + " " + string(args)
}

// counted words a velocity rule: "6 чеков одного участника за 1 ч, проходит 5;
// все за 58 мин".
func (h Hit) counted(language string) string {
	of := ""
	for name := range values {
		if _, ok := h.Args[name]; ok {
			of = name
		}
	}
	n, limit := h.amount(of, h.n(of)), h.amount(of, h.n("limit"))
	text := either(language, "%s %s %s %s, проходит %s", "%s %s %s %s, %s pass",
		n, noun(language, of, h.n(of)), h.common(language), h.within(language), limit)
	if _, sliding := h.Args["minutes"]; sliding {
		text += either(language, "; все за %d мин", "; all within %d min", h.n("minutes"))
	}
	return text
}

func (h Hit) amount(of string, n int64) string {
	if of == "kopecks" {
		return money.Kopecks(n).String()
	}
	return fmt.Sprint(n)
}

// common says what the counted sightings have in common.
func (h Hit) common(language string) string {
	var parts []string
	for _, key := range strings.Split(h.text("by"), "+") {
		switch Key(key) {
		case ByParticipant:
			parts = append(parts, either(language, "одного участника", "of one participant"))
		case ByPhone:
			parts = append(parts, either(language, "с одного телефона", "of one phone"))
		case ByTill:
			parts = append(parts, either(language, "на кассе ФН %s", "at the till FN %s", h.text("fn")))
		case ByINN:
			parts = append(parts, either(language, "у продавца ИНН %s", "of the seller INN %s", h.text("inn")))
		}
	}
	return strings.Join(parts, " ")
}

func (h Hit) within(language string) string {
	if day := h.text("day"); day != "" {
		return either(language, "за торговый день %s", "on the shop day %s", day)
	}
	window := h.text("window")
	if language == "ru" {
		window = strings.NewReplacer("d", " дн.", "h", " ч", "m", " мин").Replace(window)
	}
	return either(language, "за %s", "within %s", window)
}

func either(language, ru, en string, args ...any) string {
	if language == "ru" {
		return fmt.Sprintf(ru, args...)
	}
	return fmt.Sprintf(en, args...)
}

// nouns are what is counted: in English one and many, in Russian one, few and
// many.
var nouns = map[string][5]string{
	"receipts":     {"receipt", "receipts", "чек", "чека", "чеков"},
	"kopecks":      {"RUB", "RUB", "₽", "₽", "₽"},
	"participants": {"person", "people", "участник", "участника", "участников"},
	"phones":       {"phone", "phones", "телефон", "телефона", "телефонов"},
	"names":        {"name", "names", "имя", "имени", "имён"},
	"tills":        {"till", "tills", "касса", "кассы", "касс"},
	"inns":         {"seller", "sellers", "продавец", "продавца", "продавцов"},
	"shop_days":    {"day", "days", "день", "дня", "дней"},
}

func noun(language, of string, n int64) string {
	forms := nouns[of]
	switch {
	case language != "ru" && n == 1:
		return forms[0]
	case language != "ru":
		return forms[1]
	case n%10 == 1 && n%100 != 11:
		return forms[2]
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		return forms[3]
	}
	return forms[4]
}

// moment is a time of the hit, to the minute.
func (h Hit) moment(key string) string {
	switch at := h.Args[key].(type) {
	case *time.Time:
		if at != nil {
			return at.UTC().Format(time.DateOnly + " 15:04")
		}
	case string:
		if seen, err := time.Parse(time.RFC3339Nano, at); err == nil {
			return seen.UTC().Format(time.DateOnly + " 15:04")
		}
		return at
	}
	return ""
}

// n is a number of the hit, as it was made or as it comes out of the database.
func (h Hit) n(key string) int64 {
	switch n := h.Args[key].(type) {
	case int64:
		return n
	case int:
		return int64(n)
	case money.Kopecks:
		return int64(n)
	case float64:
		return int64(n)
	}
	return 0
}

func (h Hit) text(key string) string {
	text, _ := h.Args[key].(string)
	return text
}

package campaigns

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"promobot/internal/money"
	"promobot/points"
	"promobot/prizes"
)

// textCheck compares what a text says with the terms, sentence by sentence. It
// knows the words that participants read about minimums, points, limits, days
// and dates; a number of which it cannot tell what it counts is left alone.
type textCheck struct {
	*reader
	field  string
	terms  Terms
	prices []points.Amount
}

func (r *reader) lintTexts(t Terms, catalogue map[string]prizes.Prize) {
	c := textCheck{reader: r, terms: t}
	for _, o := range t.Offers {
		if p, known := catalogue[o.PrizeID]; known {
			c.prices = append(c.prices, points.Amount(p.Price))
		}
	}
	for _, text := range []struct{ field, text string }{{"texts.rules", t.Texts.Rules}, {"texts.rules_en", t.Texts.RulesEN}} {
		if c.field = text.field; text.text != "" {
			c.text(text.text)
		}
	}
}

var (
	sentenceEnd = regexp.MustCompile(`\n|[;•]|[.!?…]+(?:\s|$)`)
	shortened   = regexp.MustCompile(`((?:^|[^а-яa-z])(?:руб|шт|коп|тыс|г|р|rub|max|min|no))\.`)
	clauseEnd   = regexp.MustCompile(`[,:()]\s| и | and | а | но | but `)
	spaces      = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "–", "-", "—", "-", "ё", "е", "*", "", "_", " ")
)

func (c textCheck) text(text string) {
	text = spaces.Replace(strings.ToLower(text))
	// A point behind an abbreviation ends no sentence.
	text = shortened.ReplaceAllString(text, "$1")
	dated := false
	for _, sentence := range sentenceEnd.Split(text, -1) {
		dated = c.sentence(strings.TrimSpace(sentence)) || dated
	}
	if !dated {
		c.doubt("law.dates", c.field, "does not name the first and the last day")
	}
}

// sentence reports whether it names the period.
func (c textCheck) sentence(s string) (dated bool) {
	dated = c.dates(s)
	c.roubles(s)
	c.limits(s)
	c.days(s)
	c.factors(s)
	for _, clause := range clauseEnd.Split(rate.ReplaceAllString(s, " "), -1) {
		c.points(clause, s)
	}
	return dated
}

func (c textCheck) differ(rule, said, terms string) {
	for _, p := range c.problems {
		if p.Rule == rule && p.Field == c.field && strings.Contains(p.Text, said) {
			return // said twice
		}
	}
	c.doubt(rule, c.field, "the text says %s, the terms %s", said, terms)
}

const (
	number = `(\d{1,3}(?: \d{3})+|\d+)`
	amount = number + `(?:[.,](\d{1,2}))?`
	rouble = ` ?(?:₽|руб[а-я]*|р(?:[^а-я]|$)|roubles?|rubles?|rub\b)`
	bonus  = ` ?(?:[а-я]+ых )?(?:балл[а-я]*|points?\b)`
)

var (
	minimumBefore = regexp.MustCompile(`(?:^|[^а-яa-z])(?:от|не менее(?: чем)?(?: на)?|не меньше|не ниже|минимум|минимальн[а-я]* сумм[а-я]*(?: чека)?(?: -|:)?|at least|from|minimum(?: of| is|:)?(?: a receipt of)?) ` + amount + rouble)
	minimumAfter  = regexp.MustCompile(amount + rouble + ` (?:и более|и больше|и выше|or more|and more)`)
	rate          = regexp.MustCompile(`(?:` + number + bonus + ` |один балл |one point |a point )?(?:за кажд[а-я]+|for each|for every|per) ` + amount + rouble)

	pointsSaid = regexp.MustCompile(number + bonus)

	receiptsSaid = regexp.MustCompile(number + ` ?(?:чек[а-я]*|receipts?\b)`)
	unitsSaid    = regexp.MustCompile(number + ` ?(?:штук[а-я]*|шт(?:[^а-я]|$)|единиц[а-я]*|товар[а-я]*|упаков[а-я]*|units?\b|goods\b|products?\b|items?\b)`)
	daysSaid     = regexp.MustCompile(number + ` ?-?(?:календарн[а-я]+ |calendar )?(?:дн[а-я]+|день|сут[а-я]+|days?\b)`)
	factorSaid   = regexp.MustCompile(`(?:^|[^0-9a-zа-я])[x×х] ?(\d+(?:[.,]\d+)?)\b|в (\d+(?:[.,]\d+)?) раза?(?:[^а-я]|$)|(\d+(?:[.,]\d+)?) times`)
)

func (c textCheck) roubles(s string) {
	for _, form := range []*regexp.Regexp{minimumBefore, minimumAfter} {
		for _, m := range form.FindAllStringSubmatch(s, -1) {
			if said := kopecksOf(m[1], m[2]); said != c.terms.Minimum && !about(s, "приз", "сертификат", "prize", "certificate") {
				c.differ("text.minimum", said.String()+" roubles as the minimum", "receipts.minimum "+orNone(c.terms.Minimum.String(), c.terms.Minimum == 0))
			}
		}
	}
	for _, m := range rate.FindAllStringSubmatch(s, -1) {
		said, per := kopecksOf(m[2], m[3]), int64(1)
		if m[1] != "" {
			per = whole(m[1])
		}
		if per == 0 || said/money.Kopecks(per) != c.terms.KopecksPerPoint || said%money.Kopecks(per) != 0 {
			c.differ("text.points", fmt.Sprintf("%d points for each %s roubles", per, said), "points.roubles_per_point "+orNone(c.terms.KopecksPerPoint.String(), c.terms.KopecksPerPoint == 0))
		}
	}
}

// limits are told with what they are counted by: receipts of a day or of the
// campaign, units of a receipt.
func (c textCheck) limits(s string) {
	say := func(text, unit, field string, n int64) {
		if said := whole(text); said != n {
			c.differ("text.limits", fmt.Sprintf("%d %s", said, unit), field+" "+orNone(fmt.Sprint(n), n == 0))
		}
	}
	for _, m := range near(receiptsSaid, s) {
		switch {
		case m.about("в день", "в сутки", "на день", "за день", "за сутки", "ежедневно", "a day", "per day", "daily", "each day"):
			say(m.number, "receipts a day", "limits.receipts_per_day", int64(c.terms.ReceiptsDay))
		case m.about("за акцию", "за всю акцию", "на всю акцию", "за весь", "за все время", "за период", "всего", "in all", "in total", "the whole", "for the promotion"):
			say(m.number, "receipts in all", "limits.receipts", int64(c.terms.ReceiptsTotal))
		}
	}
	for _, m := range near(unitsSaid, s) {
		if m.about("в чеке", "в одном чеке", "на чек", "на один чек", "по одному чеку", "per receipt", "in a receipt", "in one receipt") {
			say(m.number, "units in a receipt", "limits.units_per_receipt", c.terms.UnitsReceipt)
		}
	}
}

// mention is a number in a sentence, with the words before it and behind it up
// to the next one.
type mention struct{ number, before, behind string }

// about looks behind the number first: "5 receipts a day".
func (m mention) about(words ...string) bool {
	return about(m.behind, words...) || about(m.before, words...) && !about(m.behind, "в день", "за акцию", "a day", "in all", "in total")
}

func near(form *regexp.Regexp, s string) (list []mention) {
	all := form.FindAllStringSubmatchIndex(s, -1)
	for i, at := range all {
		m := mention{number: s[at[2]:at[3]], before: s[:at[0]], behind: s[at[1]:]}
		if i > 0 {
			m.before = s[all[i-1][1]:at[0]]
		}
		if i+1 < len(all) {
			m.behind = s[at[1]:all[i+1][0]]
		}
		list = append(list, m)
	}
	return list
}

func (c textCheck) days(s string) {
	if !about(s, "чек", "покупк", "receipt", "purchase") || about(s, "приз", "сертификат", "ответ", "prize", "certificate", "answer") {
		return
	}
	for _, m := range daysSaid.FindAllStringSubmatch(s, -1) {
		said, field, n := whole(m[1]), "receipts.max_age_days", c.terms.MaxAgeDays
		if about(s, "регистрац", "новы", "новичк", "registration", "new participant", "newcomer") {
			field, n = "receipts.grace_days_new", c.terms.GraceDaysNew
		}
		if said != int64(n) {
			c.differ("text.days", fmt.Sprintf("%d days", said), field+" "+orNone(fmt.Sprint(n), n == 0))
		}
	}
}

func (c textCheck) factors(s string) {
	for _, m := range factorSaid.FindAllStringSubmatch(s, -1) {
		text := strings.Replace(m[1]+m[2]+m[3], ",", ".", 1)
		said := new(reader).factor("", text)
		if !slices.ContainsFunc(c.terms.Bonus, func(d BonusDay) bool { return d.Multiply == said }) {
			c.differ("text.bonus", "×"+text, "of bonus days "+list(c.terms.Bonus, func(d BonusDay) string {
				return orNone("×"+d.Multiply.String(), d.Multiply == 0)
			}))
		}
	}
}

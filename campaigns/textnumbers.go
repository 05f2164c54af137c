package campaigns

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

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

func (c textCheck) points(clause, sentence string) {
	for _, m := range pointsSaid.FindAllStringSubmatch(clause, -1) {
		said := points.Amount(whole(m[1]))
		field, allowed := c.earned(clause)
		if allowed == nil {
			field, allowed = c.earned(sentence)
		}
		if allowed == nil {
			field, allowed = "points", c.anything()
		}
		if len(allowed) == 1 && allowed[0] < 0 || slices.Contains(allowed, said) {
			continue
		}
		rule := "text.points"
		if strings.HasPrefix(field, "bonus_days") || strings.HasPrefix(field, "focus") {
			rule = "text.bonus"
		}
		c.differ(rule, fmt.Sprintf("%d points", said), field+" "+amounts(allowed))
	}
}

// unknown allows any number: its terms stand elsewhere.
var unknown = []points.Amount{-1}

// earned says what the words are about, and the points that the terms give for
// it; nil if the words do not tell.
func (c textCheck) earned(s string) (field string, allowed []points.Amount) {
	t := c.terms
	switch {
	case about(s, "за регистрац", "приветств", "welcome", "for registering", "for registration", "signing up"):
		return "points.welcome", []points.Amount{t.Welcome}
	case about(s, "первый чек", "первого чека", "первый принятый чек", "first receipt", "first accepted receipt"):
		return "points.first_receipt", []points.Amount{t.FirstReceipt}
	case about(s, "фокус", "раз в неделю", "focus", "once a week"):
		return "focus", collect(t.Focus, func(f Focus) points.Amount { return f.Points })
	case about(s, "бонусный день", "бонусные дни", "бонусного дня", "bonus day"):
		return "bonus_days", collect(t.Bonus, func(d BonusDay) points.Amount { return d.Add })
	case about(s, "бюджет", "фонд", "лимит баллов", "budget", "fund"):
		return "budget", []points.Amount{t.Budget.Points, t.Budget.Day, t.Budget.Participant, t.Budget.ParticipantDay}
	case about(s, "приз", "сертификат", "стоит", "обмен", "prize", "certificate", "costs", "exchange"):
		if len(c.prices) == 0 {
			return "prizes", unknown
		}
		return "prizes", c.prices
	}
	return c.ofProduct(s)
}

func (c textCheck) ofProduct(s string) (field string, allowed []points.Amount) {
	for _, p := range c.terms.Products {
		if title := spaces.Replace(strings.ToLower(p.Title)); strings.Contains(s, title) {
			return "points.products." + p.SKU, []points.Amount{c.terms.rate(p.SKU)}
		}
	}
	if !about(s, "товар", "продукт", "единиц", "упаков", "штук", "product", "item", "unit", "pack") {
		return "", nil
	}
	allowed = []points.Amount{c.terms.PerProduct}
	if about(s, "кажд", "люб", "each", "every", "any") && c.terms.PerProduct > 0 {
		return "points.per_product", allowed
	}
	for _, p := range c.terms.Products {
		allowed = append(allowed, c.terms.rate(p.SKU))
	}
	return "points.per_product", allowed
}

// anything are all numbers of points in the terms.
func (c textCheck) anything() []points.Amount {
	t := c.terms
	all := []points.Amount{t.PerProduct, t.Welcome, t.FirstReceipt, t.Budget.Points, t.Budget.Day, t.Budget.Participant, t.Budget.ParticipantDay}
	for _, p := range t.Products {
		all = append(all, t.rate(p.SKU))
	}
	all = append(all, collect(t.Focus, func(f Focus) points.Amount { return f.Points })...)
	all = append(all, collect(t.Bonus, func(d BonusDay) points.Amount { return d.Add })...)
	return append(all, c.prices...)
}

// about tells whether one of the words stands in the text, at the beginning of
// a word.
func about(s string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool {
		at := strings.Index(" "+s, " "+word)
		return at >= 0 || strings.Contains(s, "«"+word) || strings.Contains(s, "\""+word)
	})
}

func collect[T any](from []T, of func(T) points.Amount) []points.Amount {
	all := []points.Amount{}
	for _, one := range from {
		if n := of(one); n > 0 {
			all = append(all, n)
		}
	}
	return all
}

func list[T any](from []T, say func(T) string) string {
	words := make([]string, len(from))
	for i, one := range from {
		words[i] = say(one)
	}
	return orNone(strings.Join(words, ", "), len(words) == 0)
}

func amounts(allowed []points.Amount) string {
	slices.Sort(allowed)
	allowed = slices.DeleteFunc(slices.Compact(allowed), func(n points.Amount) bool { return n == 0 })
	return list(allowed, func(n points.Amount) string { return fmt.Sprint(n) })
}

func orNone(text string, none bool) string {
	if none {
		return "none"
	}
	return text
}

// whole reads a number of a text, whose thousands may be set apart.
func whole(text string) int64 {
	n, err := strconv.ParseInt(strings.ReplaceAll(text, " ", ""), 10, 64)
	if err != nil {
		return -1 // too long to be any number of the terms
	}
	return n
}

func kopecksOf(roubles, rest string) money.Kopecks {
	k, err := money.ParseRoubles(strings.ReplaceAll(roubles, " ", "") + "." + (rest + "00")[:2])
	if err != nil {
		return -1
	}
	return k
}

var months = []string{"январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр"}

var (
	dateWords  = regexp.MustCompile(`(?:с (\d{1,2}) по )?(\d{1,2}) (январ[а-я]|феврал[а-я]|марта?|апрел[а-я]|мая|июн[а-я]|июл[а-я]|августа?|сентябр[а-я]|октябр[а-я]|ноябр[а-я]|декабр[а-я]|january|february|march|april|may|june|july|august|september|october|november|december)(?: (\d{4}))?`)
	dateWordEN = regexp.MustCompile(`(january|february|march|april|may|june|july|august|september|october|november|december) (\d{1,2})(?:, (\d{4}))?\b`)
	dateDigits = regexp.MustCompile(`\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b`)
	dateISO    = regexp.MustCompile(`\b(\d{4})-(\d{2})-(\d{2})\b`)
)

// textDate is a day in a text; its year may be left out.
type textDate struct{ day, month, year int }

func (d textDate) is(t time.Time) bool {
	return !t.IsZero() && d.day == t.Day() && d.month == int(t.Month()) && (d.year == 0 || d.year == t.Year())
}

func (d textDate) String() string {
	if d.year == 0 {
		return fmt.Sprintf("%02d.%02d", d.day, d.month)
	}
	return fmt.Sprintf("%02d.%02d.%d", d.day, d.month, d.year)
}

// dates compares the days in a sentence with those of the terms, and reports
// whether it names the first and the last.
func (c textCheck) dates(s string) (period bool) {
	t := c.terms
	last := t.Ends.AddDate(0, 0, -1)
	known := []time.Time{t.Starts, last, t.EffectiveFrom}
	for _, d := range t.Bonus {
		known = append(known, d.From, d.Until.AddDate(0, 0, -1))
	}
	for _, f := range t.Focus {
		known = append(known, f.From, f.Until.AddDate(0, 0, -1))
	}
	found := datesIn(s)
	for _, d := range found {
		if !slices.ContainsFunc(known, d.is) && !about(s, "приз", "сертификат", "prize", "certificate") {
			c.differ("text.dates", d.String(), "starts "+date(t.Starts)+", ends "+date(last))
		}
	}
	names := func(day time.Time) bool {
		return slices.ContainsFunc(found, func(d textDate) bool { return d.is(day) })
	}
	return names(t.Starts) && names(last) || len(found) > 1
}

func datesIn(s string) (found []textDate) {
	add := func(day, month, year string) {
		n := func(text string) int { return int(max(0, whole("0"+text))) }
		found = append(found, textDate{n(day), n(month), n(year)})
	}
	for _, m := range dateWords.FindAllStringSubmatch(s, -1) {
		if m[1] != "" {
			add(m[1], monthOf(m[3]), m[4])
		}
		add(m[2], monthOf(m[3]), m[4])
	}
	for _, m := range dateWordEN.FindAllStringSubmatch(s, -1) {
		add(m[2], monthOf(m[1]), m[3])
	}
	for _, m := range dateDigits.FindAllStringSubmatch(s, -1) {
		add(m[1], m[2], m[3])
	}
	for _, m := range dateISO.FindAllStringSubmatch(s, -1) {
		add(m[3], m[2], m[1])
	}
	return found
}

// monthOf is the number of a month by its name.
func monthOf(name string) string {
	for i, ru := range months {
		en := strings.ToLower(time.Month(i + 1).String())
		if name == en || strings.HasPrefix(name, ru) && (ru != "ма" || name == "мая") {
			return strconv.Itoa(i + 1)
		}
	}
	return ""
}

package campaigns

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"promobot/internal/money"
	"promobot/points"
)

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

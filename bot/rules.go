package bot

import (
	"context"
	"strings"
	"time"

	"promobot/campaigns"
	"promobot/prizes"
)

const productsListed = 6

// rules says the terms from their own numbers, so that they cannot differ from
// what is applied.
func (b *Bot) rules(ctx context.Context, t *turn, _ string) error {
	if t.terms == nil {
		t.answer("campaign.none", nil)
	} else if err := b.tellRules(ctx, t); err != nil {
		return err
	}
	if !t.person.Registered {
		t.ask()
	}
	return nil
}

func (b *Bot) tellRules(ctx context.Context, t *turn) error {
	list, err := b.offers(ctx, t)
	if err != nil {
		return err
	}
	lines := t.allRules(t.terms.Terms, list)
	var buttons []Button
	if t.person.Registered {
		buttons = []Button{t.button("button.prizes", buttonPrizes), t.button("button.menu", buttonMenu)}
	}
	t.tell(strings.Join(lines, "\n"), buttons...)
	t.mark(MarkBold, lines[0])
	return nil
}

// Rules are the terms as participants read them, a line each, the title first:
// the same in the chat and on a page. The language is "en"; all else is Russian.
// Years that are not those of now are named. The prizes are those on offer, with
// their prices.
func Rules(lang string, terms campaigns.Terms, list []prizes.Prize, now time.Time) []string {
	return voice{language: spoken(lang), zone: terms.Location(), now: now}.allRules(terms, list)
}

func (v voice) allRules(terms campaigns.Terms, list []prizes.Prize) []string {
	lines := []string{v.either(terms.Title, terms.TitleEN)}
	lines = append(lines, v.receiptRules(terms)...)
	lines = append(lines, v.pointRules(terms)...)
	lines = append(lines, v.bonusRules(terms)...)
	lines = append(lines, v.conditions(terms)...)
	lines = append(lines, v.returnRules(terms)...)
	for _, p := range list {
		lines = append(lines, v.say("rules.prize", map[string]any{"Prize": v.title(p), "Price": v.points(p.Price)}))
	}
	return append(lines, v.sources(terms)...)
}

// receiptRules say which receipts are taken.
func (v voice) receiptRules(terms campaigns.Terms) []string {
	last := terms.Ends.AddDate(0, 0, -1)
	lines := []string{v.say("rules.period", map[string]any{"Starts": v.date(terms.Starts), "Ends": v.date(last)})}
	if terms.Minimum > 0 {
		key := "rules.minimum"
		if terms.MinimumOn == campaigns.OnPromo {
			key = "rules.promo_minimum"
		}
		lines = append(lines, v.say(key, map[string]any{"Minimum": roubles(terms.Minimum)}))
	}
	if terms.MaxAgeDays > 0 {
		lines = append(lines, v.say("rules.age", map[string]any{"Days": v.count("count.days", int64(terms.MaxAgeDays))}))
	}
	if terms.GraceDaysNew > 0 {
		lines = append(lines, v.say("rules.grace", map[string]any{"Days": v.count("count.days", int64(terms.GraceDaysNew))}))
	}
	if terms.ReceiptsDay > 0 {
		lines = append(lines, v.say("rules.day_limit", map[string]any{"Receipts": v.count("count.receipts", int64(terms.ReceiptsDay))}))
	}
	if terms.ReceiptsTotal > 0 {
		lines = append(lines, v.say("rules.total_limit", map[string]any{"Receipts": v.count("count.receipts", int64(terms.ReceiptsTotal))}))
	}
	if terms.UnitsReceipt > 0 {
		lines = append(lines, v.say("rules.unit_limit", map[string]any{"Goods": v.count("count.goods", terms.UnitsReceipt)}))
	}
	return append(lines, v.goods(terms))
}

// goods names the first products of the assortment.
func (v voice) goods(terms campaigns.Terms) string {
	var names []string
	for _, p := range terms.Products[:min(len(terms.Products), productsListed)] {
		names = append(names, cut(p.Title, 40))
	}
	if more := len(terms.Products) - len(names); more > 0 {
		names = append(names, v.say("rules.more_goods", map[string]any{"Goods": v.count("count.goods", int64(more))}))
	}
	return v.say("rules.goods", map[string]any{"Goods": strings.Join(names, "; ")})
}

// pointRules say what is earned.
func (v voice) pointRules(terms campaigns.Terms) []string {
	var lines []string
	say := func(n int64, key string, args map[string]any) {
		if n > 0 {
			lines = append(lines, v.say(key, args))
		}
	}
	say(int64(terms.PerProduct), "rules.per_product", map[string]any{"Points": v.points(int64(terms.PerProduct))})
	say(int64(len(terms.PerSKU)), "rules.per_sku", nil)
	say(int64(terms.KopecksPerPoint), "rules.per_rouble", map[string]any{"Sum": roubles(terms.KopecksPerPoint)})
	say(int64(terms.FirstReceipt), "rules.first", map[string]any{"Points": v.points(int64(terms.FirstReceipt))})
	say(int64(terms.Welcome), "rules.welcome", map[string]any{"Points": v.points(int64(terms.Welcome))})
	say(terms.Pay.Share, "rules.pay", map[string]any{"Share": terms.Pay.Share, "Sum": roubles(terms.Pay.KopecksPerPoint)})
	return lines
}

// sources say who answers for the campaign and where all of it is written.
func (v voice) sources(terms campaigns.Terms) []string {
	var lines []string
	if n := terms.Disclosure.Prizes; n > 0 {
		lines = append(lines, v.say("rules.prizes", map[string]any{"Prizes": grouped(n)}))
	}
	if claim := v.either(terms.Disclosure.Claim, terms.Disclosure.ClaimEN); claim != "" {
		lines = append(lines, v.say("rules.claim", map[string]any{"Claim": claim}))
	}
	if terms.Organiser != "" {
		lines = append(lines, v.say("rules.organiser", map[string]any{"Organiser": terms.Organiser}))
	}
	if terms.RulesURL != "" {
		lines = append(lines, v.say("rules.url", map[string]any{"URL": terms.RulesURL}))
	}
	return lines
}

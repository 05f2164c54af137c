package bot

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"promobot/campaigns"
)

// conditions say when and where the bonus days count that are on yet, as far as
// they do not always and everywhere, and how large the fund is.
func (v voice) conditions(terms campaigns.Terms) []string {
	var lines []string
	today := terms.Wall(v.now).Truncate(24 * time.Hour)
	for _, d := range terms.Bonus {
		when := v.when(terms, d)
		if when != "" && d.Until.After(today) && len(lines) < bonusesListed {
			lines = append(lines, v.say("rules.when", map[string]any{"Title": v.either(d.Title, d.TitleEN), "When": when}))
		}
	}
	if n := int64(terms.Budget.Points); n > 0 {
		lines = append(lines, v.say("rules.fund", map[string]any{"Points": v.points(n)}))
	}
	if n := int64(terms.Budget.Day); n > 0 {
		lines = append(lines, v.say("rules.fund_day", map[string]any{"Points": v.points(n)}))
	}
	return lines
}

// when says a bonus day's weekdays, hours, regions and products, and what must
// lie in it beside the purchase; "" if nothing is to be said.
func (v voice) when(terms campaigns.Terms, d campaigns.BonusDay) string {
	var words, days, goods []string
	for _, day := range d.Weekdays {
		days = append(days, v.weekday(day))
	}
	if len(days) > 0 {
		words = append(words, strings.Join(days, ", "))
	}
	if (d.Hours != campaigns.Clock{}) {
		words = append(words, fmt.Sprintf("%02d:%02d–%02d:%02d", d.Hours.From/60, d.Hours.From%60, d.Hours.Until/60, d.Hours.Until%60))
	}
	if len(d.Regions) > 0 {
		words = append(words, v.say("rules.regions", map[string]any{"Regions": strings.Join(d.Regions, ", ")}))
	}
	for _, p := range terms.Products {
		for _, sku := range d.Products {
			if p.SKU == sku && len(goods) < productsListed {
				goods = append(goods, cut(p.Title, 40))
			}
		}
	}
	words = append(words, goods...)
	if d.By == campaigns.OfRegistration || d.By == campaigns.OfBoth {
		words = append(words, v.say("rules.by_"+string(d.By), nil))
	}
	return strings.Join(words, "; ")
}

func (v voice) weekday(day time.Weekday) string { return v.say("weekday."+strconv.Itoa(int(day)), nil) }

package bot

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"promobot/campaigns"
)

// daysListed bounds the bonus days and focus products that the rules tell of:
// those that are not over, in the order of the terms.
const daysListed = 6

// extraRules say what is given beside the points for products, and what bounds
// them all.
func (v voice) extraRules(terms campaigns.Terms) []string {
	var lines []string
	today := terms.Wall(v.now)
	for _, d := range terms.Bonus {
		if d.Until.After(today) && len(lines) < daysListed {
			lines = append(lines, v.say("rules.bonus", map[string]any{"Title": v.either(d.Title, d.TitleEN), "Gain": v.gain(d), "When": v.when(d)}))
		}
	}
	for _, f := range terms.Focus {
		if f.Until.After(today) && len(lines) < 2*daysListed {
			lines = append(lines, v.say("rules.focus", map[string]any{"Title": v.either(f.Title, f.TitleEN), "Points": v.points(int64(f.Points)),
				"From": v.date(f.From), "Until": v.date(f.Until.AddDate(0, 0, -1))}))
		}
	}
	say := func(n int64, key string, args map[string]any) {
		if n > 0 {
			lines = append(lines, v.say(key, args))
		}
	}
	b := terms.Budget
	say(int64(b.Points), "rules.fund", map[string]any{"Points": v.points(int64(b.Points))})
	say(int64(b.Day), "rules.fund_day", map[string]any{"Points": v.points(int64(b.Day))})
	say(int64(b.Participant), "rules.own", map[string]any{"Points": v.points(int64(b.Participant))})
	say(int64(b.ParticipantDay), "rules.own_day", map[string]any{"Points": v.points(int64(b.ParticipantDay))})
	return lines
}

// gain is what a bonus day gives: "+5" or "×1,5".
func (v voice) gain(d campaigns.BonusDay) string {
	if d.Multiply == 0 {
		return "+" + v.points(int64(d.Add))
	}
	factor := d.Multiply.String()
	if v.language == russian {
		factor = strings.Replace(factor, ".", ",", 1)
	}
	return v.say("rules.times", map[string]any{"Factor": factor})
}

// when says the days of a bonus day, its weekdays and its hours, and whether the
// day of the purchase counts or that on which the receipt is sent.
func (v voice) when(d campaigns.BonusDay) string {
	from, last := d.From, d.Until.AddDate(0, 0, -1)
	words := []string{v.say("rules.span", map[string]any{"From": v.date(from), "Until": v.date(last)})}
	if from.Equal(last) {
		words[0] = v.date(from)
	}
	var days []string
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
	return strings.Join(append(words, v.say("rules.by_"+string(d.By), nil)), ", ")
}

func (v voice) weekday(day time.Weekday) string { return v.say("weekday."+strconv.Itoa(int(day)), nil) }

package bot

import (
	"strings"
	"time"

	"promobot/campaigns"
)

// bonusesListed keeps the rules readable.
const bonusesListed = 3

// bonusRules say which bonus days and focus products there are yet, and how
// many points one person may have.
func (v voice) bonusRules(terms campaigns.Terms) []string {
	var lines []string
	today := terms.Wall(v.now).Truncate(24 * time.Hour)
	for _, d := range terms.Bonus {
		if d.Until.After(today) && len(lines) < bonusesListed {
			lines = append(lines, v.bonusRule(terms, d))
		}
	}
	listed := len(lines)
	for _, f := range terms.Focus {
		if f.Until.After(today) && len(lines) < listed+bonusesListed {
			lines = append(lines, v.say("rules.focus", map[string]any{"Title": v.either(f.Title, f.TitleEN), "Days": v.days(terms, f.From, f.Until), "Points": v.points(int64(f.Points))}))
		}
	}
	if n := int64(terms.Budget.Participant); n > 0 {
		lines = append(lines, v.say("rules.most_points", map[string]any{"Points": v.points(n)}))
	}
	if n := int64(terms.Budget.ParticipantDay); n > 0 {
		lines = append(lines, v.say("rules.most_points_day", map[string]any{"Points": v.points(n)}))
	}
	return lines
}

// bonusRule says one day, and whether it is for some purchases only.
func (v voice) bonusRule(terms campaigns.Terms, d campaigns.BonusDay) string {
	some := len(d.Weekdays) > 0 || d.Hours != campaigns.Clock{} || len(d.Regions) > 0 || len(d.Products) > 0
	args := map[string]any{"Title": v.either(d.Title, d.TitleEN), "Days": v.days(terms, d.From, d.Until), "Some": some}
	if d.Multiply == 0 {
		args["Points"] = v.points(int64(d.Add))
		return v.say("rules.bonus_add", args)
	}
	args["Factor"] = d.Multiply.String()
	if v.language == russian {
		args["Factor"] = strings.ReplaceAll(d.Multiply.String(), ".", ",")
	}
	return v.say("rules.bonus_multiply", args)
}

// days names a span of days, of which until is the moment after the last; ""
// is all of the campaign.
func (v voice) days(terms campaigns.Terms, from, until time.Time) string {
	last := until.AddDate(0, 0, -1)
	switch {
	case !from.After(terms.Starts) && !until.Before(terms.Ends):
		return ""
	case last.Equal(from):
		return v.date(from)
	}
	return v.date(from) + " – " + v.date(last)
}

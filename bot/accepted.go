package bot

import (
	"strconv"
	"strings"

	"promobot/prizes"
)

// linesShown keeps the message readable at a glance.
const linesShown = 2

// accepted is the happy end of a receipt.
func (v voice) accepted(args map[string]any) Message {
	filled := v.fill(args)
	lines := []string{v.say("accepted.head", filled)}
	if lines[0] == "" {
		lines[0] = v.say("accepted.plain", nil)
	}
	lines = append(lines, v.earned(args["lines"])...)
	lines = append(lines, v.extra(args["extra"])...)
	lines = append(lines, v.extra(args["beside"])...) // what other campaigns gave
	if n, _ := whole(args["first"]); n > 0 {
		lines = append(lines, v.say("accepted.first", map[string]any{"Points": grouped(n)}))
	}
	sum, _ := whole(args["points"])
	balance, _ := whole(args["balance"])
	lines = append(lines, v.say("accepted.total", map[string]any{"Points": v.points(sum), "Balance": v.points(balance)}))
	if rule := text(args, "cut_rule"); rule != "" {
		lines = append(lines, v.reason(rule, args))
	}
	lines = append(lines, v.later(args)...)
	if n, _ := whole(args["unsure"]); n > 0 {
		lines = append(lines, v.say("accepted.unsure", map[string]any{"Goods": v.count("count.goods", n)}))
	}
	m := v.message(strings.Join(lines, "\n"), v.button("button.prizes", buttonPrizes), v.button("button.balance", buttonBalance))
	m.Marks = []Mark{{MarkBold, lines[0]}}
	return m
}

// earned lists the first lines and sums up the others.
func (v voice) earned(raw any) []string {
	list, _ := raw.([]any)
	var lines []string
	var rest, restPoints int64
	for i, item := range list {
		line, _ := item.(map[string]any)
		units, _ := whole(line["units"])
		earned, _ := whole(line["points"])
		if i >= linesShown {
			rest, restPoints = rest+units, restPoints+earned
			continue
		}
		lines = append(lines, v.say("accepted.line", map[string]any{
			"Title": cut(text(line, "title"), 26), "Units": strconv.FormatInt(units, 10), "Points": grouped(earned)}))
	}
	if rest > 0 {
		lines = append(lines, v.say("accepted.more", map[string]any{"Goods": v.count("count.goods", rest), "Points": grouped(restPoints)}))
	}
	return lines
}

// extra lists the first bonuses and sums up the others.
func (v voice) extra(raw any) []string {
	list, _ := raw.([]any)
	var lines []string
	var rest int64
	for i, item := range list {
		bonus, _ := item.(map[string]any)
		earned, _ := whole(bonus["points"])
		if i >= linesShown {
			rest += earned
			continue
		}
		title := v.either(text(bonus, "title"), text(bonus, "title_en"))
		lines = append(lines, v.say("accepted.extra", map[string]any{"Title": cut(title, 26), "Points": grouped(earned)}))
	}
	if rest > 0 {
		lines = append(lines, v.say("accepted.extra_more", map[string]any{"Points": grouped(rest)}))
	}
	return lines
}

// line tells that a person has placed an unsure line.
func (v voice) line(args map[string]any) string {
	n, _ := whole(args["points"])
	balance, _ := whole(args["balance"])
	return v.say("receipt.line", map[string]any{"Name": cut(plain(text(args, "name")), 40), "Points": v.points(n), "Balance": v.points(balance)})
}

func (v voice) issued(args map[string]any) Message {
	price, _ := whole(args["price"])
	id, _ := whole(args["certificate"])
	left, _ := whole(args["balance"])
	said, button := v.ready(prizes.Certificate{ID: id, Price: price, Title: text(args, "title"), TitleEN: text(args, "title_en")}, left)
	return v.message(said, button)
}

func (v voice) back(args map[string]any) Message {
	price, _ := whole(args["price"])
	title := v.either(text(args, "title"), text(args, "title_en"))
	return v.message(v.say("prize.back", map[string]any{"Prize": title, "Price": v.points(price)}),
		v.button("button.take", buttonTake+":"+text(args, "prize")), v.button("button.save", buttonNo))
}

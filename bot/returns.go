package bot

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"promobot/campaigns"
	"promobot/internal/money"
	"promobot/internal/notify"
	"promobot/points"
	"promobot/receipts"
	"promobot/rewards"
)

// goneBack tells what came of goods that went back to the shop, or of a receipt
// that a person has reversed.
func (v voice) goneBack(notice string, args map[string]any) Message {
	refund, known := whole(args["refund"])
	if !known {
		return v.message(v.say("returned.known", nil), v.button("button.balance", buttonBalance))
	}
	n, _ := whole(args["points"])
	short, _ := whole(args["short"])
	balance, _ := whole(args["balance"])
	filled := v.fill(args)
	filled["Refund"], filled["Points"], filled["Balance"] = roubles(money.Kopecks(refund)), v.points(n), grouped(balance)
	key := "returned.head"
	switch {
	case notice == receipts.NoticeReversed:
		key = "reversed.head"
	case n == 0 && short == 0:
		key = "returned.none"
	}
	lines := append([]string{v.say(key, filled)}, v.consequences(args, short)...)
	return v.message(strings.Join(lines, "\n"), v.button("button.balance", buttonBalance), v.button("button.receipts", buttonReceipts))
}

// consequences are what a return means beyond the points that were there.
func (v voice) consequences(args map[string]any, short int64) (lines []string) {
	gone, _ := args["withdrawn"].([]any)
	for _, item := range gone {
		c, _ := item.(map[string]any)
		lines = append(lines, v.say("returned.withdrawn", map[string]any{"Prize": v.either(text(c, "title"), text(c, "title_en"))}))
	}
	if debt, _ := whole(args["debt"]); debt > 0 {
		line := v.say("returned.debt", map[string]any{"Points": v.points(debt)})
		if args["blocked"] == true {
			line += " " + v.say("returned.blocked", nil)
		}
		lines = append(lines, line)
	}
	if short > 0 {
		lines = append(lines, v.say("returned.short", nil))
	}
	return lines
}

// free tells that points which waited have come.
func (v voice) free(args map[string]any) Message {
	n, _ := whole(args["points"])
	balance, _ := whole(args["balance"])
	lines := []string{v.say("points.free", map[string]any{"Points": v.points(n), "Balance": v.points(balance)})}
	if repaid, _ := whole(args["repaid"]); repaid > 0 {
		lines = append(lines, v.say("points.repaid", map[string]any{"Points": v.points(repaid)}))
	}
	return v.message(strings.Join(lines, "\n"), v.button("button.prizes", buttonPrizes), v.button("button.balance", buttonBalance))
}

// later says of an accepted receipt when its points come, and what of them a
// debt has taken.
func (v voice) later(args map[string]any) (lines []string) {
	if at, ok := moment(args["until"]); ok {
		lines = append(lines, v.say("accepted.until", map[string]any{"Date": v.day(at)}))
	}
	if n, _ := whole(args["repaid"]); n > 0 {
		lines = append(lines, v.say("accepted.repaid", map[string]any{"Points": v.points(n)}))
	}
	return lines
}

// beside is what a balance holds that may not be spent: what waits, what is
// looked at, what is owed.
func (v voice) beside(b points.Balance, waits []rewards.Wait) (lines []string) {
	var waiting points.Amount
	for _, w := range waits {
		waiting += w.Points
	}
	if waiting > 0 {
		args := map[string]any{"Points": v.points(int64(waiting)), "Date": v.day(waits[0].Until), "More": len(waits) > 1}
		lines = append(lines, v.say("balance.waiting", args))
	}
	if held := b.Held - waiting; held > 0 {
		lines = append(lines, v.say("balance.held", map[string]any{"Points": v.points(int64(held))}))
	}
	if b.Debt < 0 {
		lines = append(lines, v.say("balance.debt", map[string]any{"Points": v.points(int64(-b.Debt))}))
	}
	return lines
}

// returnRules say what becomes of points when goods go back.
func (v voice) returnRules(terms campaigns.Terms) (lines []string) {
	if terms.Returns.Taken() {
		lines = append(lines, v.say("rules.returns", nil))
	}
	if n := terms.Returns.WindowDays; n > 0 {
		lines = append(lines, v.say("rules.window", map[string]any{"Days": v.count("count.days", int64(n))}))
	}
	return lines
}

// withheld answers who may get nothing before a debt is paid.
func (b *Bot) withheld(ctx context.Context, t *turn) (bool, error) {
	if t.terms == nil {
		return false, nil
	}
	owed, err := b.desk.Blocked(ctx, t.tx.DB, *t.terms, t.person.ID)
	if err != nil || owed <= 0 {
		return false, err
	}
	t.owes(owed)
	return true, nil
}

func (t *turn) owes(n points.Amount) {
	t.answer("prize.blocked", map[string]any{"Points": t.points(int64(n))}, t.button("button.balance", buttonBalance), t.button("button.rules", buttonRules))
}

// shut answers who asks for a code that he may not see: of a certificate that
// was withdrawn, or of one that was never opened while a debt bars it.
func (b *Bot) shut(ctx context.Context, t *turn, certificateID int64) (bool, error) {
	gone, err := b.shop.Withdrawn(ctx, t.tx.DB, t.person.ID, certificateID)
	if gone {
		t.answer("certificate.withdrawn", nil, t.button("button.prizes", buttonPrizes), t.button("button.certificates", buttonCertificates))
	}
	if err != nil || gone {
		return gone, err
	}
	list, err := b.shop.Unopened(ctx, t.tx.DB, t.person.ID, time.Time{})
	for _, c := range list {
		if c.ID == certificateID {
			return b.withheld(ctx, t)
		}
	}
	return false, err
}

// Words are the words of a notice, as staff see them before it is sent.
func Words(language string, n notify.Notice) (string, error) {
	raw, err := json.Marshal(n.Args)
	if err != nil {
		return "", err
	}
	args := map[string]any{}
	if err := json.Unmarshal(raw, &args); err != nil {
		return "", err
	}
	n.Args = args
	return voice{language: spoken(language), zone: moscow}.words(n).Text, nil
}

// adjusted tells of points that a person has given or taken by hand.
func (v voice) adjusted(args map[string]any) Message {
	n, _ := whole(args["points"])
	balance, _ := whole(args["balance"])
	filled := map[string]any{"Points": v.points(max(n, -n)), "Why": v.say("adjusted.why."+text(args, "reason"), nil), "Balance": v.points(balance)}
	said := v.say("adjusted.more", filled)
	if n < 0 {
		said = v.say("adjusted.less", filled)
	}
	return v.message(said, v.button("button.history", buttonHistory), v.button("button.help", buttonHelp))
}

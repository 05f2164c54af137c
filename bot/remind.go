package bot

import (
	"context"
	"time"
)

// endingsListed keeps the balance readable at a glance.
const endingsListed = 2

// endings are what expires soonest.
func (b *Bot) endings(ctx context.Context, t *turn) (lines []string, err error) {
	list, err := b.desk.Endings(ctx, t.tx.DB, t.person.ID, t.tx.Now())
	if err != nil {
		return nil, err
	}
	for _, e := range list[:min(len(list), endingsListed)] {
		lines = append(lines, t.ending(e.At, int64(e.Points)))
	}
	if n := len(list) - endingsListed; n > 0 {
		lines = append(lines, t.say("balance.later", nil))
	}
	return lines, nil
}

// ending says on which day points expire; until is the moment after it.
func (v voice) ending(until time.Time, n int64) string {
	return v.say("remind.points", map[string]any{"Date": v.day(until.Add(-time.Second)), "Points": v.count("count.expiring", n)})
}

// reminder is the message of rewards.NoticeEnding.
func (v voice) reminder(args map[string]any) Message {
	until, _ := moment(args["until"])
	n, _ := whole(args["points"])
	said := v.ending(until, n)
	if prize := v.either(text(args, "title"), text(args, "title_en")); prize != "" {
		said += " " + v.say("remind.enough", map[string]any{"Prize": prize})
	}
	return v.message(said, v.button("button.prizes", buttonPrizes), v.button("button.balance", buttonBalance))
}

// lastCall is the message of rewards.NoticeCertificate.
func (v voice) lastCall(args map[string]any) Message {
	until, _ := moment(args["until"])
	id, _ := whole(args["certificate"])
	filled := map[string]any{"Prize": v.either(text(args, "title"), text(args, "title_en")), "Date": v.date(until)}
	key := "remind.certificate"
	if args["opened"] == true {
		key = "remind.opened"
	}
	return v.message(v.say(key, filled), v.showButton(id))
}

package backtest

import (
	"cmp"
	"slices"
	"time"

	"promobot/campaigns"
	"promobot/points"
)

// budget is what a campaign has granted out of its budget by a moment of the
// replay; see points.Budgets, whose rules these are.
type budget struct {
	all    points.Amount
	days   map[string]points.Amount
	shares map[int64][]share // by participant, in the order in which they were taken
}

// share is what was granted for a subject on a day and not given back.
type share struct {
	subject, day string
	points       points.Amount
}

func (r *replay) budget(campaignID int64) *budget {
	if r.budgets[campaignID] == nil {
		r.budgets[campaignID] = &budget{days: map[string]points.Amount{}, shares: map[int64][]share{}}
	}
	return r.budgets[campaignID]
}

func budgetDay(judge *campaigns.Judge, now time.Time) string {
	return judge.Wall(now).Format(time.DateOnly)
}

// room is what the budget leaves to a participant, beside what a receipt had
// before; nil: nothing is bounded.
func (r *replay) room(judge *campaigns.Judge, at moment, had points.Amount) *campaigns.Room {
	if judge.Budget.None() {
		return nil
	}
	b, day := r.budget(at.campaignID), budgetDay(judge, at.now)
	g := points.Granted{All: b.all, Day: b.days[day]}
	for _, s := range b.shares[at.participantID] {
		g.Participant += s.points
		if s.day == day {
			g.ParticipantDay += s.points
		}
	}
	room := judge.Budget.Room(g)
	room.Points += had
	return room
}

// take counts what the terms grant.
func (r *replay) take(judge *campaigns.Judge, at moment, n points.Amount) {
	if judge.Budget.None() || n <= 0 {
		return
	}
	b, day := r.budget(at.campaignID), budgetDay(judge, at.now)
	b.all += n
	b.days[day] += n
	list := b.shares[at.participantID]
	i := slices.IndexFunc(list, func(s share) bool { return s.subject == at.subject && s.day == day })
	if i < 0 {
		i, list = len(list), append(list, share{subject: at.subject, day: day})
	}
	list[i].points += n
	b.shares[at.participantID] = list
}

// giveBack returns what was taken back from the participant to the days on which
// the subject had it, the last one first.
func (r *replay) giveBack(at moment, n points.Amount) {
	b := r.budget(at.campaignID)
	list := b.shares[at.participantID]
	slices.SortStableFunc(list, func(x, y share) int { return cmp.Compare(y.day, x.day) })
	for i := range list {
		if list[i].subject != at.subject {
			continue
		}
		back := min(n, list[i].points)
		n -= back
		list[i].points -= back
		b.all -= back
		b.days[list[i].day] -= back
	}
}

// full notes when the budget first had no room.
func (r *replay) full(cut *campaigns.Cut, now time.Time) {
	if cut != nil && cut.Rule == campaigns.RuleBudget && r.budgetEnds == nil {
		r.budgetEnds = &now
	}
}

package campaigns

import (
	"slices"

	"promobot/points"
)

// Budget bounds the points that are granted under terms; 0 is no bound. Days
// are those of the campaign's zone on which points are granted. What is taken
// back may be granted again.
type Budget struct {
	Points         points.Amount `json:",omitzero" yaml:"points"`                     // to all
	Day            points.Amount `json:",omitzero" yaml:"points_per_day"`             // to all on one day
	Participant    points.Amount `json:",omitzero" yaml:"points_per_participant"`     // to one participant
	ParticipantDay points.Amount `json:",omitzero" yaml:"points_per_participant_day"` // to one on one day
}

// None tells that nothing is bounded.
func (b Budget) None() bool { return b == Budget{} }

// Which bound left too little room; ids of docs/reasons.md.
const (
	RuleBudget               = "budget.points"
	RuleBudgetDay            = "budget.points_per_day"
	RuleBudgetParticipant    = "budget.points_per_participant"
	RuleBudgetParticipantDay = "budget.points_per_participant_day"
)

// Room is what budgets leave for a receipt, with what it was given before.
type Room struct {
	Points points.Amount
	Rule   string // of the tightest bound
}

// Room is what the budget leaves when so much was granted out of it; nil: it
// bounds nothing. Of two bounds that leave the same the longer one is named.
func (b Budget) Room(granted points.Granted) *Room {
	var room *Room
	for _, bound := range []struct {
		most, granted points.Amount
		rule          string
	}{
		{b.Points, granted.All, RuleBudget}, {b.Participant, granted.Participant, RuleBudgetParticipant},
		{b.Day, granted.Day, RuleBudgetDay}, {b.ParticipantDay, granted.ParticipantDay, RuleBudgetParticipantDay},
	} {
		left := max(0, bound.most-bound.granted)
		if bound.most > 0 && (room == nil || left < room.Points) {
			room = &Room{Points: left, Rule: bound.rule}
		}
	}
	return room
}

// Fit is the reward cut to the room: lines come first, then extras, then the
// first receipt, each in its order. Without a room nothing is cut.
func (r Reward) Fit(room *Room) Reward {
	if room == nil || r.Total() <= room.Points {
		return r
	}
	r.Cut = &Cut{Points: r.Total() - room.Points, Rule: room.Rule}
	left := room.Points
	take := func(n points.Amount) points.Amount {
		n = min(n, left)
		left -= n
		return n
	}
	r.Points = take(r.Points)
	r.Lines = slices.Clone(r.Lines)
	for i, lines := 0, r.Points; i < len(r.Lines); i++ {
		r.Lines[i].Points = min(r.Lines[i].Points, lines)
		lines -= r.Lines[i].Points
	}
	r.Extra = slices.Clone(r.Extra)
	for i := range r.Extra {
		r.Extra[i].Points = take(r.Extra[i].Points)
	}
	r.Extra = slices.DeleteFunc(r.Extra, func(e Extra) bool { return e.Points == 0 })
	r.First = take(r.First)
	return r
}

// Cut is what a budget did not leave room for.
type Cut struct {
	Points points.Amount
	Rule   string
}

func (r *reader) lintBudget(t Terms) {
	for _, cap := range []struct {
		field string
		n     points.Amount
		over  points.Amount // the bound that it must not exceed
	}{
		{"points", t.Budget.Points, 0},
		{"points_per_day", t.Budget.Day, t.Budget.Points},
		{"points_per_participant", t.Budget.Participant, t.Budget.Points},
		{"points_per_participant_day", t.Budget.ParticipantDay, t.Budget.Participant},
	} {
		switch {
		case cap.n < 0:
			r.bad("budget."+cap.field, "%d is below 0", cap.n)
		case cap.over > 0 && cap.n > cap.over:
			r.bad("budget."+cap.field, "%d never holds: %d holds before", cap.n, cap.over)
		}
	}
}

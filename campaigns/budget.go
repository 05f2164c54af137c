package campaigns

import "promobot/points"

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

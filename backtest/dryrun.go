package backtest

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/receipts"
)

// ErrNotVerified reports a receipt of which the fiscal service has told no lines.
var ErrNotVerified = fmt.Errorf("backtest: no such receipt, or its lines are not known")

// Chosen says which receipts a dry run looks at: one or, if ID is 0, the last
// that the fiscal service has proved.
type Chosen struct {
	ID   int64
	Last int
}

// DryRun judges receipts by a draft, each alone: with the history that its
// participant had when it was judged last, as it then was. What fraud rules and
// people decided stands. The oldest comes first.
func DryRun(ctx context.Context, g *gorm.DB, book *campaigns.Book, draft campaigns.Terms, which Chosen) ([]Effect, error) {
	judge, err := campaigns.NewJudge(draft)
	if err != nil {
		return nil, err
	}
	p, err := read(ctx, g, book)
	if err != nil {
		return nil, err
	}
	chosen := p.chosen(which)
	if which.ID != 0 && len(chosen) == 0 {
		return nil, fmt.Errorf("receipt %d: %w", which.ID, ErrNotVerified)
	}
	trials := map[int64]trial{}
	r := p.by(InForce)
	r.looks = func(c *course, at moment, lines []receipts.Line, h campaigns.History) {
		if slices.Contains(chosen, c) {
			trials[c.ID] = r.try(c, at, judge, lines, h)
		}
	}
	if err := r.run(); err != nil {
		return nil, err
	}
	effects := []Effect{}
	for _, c := range chosen {
		effects = append(effects, trials[c.ID].effect(c))
	}
	return effects, nil
}

func (p *past) chosen(which Chosen) (list []*course) {
	for _, c := range slices.Backward(p.order) {
		if which.ID == 0 && len(list) == which.Last {
			break
		}
		if c.VerifiedAt != nil && (which.ID == 0 || which.ID == c.ID) {
			list = append(list, c)
		}
	}
	slices.Reverse(list)
	return list
}

// trial is a receipt as the draft judges it.
type trial struct {
	reward campaigns.Reward
	lines  []receipts.Line
}

// try judges by the draft with a history of the terms in force.
func (r *replay) try(c *course, at moment, draft *campaigns.Judge, lines []receipts.Line, h campaigns.History) trial {
	if no := r.precheck(c, draft); no != nil {
		return trial{campaigns.Reward{Refusal: no}, lines}
	}
	h.FocusPaid, h.Room = r.focusHad(c, draft), r.room(draft, at, c.would.Parts.OfReceipt())
	ticket, _ := receipts.AsOf(c.Receipt, lines, c.back)
	if len(c.back) > 0 {
		return trial{draft.Left(ticket, h), lines}
	}
	return trial{draft.Reward(ticket, h), lines}
}

// effect sets what the draft makes of the receipt beside what was done.
func (t trial) effect(c *course) Effect {
	e := Effect{ReceiptID: c.ID, ParticipantID: c.ParticipantID, Version: c.version.Number,
		Was:   Outcome{Status: c.Status, Reason: c.Reason, Points: c.Points, Parts: c.Parts},
		Would: t.outcome(c)}
	for i, line := range t.lines {
		told := Line{Name: line.Name, Was: line.Points}
		if i < len(t.reward.Lines) {
			made := t.reward.Lines[i]
			told.Would, told.SKU, told.Reason = made.Points, made.SKU, made.Reason
		}
		e.Lines = append(e.Lines, told)
	}
	return e
}

func (t trial) outcome(c *course) Outcome {
	o := Outcome{Status: c.Status, Reason: c.Reason}
	switch no := t.reward.Refusal; {
	case no != nil && no.NeedsPerson():
		return Outcome{Status: receipts.Review, Reason: no.Rule}
	case no != nil:
		return Outcome{Status: receipts.Rejected, Reason: no.Rule}
	case c.Status == receipts.Rejected && !ofTerms(c.Reason):
		return o // the draft does not change what others decided
	case ofTerms(c.Reason):
		o = Outcome{Status: receipts.Accepted}
	}
	o.Parts = t.reward.Parts()
	o.Points = o.Parts.Sum()
	return o
}

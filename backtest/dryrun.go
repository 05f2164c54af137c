package backtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/receipts"
)

// ErrNotVerified reports a receipt of which the fiscal service has told no lines.
var ErrNotVerified = fmt.Errorf("backtest: no such receipt, or its lines are not known")

// Chosen says which receipts a dry run looks at: one or, if ID is 0, the last of
// the draft's campaign that the fiscal service has proved.
type Chosen struct {
	ID   int64
	Last int
}

// DryRun judges receipts by a draft, each alone and as it stands now, with the
// history that its participant had when it was judged last, and tells what that
// changes against the terms it was bought under. What fraud rules and people
// decided stands, and so does a receipt of another campaign. The oldest comes first.
func DryRun(ctx context.Context, g *gorm.DB, book *campaigns.Book, draft campaigns.Terms, which Chosen) ([]Effect, error) {
	judge, err := campaigns.NewJudge(draft)
	if err != nil {
		return nil, err
	}
	p, err := read(ctx, g, book)
	if err != nil {
		return nil, err
	}
	campaignID, _, err := p.campaign(draft.Slug)
	if err != nil {
		return nil, err
	}
	chosen := p.chosen(which, campaignID)
	if which.ID != 0 && len(chosen) == 0 {
		return nil, fmt.Errorf("receipt %d: %w", which.ID, ErrNotVerified)
	}
	trials, terms := map[int64]trial{}, By(judge, campaignID)
	r := p.by(InForce)
	r.looks = func(c *course, at moment, lines []receipts.Line, h campaigns.History) {
		if slices.Contains(chosen, c) {
			trials[c.ID] = trial{lines, r.side(c, at, terms(c.version), h), r.side(c, at, c.version.Judge, h)}
		}
	}
	if err := r.run(); err != nil {
		return nil, err
	}
	effects := []Effect{}
	for _, c := range chosen {
		e, err := r.effect(ctx, c, trials[c.ID])
		if err != nil {
			return nil, err
		}
		effects = append(effects, e)
	}
	return effects, nil
}

func (p *past) chosen(which Chosen, campaignID int64) (list []*course) {
	for _, c := range slices.Backward(p.order) {
		if which.ID == 0 && len(list) == which.Last {
			break
		}
		if c.VerifiedAt != nil && (which.ID == c.ID || which.ID == 0 && c.CampaignID == campaignID) {
			list = append(list, c)
		}
	}
	slices.Reverse(list)
	return list
}

// trial is the last judgement of a receipt, by the draft and by what is in force.
type trial struct {
	lines          []receipts.Line
	draft, inForce side
}

// side is a judge and the history before it; none: nothing was ever judged.
type side struct {
	judge   *campaigns.Judge
	history campaigns.History
}

// side sets the receipt before a judge as if it had brought nothing yet.
func (r *replay) side(c *course, at moment, judge *campaigns.Judge, h campaigns.History) side {
	had := c.would.Parts
	h.FirstReceipt = had[campaigns.PartFirst] > 0 || h.FirstReceipt && r.free(at, campaigns.PartFirst)
	h.FocusPaid, h.Room = r.focusHad(c, judge), r.room(judge, at, had.Sum())
	maps.DeleteFunc(h.FocusPaid, func(part string, _ bool) bool { return had[part] > 0 })
	return side{judge, h}
}

// now judges what is left of the receipt, by what is known of its lines now.
func (s side) now(ctx context.Context, r *replay, c *course, lines []receipts.Line) (campaigns.Reward, error) {
	if no := r.precheck(c, s.judge); no != nil {
		return campaigns.Reward{Refusal: no}, nil
	}
	ticket, h, less, err := receipts.AsItStands(ctx, r.g, c.Receipt, lines, s.history)
	if less {
		return s.judge.Left(ticket, h), err
	}
	return s.judge.Reward(ticket, h), err
}

// effect sets beside what was done what the draft makes otherwise than the terms
// in force. So what else came about, such as points that were spent before the
// goods went back, is not laid to the draft.
func (r *replay) effect(ctx context.Context, c *course, t trial) (Effect, error) {
	was := Outcome{Status: c.Status, Reason: c.Reason, Points: c.Points, Parts: c.Parts}
	e := Effect{ReceiptID: c.ID, ParticipantID: c.ParticipantID, Version: c.version.Number, Was: was, Would: was}
	if t.draft.judge == nil {
		return e, nil
	}
	draft, err := t.draft.now(ctx, r, c, t.lines)
	inForce, err2 := t.inForce.now(ctx, r, c, t.lines)
	e.Would = was.changed(draft, inForce)
	for i, line := range t.lines {
		made := lineOf(draft, i)
		e.Lines = append(e.Lines, Line{Name: line.Name, Was: line.Points, SKU: made.SKU, Reason: made.Reason,
			Would: max(0, line.Points+made.Points-lineOf(inForce, i).Points)})
	}
	return e, errors.Join(err, err2)
}

// lineOf is a line as it is judged; nothing where its code alone is refused.
func lineOf(r campaigns.Reward, i int) (line campaigns.LineReward) {
	if i < len(r.Lines) {
		line = r.Lines[i]
	}
	return line
}

// changed is the outcome with what the draft makes otherwise.
func (o Outcome) changed(draft, inForce campaigns.Reward) Outcome {
	ended := o.Status == receipts.Rejected || o.Status == receipts.Reversed
	byTerms := ofTerms(o.Reason) || o.Status == receipts.Reversed && inForce.Refusal != nil
	switch no := draft.Refusal; {
	case rule(draft) == rule(inForce) && maps.Equal(draft.Parts(), inForce.Parts()):
		return o
	case no != nil && no.NeedsPerson():
		return Outcome{Status: receipts.Review, Reason: no.Rule}
	case no != nil:
		return Outcome{Status: receipts.Rejected, Reason: no.Rule}
	case ended && !byTerms:
		return o // the draft does not change what others decided
	case byTerms:
		o.Status, o.Reason = receipts.Accepted, ""
	}
	if o.Parts == nil && o.Points > 0 { // it is older than its parts
		o.Parts = inForce.Parts()
	}
	o.Parts = o.Parts.With(draft.Parts())
	for part, n := range inForce.Parts() {
		o.Parts = o.Parts.With(campaigns.Parts{part: -min(n, o.Parts[part])})
	}
	o.Parts = o.Parts.With(nil)
	o.Points = o.Parts.Sum()
	return o
}

// rule is what refuses; "": nothing does.
func rule(r campaigns.Reward) string {
	if r.Refusal == nil {
		return ""
	}
	return r.Refusal.Rule
}

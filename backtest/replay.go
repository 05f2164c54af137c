package backtest

import (
	"promobot/campaigns"
	"promobot/fraud"
	"promobot/internal/events"
	"promobot/points"
	"promobot/receipts"
)

// What a receipt is judged for.
const (
	firstTime = "first"  // the fiscal service has proved it
	putOff    = "held"   // it was put off, and its time has come
	decided   = "review" // a person has approved it
	lineMore  = "placed" // a person has placed one more line of it
)

// replay judges the past by terms.
type replay struct {
	*past
	terms   Terms
	bonuses map[int64]bool   // participants who had the bonus for their first receipt
	phones  map[string]int64 // who had it for a phone
}

func (p *past) by(terms Terms) *replay {
	return &replay{past: p, terms: terms, bonuses: map[int64]bool{}, phones: map[string]int64{}}
}

// run replays all receipts to their end.
func (r *replay) run() error {
	return r.play(func(c *course, e events.Event, lines []receipts.Line) error {
		t, err := whatIsTold(e)
		if err != nil {
			return err
		}
		c.happen(e, t)
		r.step(c, e, t, lines)
		return nil
	})
}

// step moves what would be.
func (r *replay) step(c *course, e events.Event, t told, lines []receipts.Line) {
	switch e.Kind {
	case receipts.EventJudged:
		c.asked = firstTime
	case receipts.EventRejudged:
		c.placed = t.Placed
		c.asked = map[receipts.Status]string{receipts.Held: putOff, receipts.Review: decided, receipts.Accepted: lineMore}[t.Status]
		if c.asked == lineMore {
			r.judged(c, fraud.Allow, lines)
		}
	case receipts.EventPutOff, receipts.EventHeld, receipts.EventAccepted, receipts.EventRejected:
		r.outcome(c, e, t, lines)
	case receipts.EventAppealed:
		if c.would.Status == receipts.Rejected {
			c.would = Outcome{Status: receipts.Review, Reason: c.would.Reason}
		}
	case receipts.EventDecided:
		if t.Kind == fraud.KindAppeal && t.Decision == fraud.CaseApproved {
			c.waived = c.disputed
		}
		if c.askedAnew(t) {
			c.would = Outcome{}
		}
	}
}

// outcome carries what was judged to the end that the fraud rules and people
// gave it. What has an end without being judged has it by whatever terms.
func (r *replay) outcome(c *course, e events.Event, t told, lines []receipts.Line) {
	switch {
	case c.asked != "":
		r.judged(c, c.screened(e, t), lines)
	case !c.verified:
		c.would = c.was
	case c.would.Status == receipts.Review:
		c.would = c.was // a person refused it
	}
	c.asked = ""
}

// judged applies the terms to the receipt, see package receipts: settle,
// release, takeUp and payLine.
func (r *replay) judged(c *course, screened fraud.Outcome, lines []receipts.Line) {
	judge := r.terms(c.version)
	switch {
	case c.asked == putOff && c.would.Status != receipts.Held, c.asked == decided && c.would.Status != receipts.Review,
		c.asked == lineMore && c.would.Status != receipts.Accepted:
		return // it never came to that
	}
	reward := r.reward(c, judge, lines)
	c.lines = reward.Lines
	switch no := reward.Refusal; {
	case c.asked == lineMore:
		if no == nil {
			c.would.Points = max(c.would.Points, reward.Points)
		}
	case no != nil && (!no.NeedsPerson() || c.asked == decided):
		c.would = Outcome{Status: receipts.Rejected, Reason: no.Rule}
	case no != nil && !screened.Worse(fraud.Review):
		r.conclude(c, judge, reward, fraud.Review, no.Rule)
	default:
		r.conclude(c, judge, reward, screened, string(screened))
	}
}

// reward is what the terms make of the receipt at this moment of its history.
func (r *replay) reward(c *course, judge *campaigns.Judge, lines []receipts.Line) campaigns.Reward {
	if no := judge.Precheck(c.QR(), c.SubmittedAt); no != nil {
		return campaigns.Reward{Refusal: no}
	}
	h := r.history(c, judge, func(other *course) Outcome { return other.would })
	h.Placed, h.Trusted = c.placed, map[int]bool{}
	for i := range c.placed {
		h.Trusted[i] = true
	}
	return judge.Reward(receipts.Ticket(c.Receipt, lines), h)
}

func (r *replay) conclude(c *course, judge *campaigns.Judge, reward campaigns.Reward, screened fraud.Outcome, why string) {
	held := c.would.Points
	switch screened {
	case fraud.Refuse:
		c.would = Outcome{Status: receipts.Rejected, Reason: why}
	case fraud.Review:
		if held == 0 {
			held = reward.Points
		}
		c.would = Outcome{Status: receipts.Review, Reason: why, Points: held}
	case fraud.Hold:
		c.would = Outcome{Status: receipts.Held, Reason: why, Points: reward.Points}
	case fraud.Slow:
		c.would = Outcome{Status: receipts.Held, Reason: why}
	default:
		c.would = Outcome{Status: receipts.Accepted, Points: max(held, reward.Points)}
		if reward.First > 0 {
			c.would.First = r.first(c, judge)
		}
	}
}

// first is the bonus for the first receipt ever, once for a person and a phone.
func (r *replay) first(c *course, judge *campaigns.Judge) points.Amount {
	if judge.FirstReceipt <= 0 || r.bonuses[c.ParticipantID] {
		return 0
	}
	if c.phone != "" {
		owner, taken := r.phones[c.phone]
		if taken && owner != c.ParticipantID {
			return 0
		}
		r.phones[c.phone] = c.ParticipantID
	}
	r.bonuses[c.ParticipantID] = true
	return judge.FirstReceipt
}

// history is what the participant had when the receipt is judged, by what then
// stood of the others.
func (r *replay) history(c *course, judge *campaigns.Judge, stood func(*course) Outcome) campaigns.History {
	h := campaigns.History{FirstReceipt: !r.bonuses[c.ParticipantID], Waived: c.waived}
	from, until := judge.Day(c.SubmittedAt)
	for _, other := range r.people[c.ParticipantID] {
		if other == c {
			continue
		}
		switch stood(other).Status {
		case receipts.Accepted:
			h.FirstReceipt = false
		case receipts.Review, receipts.Held:
		default:
			continue
		}
		if other.CampaignID != c.CampaignID {
			continue
		}
		h.ReceiptsTotal++
		if !other.SubmittedAt.Before(from) && other.SubmittedAt.Before(until) {
			h.ReceiptsDay++
		}
	}
	return h
}

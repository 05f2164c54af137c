package backtest

import (
	"cmp"
	"fmt"
	"time"

	"promobot/campaigns"
	"promobot/fns"
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
	lineMore  = "placed" // a line of it counts that did not
	late      = "late"   // a name was taught that it was refused for
)

// replay judges the past by terms.
type replay struct {
	*past
	terms      Terms
	persons    map[string]points.Amount // what persons got once, by source in the books
	stands     map[string]bool          // of these, what they have not given back
	times      map[string]int           // how often they got it
	phones     map[string]int64         // who got it for a phone, by phone and part
	budgets    map[int64]*budget        // by campaign
	budgetEnds *time.Time
	waiting    []registration                                                         // who had no welcome; other terms may have one
	looks      func(c *course, at moment, lines []receipts.Line, h campaigns.History) // sees each judgement; nil: nobody looks
}

func (p *past) by(terms Terms) *replay {
	return &replay{past: p, terms: terms, persons: map[string]points.Amount{}, stands: map[string]bool{}, times: map[string]int{}, phones: map[string]int64{}, budgets: map[int64]*budget{}}
}

// run replays everything to its end.
func (r *replay) run() error {
	err := r.play(func(e events.Event, c *course, lines []receipts.Line) error {
		r.welcomeUntil(e.HappenedAt)
		if c == nil {
			r.welcomeAt(e)
			return nil
		}
		t, err := whatIsTold(e)
		if err != nil {
			return err
		}
		c.happen(e, t)
		r.step(c, e, t, lines)
		if e.Kind == receipts.EventAccepted {
			return r.givesBeside(c, r.at(c, e))
		}
		return nil
	})
	r.welcomeUntil(time.Time{})
	return err
}

// step moves what would be.
func (r *replay) step(c *course, e events.Event, t told, lines []receipts.Line) {
	switch e.Kind {
	case receipts.EventJudged:
		c.asked, c.aliases = firstTime, t.Aliases
	case receipts.EventRejudged:
		c.placed, c.aliases, c.back = t.Placed, t.Aliases, t.Back
		r.rejudged(c, e, t, lines)
	case receipts.EventTaught:
		c.asked, c.maybe = cmp.Or(c.maybe, c.asked), ""
	case receipts.EventReturned:
		r.takesBack(c, r.at(c, e), fmt.Sprintf("%s/return:%d", e.Subject, t.Return), t.Status, receipts.ReasonBack)
	case receipts.EventUndone:
		r.takesBack(c, r.at(c, e), t.Source, t.Status, receipts.ReasonUndone)
	case receipts.EventPutOff, receipts.EventHeld, receipts.EventAccepted, receipts.EventRejected:
		r.outcome(c, e, t, lines)
	case receipts.EventAppealed:
		if c.would.Status == receipts.Rejected {
			c.would = Outcome{Status: receipts.Review, Reason: c.would.Reason}
		}
	case receipts.EventDecided:
		c.approved = t.Decision == fraud.CaseApproved
		if t.Kind == fraud.KindAppeal && t.Decision == fraud.CaseApproved {
			c.waived = c.disputed
		}
		if c.askedAnew(t) {
			c.would = Outcome{}
		}
	}
}

// rejudged says what a receipt was judged again for. What a taught name does
// not settle changes nothing: then no event follows.
func (r *replay) rejudged(c *course, e events.Event, t told, lines []receipts.Line) {
	c.asked, c.maybe = "", ""
	switch {
	case t.Status == receipts.Accepted:
		c.asked = lineMore
		r.judged(c, r.at(c, e), fraud.Allow, lines)
		c.asked = ""
	case t.Status == receipts.Held:
		c.asked = putOff
	case t.Status == receipts.Review && c.approved:
		c.asked, c.approved = decided, false
	case t.Status == receipts.Review:
		c.maybe = decided
	case t.Status == receipts.Rejected, t.Status == receipts.Reversed:
		c.maybe = late
	}
}

func (r *replay) at(c *course, e events.Event) moment {
	return moment{now: e.HappenedAt.UTC(), campaignID: c.CampaignID, participantID: c.ParticipantID, phone: c.phone, subject: e.Subject}
}

// outcome carries what was judged to the end that the fraud rules and people
// gave it. What has an end without being judged has it by whatever terms.
func (r *replay) outcome(c *course, e events.Event, t told, lines []receipts.Line) {
	switch at := r.at(c, e); {
	case c.asked != "":
		r.judged(c, at, c.screened(e, t), lines)
	case !c.verified:
		c.would = c.was
	case c.would.Status == receipts.Review:
		r.reject(c, at, c.was.Reason) // a person refused it
	}
	c.asked = ""
}

// judged applies the terms to the receipt; see package receipts: settle,
// release, takeUp and payLine.
func (r *replay) judged(c *course, at moment, screened fraud.Outcome, lines []receipts.Line) {
	expected := map[string]receipts.Status{firstTime: "", putOff: receipts.Held, decided: receipts.Review, lineMore: receipts.Accepted, late: receipts.Rejected}[c.asked]
	again := c.asked == late && c.would.Status == receipts.Reversed // the name was undone and taught anew
	if c.asked != firstTime && c.would.Status != expected && !again {
		return // by these terms it never came to that
	}
	judge := r.terms(c.version)
	reward := r.reward(c, at, judge, lines)
	switch no := reward.Refusal; {
	case c.asked == lineMore:
		if no == nil {
			more := reward.Beyond(c.would.Parts)
			more.First = 0
			c.bring(r.grant(judge, at, more))
		}
	case no != nil && (!no.NeedsPerson() || c.asked == decided):
		r.reject(c, at, no.Rule)
	case no != nil && !screened.Worse(fraud.Review):
		r.conclude(c, at, judge, reward, fraud.Review, no.Rule)
	default:
		r.conclude(c, at, judge, reward, screened, string(screened))
	}
}

// reward is what the terms make of the receipt at this moment of its history.
func (r *replay) reward(c *course, at moment, judge *campaigns.Judge, lines []receipts.Line) campaigns.Reward {
	h := r.history(c, judge, at)
	_, h.Returned = receipts.AsOf(c.Receipt, lines, c.back)
	if r.looks != nil {
		r.looks(c, at, lines, h)
	}
	if no := r.precheck(c, judge); no != nil {
		return campaigns.Reward{Refusal: no}
	}
	ticket, _ := receipts.AsOf(c.Receipt, lines, c.back)
	judged := judge.Reward
	if len(c.back) > 0 && c.asked != firstTime {
		judged = judge.Left
	}
	reward := judged(ticket, h)
	r.full(reward.Cut, at.now)
	return reward
}

func (r *replay) precheck(c *course, judge *campaigns.Judge) *campaigns.Refusal {
	registered := r.registered[c.ParticipantID].at
	if registered.After(c.SubmittedAt) {
		registered = time.Time{} // that came later
	}
	return judge.Precheck(c.QR(), c.SubmittedAt, registered)
}

// reject ends the receipt; what was set aside for it goes back.
func (r *replay) reject(c *course, at moment, reason string) {
	r.giveBack(at, c.would.Points)
	for part, n := range c.would.Parts {
		c.earned = c.earned.With(campaigns.Parts{part: -n})
	}
	c.would = Outcome{Status: receipts.Rejected, Reason: reason}
}

func (r *replay) conclude(c *course, at moment, judge *campaigns.Judge, reward campaigns.Reward, screened fraud.Outcome, why string) {
	c.would.Reason = why
	switch screened {
	case fraud.Refuse:
		r.reject(c, at, why)
	case fraud.Review:
		c.would.Status = receipts.Review
		if c.would.Points == 0 && !c.emptied {
			c.bring(r.aside(judge, at, reward))
		}
	case fraud.Hold:
		c.would.Status = receipts.Held
		if !c.emptied {
			c.bring(r.aside(judge, at, reward))
		}
	case fraud.Slow:
		c.would.Status = receipts.Held
	default:
		if c.would.Points > 0 {
			reward = reward.Beyond(c.would.Parts)
		}
		c.would.Status, c.would.Reason = receipts.Accepted, ""
		c.bring(r.grant(judge, at, reward))
	}
}

// bring adds parts to what the receipt would have brought.
func (c *course) bring(parts campaigns.Parts) {
	c.earned = c.earned.With(parts)
	c.would.Parts = c.would.Parts.With(parts)
	c.would.Points = c.would.Parts.Sum()
}

// history is what the participant had when the receipt is judged.
func (r *replay) history(c *course, judge *campaigns.Judge, at moment) campaigns.History {
	had := r.stands[ofPerson(c.ParticipantID, campaigns.PartFirst)]
	h := campaigns.History{FirstReceipt: !had, Aliases: c.aliases, Waived: c.waived, SubmittedAt: c.SubmittedAt, FocusPaid: r.focusHad(c, judge),
		Placed: c.placed, Trusted: map[int]bool{}, Room: r.room(judge, at, c.would.Parts.OfReceipt())}
	for i := range c.placed {
		h.Trusted[i] = true
	}
	from, until := judge.Day(c.SubmittedAt)
	for _, other := range r.people[c.ParticipantID] {
		if other == c || other.Operation == fns.SaleReturn || other.would.Status != receipts.Accepted && other.would.Status != receipts.Review && other.would.Status != receipts.Held {
			continue
		}
		h.FirstReceipt = h.FirstReceipt && other.would.Status != receipts.Accepted
		if other.CampaignID != c.CampaignID {
			continue
		}
		h.ReceiptsTotal++
		if !other.SubmittedAt.Before(from) && other.SubmittedAt.Before(until) {
			h.ReceiptsDay++
		}
	}
	for _, b := range r.besides[c.ParticipantID] {
		if b.ReceiptID == c.ID || b.CampaignID != c.CampaignID || b.GrantedAt.After(at.now) {
			continue
		}
		h.ReceiptsTotal++
		if sent := r.courses[b.ReceiptID].SubmittedAt; !sent.Before(from) && sent.Before(until) {
			h.ReceiptsDay++
		}
	}
	if c.asked == lineMore { // its place among the others is taken already
		h.ReceiptsDay, h.ReceiptsTotal = 0, 0
	}
	return h
}

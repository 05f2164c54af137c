package backtest

import (
	"encoding/json"
	"fmt"
	"strings"

	"promobot/fraud"
	"promobot/internal/events"
	"promobot/receipts"
)

// told is what the events of a receipt say, in one shape for all of them.
type told struct {
	Reason   string                `json:"reason"`
	Tier     fraud.Outcome         `json:"tier"`
	Rules    []fraud.Hit           `json:"rules"`
	Status   receipts.Status       `json:"status"`
	Refusal  string                `json:"refusal"`
	Placed   map[int]string        `json:"placed"`
	Aliases  map[string]string     `json:"aliases"`
	Back     map[int]receipts.Back `json:"back"`
	Return   int64                 `json:"return"`
	Source   string                `json:"source"`
	Kind     fraud.CaseKind        `json:"kind"`
	Decision fraud.CaseStatus      `json:"decision"`
}

func whatIsTold(e events.Event) (t told, err error) {
	text, err := json.Marshal(e.Data)
	if err == nil {
		err = json.Unmarshal(text, &t)
	}
	if err != nil {
		return t, fmt.Errorf("data of %s: %w", e.Kind, err)
	}
	return t, nil
}

// happen moves the receipt as the event says that it moved. What it brought by
// then is not told by every event, see posted.
func (c *course) happen(e events.Event, t told) {
	switch e.Kind {
	case receipts.EventVerified:
		c.verified = true
	case receipts.EventPutOff:
		c.was = Outcome{Status: receipts.Held, Reason: worst(t.Rules)}
	case receipts.EventHeld:
		c.was = Outcome{Status: receipts.Review, Reason: worst(t.Rules)}
	case receipts.EventAccepted:
		c.was = Outcome{Status: receipts.Accepted}
	case receipts.EventRejected:
		c.was = Outcome{Status: receipts.Rejected, Reason: t.Reason}
	case receipts.EventReturned, receipts.EventUndone:
		c.was.Status = t.Status
	case receipts.EventAppealed:
		c.was = Outcome{Status: receipts.Review, Reason: t.Reason}
	case receipts.EventDecided:
		if c.askedAnew(t) {
			c.was = Outcome{}
		}
	}
}

// askedAnew tells that a decision only let the fiscal service be asked again.
func (c *course) askedAnew(t told) bool { return t.Decision == fraud.CaseApproved && !c.verified }

func worst(hits []fraud.Hit) string {
	if len(hits) == 0 {
		return ""
	}
	return hits[0].Rule
}

// ofTerms tells that a rule is one of the terms, which a replay applies itself.
func ofTerms(rule string) bool { return strings.HasPrefix(rule, "campaign.") }

// screened is what the fraud rules made of the receipt when its outcome was the
// event's. Where the terms refused it first, that is what they remember. What
// was not put off has no time to wait for.
func (c *course) screened(e events.Event, t told) fraud.Outcome {
	outcome := fraud.Allow
	switch {
	case e.Kind == receipts.EventPutOff:
		return t.Tier
	case e.Kind == receipts.EventHeld:
		for _, hit := range t.Rules {
			if !ofTerms(hit.Rule) && hit.Tier.Worse(outcome) {
				outcome = hit.Tier
			}
		}
	case e.Kind == receipts.EventRejected && fraud.IsRule(t.Reason):
		return fraud.Refuse
	case e.Kind == receipts.EventRejected && c.asked == firstTime:
		outcome = c.sighted
	}
	if outcome.Worse(fraud.Hold) {
		return outcome
	}
	return fraud.Allow
}

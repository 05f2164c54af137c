// Package fraud judges facts by rules and keeps the cases that a person must
// decide. It does not know what it judges: it is handed Facts, and keeps a
// Sighting of each to count them by.
//
// Velocity rules are data, see Parse. Each counts sightings with the same
// participant, phone, till or seller in a window; what two transactions count
// together is locked, so that no limit leaks.
package fraud

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"promobot/internal/money"
)

// Outcome is what a verdict says to do, and the tier of a rule: what a hit asks
// for.
type Outcome string

// The outcomes, from mild to severe.
const (
	Allow  Outcome = "allow"
	Slow   Outcome = "slow"   // the settlement is put off by some minutes
	Hold   Outcome = "hold"   // points are set aside and released by themselves
	Review Outcome = "review" // points are set aside, a person decides
	Refuse Outcome = "refuse"
)

var tiers = []Outcome{Allow, Slow, Hold, Review, Refuse}

// severity grows from Allow to Refuse; what is no outcome is below them all.
func (o Outcome) severity() int { return slices.Index(tiers, o) }

// Worse tells whether o is more severe than other.
func (o Outcome) Worse(other Outcome) bool { return o.severity() > other.severity() }

// Facts are what the rules look at.
type Facts struct {
	Subject       string // what is judged: "receipt:17"
	ParticipantID int64
	At            time.Time // when it was submitted
	BoughtAt      time.Time // the shop's wall clock
	PhoneMark     string    // keyed fingerprint of the participant's phone; "" without one
	NameMark      string    // likewise of the name
	FN            string    // the till
	INN           string    // the seller; "" when the source hides it
	NamesOnPhone  int       // different people registered with the participant's phone, its own included
	Families      int       // likewise, relatives of one surname counted once
	Total         money.Kopecks
	Lines         money.Kopecks // the sum of the document's lines
}

// Hit is a rule that scored, with its numbers.
type Hit struct {
	Rule  string         `json:"rule"` // an id of docs/reasons.md, or of the rules file
	Tier  Outcome        `json:"tier,omitempty"`
	Score int            `json:"score,omitempty"` // 1 to 99
	Args  map[string]any `json:"args"`
}

// Verdict is one judgement. Hits are ordered by severity, the worst first, then
// by rule id.
type Verdict struct {
	Outcome Outcome
	Score   int    // risk, 0 to 99: what the hits' scores come to together
	Rules   string // version of the rules
	Hits    []Hit
}

// The ids of the rules whose limits are settings or that have none.
const (
	RuleReceiptsPerHour = "fraud.receipts_per_hour"
	RuleNamesPerPhone   = "fraud.names_per_phone"
	RuleLinesTotal      = "fraud.lines_total" // the lines cost more than the document's total
)

// The hits of cases about prizes.
const (
	RuleCodeFails = "certificate.fails" // a code is said not to work; with the proof of its first view
	RuleTaxYear   = "tax.year"          // a year's prizes are worth more than is free of tax
)

// The ids of the default rules file.
const (
	RuleTillPeople = "fraud.till_people" // one till, many people in a shop day
	RuleTillBurst  = "fraud.till_burst"  // one till, many receipts of one person in minutes
)

// standardScore is what a hit weighs whose rule does not say.
var standardScore = map[Outcome]int{Slow: 10, Hold: 30, Review: 50, Refuse: 90}

// With adds a hit, which a person must look at unless it says otherwise.
func (v Verdict) With(hit Hit) Verdict {
	if hit.Tier == "" {
		hit.Tier = Review
	}
	if hit.Score == 0 {
		hit.Score = standardScore[hit.Tier]
	}
	v.Hits = append(slices.Clone(v.Hits), hit)
	slices.SortStableFunc(v.Hits, func(a, b Hit) int {
		return cmp.Or(b.Tier.severity()-a.Tier.severity(), cmp.Compare(a.Rule, b.Rule))
	})
	v.Outcome, v.Score = v.Hits[0].Tier, risk(v.Hits)
	return v
}

// Beyond leaves only the hits that are worse than the tier: a settlement that
// was put off has served the milder ones.
func (v Verdict) Beyond(tier Outcome) Verdict {
	rest := Verdict{Outcome: Allow, Rules: v.Rules}
	for _, hit := range v.Hits {
		if hit.Tier.Worse(tier) {
			rest = rest.With(hit)
		}
	}
	return rest
}

// risk puts scores together as chances that are independent of each other: two
// hits of 50 make 75.
func risk(hits []Hit) int {
	innocent := 1_000_000
	for _, hit := range hits {
		innocent = innocent * (100 - hit.Score) / 100
	}
	return min(99, 100-(innocent+9_999)/10_000)
}

// String tells the verdict for logs: "review: fraud.names_per_phone".
func (v Verdict) String() string {
	text := string(v.Outcome)
	for i, hit := range v.Hits {
		separator := ", "
		if i == 0 {
			separator = ": "
		}
		text += fmt.Sprint(separator, hit.Rule)
	}
	return text
}

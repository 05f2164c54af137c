// Package fraud judges facts by rules and keeps the cases that a person must
// decide. It does not know what it judges: it is handed Facts.
package fraud

import (
	"fmt"
	"slices"
	"time"

	"promobot/internal/money"
)

// Outcome is what a verdict says to do.
type Outcome string

// The outcomes, from mild to severe.
const (
	Allow  Outcome = "allow"
	Review Outcome = "review" // points are set aside, a person decides
	Refuse Outcome = "refuse"
)

// Facts are what the rules look at.
type Facts struct {
	Subject       string // what is judged: "receipt:17"
	ParticipantID int64
	At            time.Time   // when it was submitted
	Verified      []time.Time // when the participant's other verified receipts were submitted, those within an hour of At at least
	NamesOnPhone  int         // distinct names registered with the participant's phone, its own included
	Total         money.Kopecks
	Lines         money.Kopecks // the sum of the document's lines
}

// Hit is a rule that scored, with its numbers.
type Hit struct {
	Rule string         `json:"rule"` // an id of docs/reasons.md
	Args map[string]any `json:"args"`
}

// Verdict is one judgement. Hits are ordered by rule id.
type Verdict struct {
	Outcome Outcome
	Hits    []Hit
}

// Rules are the velocity rules' limits. The zero value has no limits; what
// contradicts itself is looked at all the same.
type Rules struct {
	ReceiptsPerHour int // verified receipts in any sliding hour that pass; 0: no limit
	NamesPerPhone   int // names on one phone that pass; 0: no limit
}

// DefaultRules are those of the promotions the product was made for: the sixth
// verified receipt of an hour and a second name on a phone go to a person.
var DefaultRules = Rules{ReceiptsPerHour: 5, NamesPerPhone: 1}

// The rules' ids.
const (
	RuleReceiptsPerHour = "fraud.receipts_per_hour"
	RuleNamesPerPhone   = "fraud.names_per_phone"
	RuleLinesTotal      = "fraud.lines_total" // the lines cost more than the document's total
)

// rounding is what shops take off a total: less than a rouble.
const rounding money.Kopecks = 99

// Judge is pure. Without a hit the outcome is Allow.
func (r Rules) Judge(f Facts) Verdict {
	var hits []Hit
	if f.Lines > f.Total+rounding {
		hits = append(hits, Hit{RuleLinesTotal, map[string]any{"lines": f.Lines, "total": f.Total}})
	}
	if n := r.NamesPerPhone; n > 0 && f.NamesOnPhone > n {
		hits = append(hits, Hit{RuleNamesPerPhone, map[string]any{"names": f.NamesOnPhone, "limit": n}})
	}
	if n := busiestHour(f.At, f.Verified); r.ReceiptsPerHour > 0 && n > r.ReceiptsPerHour {
		hits = append(hits, Hit{RuleReceiptsPerHour, map[string]any{"receipts": n, "limit": r.ReceiptsPerHour}})
	}
	v := Verdict{Outcome: Allow}
	for _, hit := range hits {
		v = v.With(hit)
	}
	return v
}

// With adds a hit that a person must look at; what is refused stays refused.
func (v Verdict) With(hit Hit) Verdict {
	if v.Outcome != Refuse {
		v.Outcome = Review
	}
	v.Hits = append(slices.Clone(v.Hits), hit)
	return v
}

// busiestHour counts the most submissions, at included, that any hour holds
// which holds at. An hour is half open: of two that are sixty minutes apart
// none contains both. Receipts are verified in any order, so that hours after
// at count too.
func busiestHour(at time.Time, others []time.Time) int {
	times := append(slices.Clone(others), at)
	slices.SortFunc(times, time.Time.Compare)
	busiest := 0
	for i, start := range times {
		if start.After(at) || at.Sub(start) >= time.Hour {
			continue
		}
		n := 0
		for _, t := range times[i:] {
			if t.Sub(start) < time.Hour {
				n++
			}
		}
		busiest = max(busiest, n)
	}
	return busiest
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

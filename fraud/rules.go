package fraud

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"promobot/internal/money"
)

// Rules are all rules in force. The zero value has no limits; what contradicts
// itself is looked at all the same.
type Rules struct {
	ReceiptsPerHour int  // verified receipts in any sliding hour that pass; 0: no limit
	NamesPerPhone   int  // people on one phone that pass; 0: no limit
	Guesses         int  // wrong typed receipts of one participant in 24 hours that pass; 0: no limit
	Relatives       bool // people of one surname count once on their phone
	Velocity        []Rule
	SlowFor         time.Duration // how long a settlement is put off; 0: DefaultSlow
	HoldFor         time.Duration // how long points are held; 0: DefaultHold
	AppealsPerDay   int           // of one participant; 0: DefaultAppeals
	AppealWithin    time.Duration // when an answer is promised; 0: DefaultAppeal

	version string
	kept    *atomic.Bool // the rules are known to stand in the database
}

// Ready returns the rules prepared for one database: what is the same for every
// judgement is done once.
func (r Rules) Ready() Rules {
	r.version, r.kept = r.Version(), &atomic.Bool{}
	return r
}

// How long mild hits take where the rules do not say.
const (
	DefaultSlow = 10 * time.Minute
	DefaultHold = 24 * time.Hour
)

// What appeals get where the rules do not say.
const (
	DefaultAppeals = 3
	DefaultAppeal  = 24 * time.Hour
)

// DefaultRules are those of the promotions the product was made for: the sixth
// verified receipt of an hour and a second name on a phone go to a person. The
// rules of the default file come by Standard.
var DefaultRules = Rules{ReceiptsPerHour: 5, NamesPerPhone: 1, Guesses: 2}

// Rule is one velocity rule, or a condition without a measure. Limit is how
// much of the measure passes.
type Rule struct {
	ID      string  `json:"id"`
	Measure Measure `json:"measure,omitzero"`
	By      []Key   `json:"by,omitempty"`
	Window  Window  `json:"window,omitzero"`
	Limit   int64   `json:"limit,omitempty"`
	When    string  `json:"when,omitempty"` // a condition that must hold, too
	Tier    Outcome `json:"tier"`
	Score   int     `json:"score"`
	Mark    bool    `json:"mark,omitempty"` // a hit marks the till as suspicious

	condition *condition
}

// Measure is what a rule counts of the sightings in its window.
type Measure struct {
	Op string `json:"op"` // "count", "sum", "distinct"
	Of string `json:"of"` // "receipts", "kopecks", or what is distinct, see values
}

// Key is what sightings have in common that are counted together.
type Key string

// The keys, from the one that tells the most apart.
const (
	ByParticipant Key = "participant"
	ByPhone       Key = "phone"
	ByTill        Key = "till"
	ByINN         Key = "inn"
)

var keys = []Key{ByParticipant, ByPhone, ByTill, ByINN}

// Window is how far apart sightings may lie that are counted together.
type Window struct {
	Slide   time.Duration `json:"slide,omitempty"`    // half open: of two that are so far apart none holds both
	ShopDay bool          `json:"shop_day,omitempty"` // instead of Slide: one day of the shop's wall clock
	Shop    bool          `json:"shop,omitempty"`     // slides along the shop's clock, else along the moments of submission
}

// values are what can be counted of a sighting; the first two are no names of
// distinct things.
var values = map[string]func(s Sighting) any{
	"receipts":     func(Sighting) any { return 1 },
	"kopecks":      func(s Sighting) any { return int64(s.TotalKopecks) },
	"participants": func(s Sighting) any { return s.ParticipantID },
	"phones":       func(s Sighting) any { return s.PhoneMark },
	"names":        func(s Sighting) any { return s.NameMark },
	"tills":        func(s Sighting) any { return s.FN },
	"inns":         func(s Sighting) any { return s.INN },
	"shop_days":    func(s Sighting) any { return s.shopDay() },
}

// rounding is what shops take off a total: less than a rouble.
const rounding money.Kopecks = 99

// plain are the hits of the rules that count no sightings.
func (r Rules) plain(f Facts) (hits []Hit) {
	if f.Lines > f.Total+rounding {
		hits = append(hits, Hit{Rule: RuleLinesTotal, Args: map[string]any{"lines": f.Lines, "total": f.Total}})
	}
	names := f.NamesOnPhone
	if r.Relatives {
		names = f.Families
	}
	if n := r.NamesPerPhone; n > 0 && names > n {
		hits = append(hits, Hit{Rule: RuleNamesPerPhone, Args: map[string]any{"names": names, "limit": n}})
	}
	return hits
}

// all are the rules that count, the configured limit among them.
func (r Rules) all() []Rule {
	list := r.Velocity
	if r.ReceiptsPerHour > 0 {
		list = append(list[:len(list):len(list)], Rule{ID: RuleReceiptsPerHour, Measure: Measure{"count", "receipts"},
			By: []Key{ByParticipant}, Window: Window{Slide: time.Hour}, Limit: int64(r.ReceiptsPerHour), Tier: Review, Score: standardScore[Review]})
	}
	return list
}

// Pause is how long a mild outcome puts a settlement off.
func (r Rules) Pause(o Outcome) time.Duration {
	switch {
	case o == Slow && r.SlowFor > 0:
		return r.SlowFor
	case o == Slow:
		return DefaultSlow
	case r.HoldFor > 0:
		return r.HoldFor
	}
	return DefaultHold
}

// Appeals is how many refusals one participant may dispute in 24 hours.
func (r Rules) Appeals() int { return cmp.Or(r.AppealsPerDay, DefaultAppeals) }

// AppealTime is within which time an appeal is promised an answer.
func (r Rules) AppealTime() time.Duration { return cmp.Or(r.AppealWithin, DefaultAppeal) }

// IsRule tells whether the id is one of a fraud rule, of whatever file.
func IsRule(id string) bool { return strings.HasPrefix(id, "fraud.") }

// Without leaves the rule out.
func (r Rules) Without(id string) Rules {
	r.Velocity = slices.DeleteFunc(slices.Clone(r.Velocity), func(rule Rule) bool { return rule.ID == id })
	return r
}

// Version names the rules that count: the same rules have the same version.
func (r Rules) Version() string {
	if r.version != "" {
		return r.version
	}
	sum := sha256.Sum256(r.text())
	return hex.EncodeToString(sum[:6])
}

func (r Rules) text() []byte {
	text, err := json.Marshal(r.all())
	if err != nil {
		panic(err) // rules are plain data
	}
	return text
}

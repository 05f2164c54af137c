// Package campaigns holds the terms of a promotion: its period, assortment,
// rates and limits. Terms are written as a file, kept as versions, and applied
// by pure functions that explain themselves.
package campaigns

import (
	"sync"
	"time"

	"promobot/campaigns/assortment"
	"promobot/internal/money"
	"promobot/points"
)

// The rules that refuse or hold back a receipt; ids of docs/reasons.md.
const (
	RuleOperation   = "campaign.operation"    // neither a sale nor a return that is taken
	RuleFuture      = "campaign.future"       // dated more than twelve hours ahead
	RulePeriod      = "campaign.period"       // bought outside the period
	RuleTooOld      = "campaign.too_old"      // older than the terms allow
	RuleMinimum     = "campaign.minimum"      // the total is below the minimum
	RulePromoMin    = "campaign.promo_min"    // the promo lines are below the minimum
	RuleShop        = "campaign.shop"         // this shop does not take part
	RuleNoPromo     = "campaign.no_promo"     // no line of the assortment
	RuleNoLines     = "campaign.no_lines"     // the ticket lists nothing: a person looks
	RuleUnsureLines = "campaign.unsure_lines" // the only promo lines need a person
	RuleDayLimit    = "campaign.day_limit"    // receipts of this day are used up
	RuleTotalLimit  = "campaign.total_limit"  // receipts of this campaign are used up
)

// Refusal names the rule that a receipt failed and the numbers that show it:
// money in kopecks, times as RFC 3339 wall clock, days as whole numbers.
type Refusal struct {
	Rule string
	Args map[string]any
}

// NeedsPerson tells that a person must look before the receipt is refused.
func (r Refusal) NeedsPerson() bool { return r.Rule == RuleUnsureLines || r.Rule == RuleNoLines }

// Issue says how a prize comes to a participant.
type Issue string

// The two ways.
const (
	ByChoice      Issue = "choice"    // the participant takes it
	Automatically Issue = "automatic" // it is issued as soon as the points suffice
)

// Offer is a prize on offer. Its price stands in the catalogue of prizes.
type Offer struct {
	PrizeID string
	Issue   Issue
}

// MinimumOn says which sum must reach the minimum.
type MinimumOn string

// The two sums.
const (
	OnReceipt MinimumOn = "receipt"
	OnPromo   MinimumOn = "promo"
)

// Terms are one version of a campaign's terms.
type Terms struct {
	Slug          string
	Title         string
	TitleEN       string
	Organiser     string
	RulesURL      string
	Starts        time.Time // first day, midnight of the shop's wall clock, in time.UTC
	Ends          time.Time // the moment after the last day, likewise
	Zone          string    // IANA name; days of limits and ages are counted in it
	EffectiveFrom time.Time // wall clock like Starts; zero: since the start, or since it was applied

	Minimum       money.Kopecks // inclusive; 0: none
	MinimumOn     MinimumOn
	MaxAgeDays    int      // days after the purchase on which a receipt is taken; 0: no limit
	GraceDaysNew  int      `json:",omitzero"` // days after the registration during which MaxAgeDays counts back from it
	ShopsAllowed  []string // INNs; empty: all
	ShopsDenied   []string // INNs
	ReceiptsDay   int      // accepted receipts per participant and day; 0: no limit
	ReceiptsTotal int      // accepted receipts per participant; 0: no limit
	UnitsReceipt  int64    // units that count in one receipt; 0: no limit

	PerProduct      points.Amount            // for a unit of any product; 0: see PerSKU
	PerSKU          map[string]points.Amount // for a unit of this product, instead of PerProduct
	KopecksPerPoint money.Kopecks            // one point for each so many kopecks of promo lines; 0: none
	Welcome         points.Amount            // at registration
	FirstReceipt    points.Amount            // for the first accepted receipt ever
	Offers          []Offer
	Products        []assortment.Product

	// These are left out of the version's text when they are empty, so that
	// terms from before they existed keep their hash.
	Returns Returns    `json:",omitzero"`
	Bonus   []BonusDay `json:",omitempty"`
	Focus   []Focus    `json:",omitempty"`
	Budget  Budget     `json:",omitzero"`

	Together Together `json:",omitzero"`
	Expiry   Expiry   `json:",omitzero"`
	Pay      Pay      `json:",omitzero"` // with points at a till

	BrandAliases []assortment.BrandAlias `json:",omitempty"` // what else tills call the brands

	PointValue money.Kopecks `json:",omitzero"` // what a point costs the organiser, for reckoning; 0: not said
	Disclosure Disclosure    `json:",omitzero"`
	Texts      Texts         `json:",omitzero"`
}

// zones are those that were read, by name: they never change, and to read one
// takes longer than to judge a receipt.
var zones sync.Map

// Location is the campaign's time zone.
func (t Terms) Location() *time.Location {
	if known, ok := zones.Load(t.Zone); ok {
		return known.(*time.Location)
	}
	zone, err := time.LoadLocation(t.Zone)
	if err != nil {
		return time.UTC // lint refuses unknown zones before terms are applied
	}
	zones.Store(t.Zone, zone)
	return zone
}

// Wall is the moment as a clock on the wall in the campaign's zone shows it,
// carried in time.UTC like the times of fiscal documents.
func (t Terms) Wall(moment time.Time) time.Time {
	local := moment.In(t.Location())
	return time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), time.UTC)
}

// Day is the day of the campaign's zone that holds the moment, as two moments.
func (t Terms) Day(moment time.Time) (from, until time.Time) {
	local := moment.In(t.Location())
	from = time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, t.Location())
	return from.UTC(), from.AddDate(0, 0, 1).UTC()
}

// Package backtest replays the past by other terms: every receipt in the order
// in which it was judged, with the history that its participant had at that
// moment. Replayed by the terms that were in force it must come to what stands
// in the ledger, to the point; replayed by a draft it says who would gain, who
// would lose and what it would cost.
//
// What no replay can know is taken from the rows: what the fraud rules and
// people decided, which products people said lines are, what was disputed. It
// only reads.
package backtest

import (
	"promobot/campaigns"
	"promobot/points"
	"promobot/receipts"
)

// Outcome is where a receipt stands, and what it brought.
type Outcome struct {
	Status receipts.Status `json:"status"` // "": it was not judged
	Reason string          `json:"reason"`
	Points points.Amount   `json:"points"` // all of its parts, held ones included
	Parts  campaigns.Parts `json:"parts,omitempty"`
}

// Effect is a receipt as it was judged and as other terms would judge it.
type Effect struct {
	ReceiptID     int64   `json:"receipt"`
	ParticipantID int64   `json:"participant"`
	Version       int     `json:"version"` // of the terms that judged it
	Was           Outcome `json:"was"`
	Would         Outcome `json:"would"`
	Lines         []Line  `json:"lines,omitempty"`
}

// Line is a line of the receipt by both terms.
type Line struct {
	Name   string        `json:"name"`
	Was    points.Amount `json:"was"`
	Would  points.Amount `json:"would"`
	SKU    string        `json:"sku"`    // what the other terms take it for; "": no promo product
	Reason string        `json:"reason"` // why
}

// Terms says by what a receipt is judged: the version that it was bought under,
// or another one in its place.
type Terms func(inForce campaigns.Version) *campaigns.Judge

// InForce judges every receipt by the version that it was bought under.
func InForce(v campaigns.Version) *campaigns.Judge { return v.Judge }

// By judges the receipts of the campaign with the given id by a draft, all
// others by what was in force.
func By(draft *campaigns.Judge, campaignID int64) Terms {
	return func(v campaigns.Version) *campaigns.Judge {
		if v.CampaignID == campaignID {
			return draft
		}
		return v.Judge
	}
}

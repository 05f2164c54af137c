package campaigns

import (
	"cmp"
	"context"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Policy says which of several campaigns that take a receipt count it.
type Policy string

// The policies.
const (
	CountFirst Policy = "first" // the first that accepts it, by priority
	CountBest  Policy = "best"  // the one that gives the most points
	CountAny   Policy = "any"   // each that accepts it
)

// Together says how a campaign stands beside others that run at the same time.
// The policy of the first of them counts for all.
type Together struct {
	Policy   Policy `yaml:"policy" json:",omitzero"`   // "": CountFirst
	Priority int    `yaml:"priority" json:",omitzero"` // the highest is first, then the newest campaign
}

func (r *reader) lintTogether(t Terms) {
	if p := t.Together.Policy; p != "" && p != CountFirst && p != CountBest && p != CountAny {
		r.bad("together.policy", "%q: write first, best or any", p)
	}
}

// Running returns the versions that may judge a purchase, one of each campaign
// whose period holds the wall clock's reading at, in the order of their
// priority. When none runs it is what At returns, so that there is one who
// refuses; never empty without an error.
func (b *Book) Running(ctx context.Context, g *gorm.DB, at time.Time) ([]Version, error) {
	var rows []versionRow
	err := g.WithContext(ctx).Omit("terms").Order("campaign_id, number").Find(&rows).Error
	if err != nil {
		return nil, err
	}
	var running []Version
	for len(rows) > 0 {
		n := slices.IndexFunc(rows, func(r versionRow) bool { return r.CampaignID != rows[0].CampaignID })
		if n < 0 {
			n = len(rows)
		}
		v, err := b.version(ctx, g, inForce(rows[:n], at).ID)
		if err != nil {
			return nil, err
		}
		if !at.Before(v.Starts) && at.Before(v.Ends) {
			running = append(running, v)
		}
		rows = rows[n:]
	}
	if len(running) == 0 {
		v, err := b.At(ctx, g, at)
		return []Version{v}, err
	}
	slices.SortFunc(running, func(a, b Version) int {
		return cmp.Or(cmp.Compare(b.Together.Priority, a.Together.Priority), cmp.Compare(b.CampaignID, a.CampaignID))
	})
	return running, nil
}

// inForce picks the newest of a campaign's versions, which are sorted, that was
// in force at the reading; the first when the purchase is older than all.
func inForce(rows []versionRow, at time.Time) versionRow {
	chosen := rows[0]
	for _, row := range rows[1:] {
		if !row.EffectiveFrom.After(at) {
			chosen = row
		}
	}
	return chosen
}

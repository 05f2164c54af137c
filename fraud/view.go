package fraud

import (
	"context"
	"slices"
	"strings"
	"time"

	"promobot/internal/store"
)

// view is what the rules may count beside the judged sighting. It is read in
// one statement, when the first rule asks.
type view struct {
	rules Rules
	tx    *store.Tx
	own   Sighting
	read  bool
	list  []Sighting
}

// angle is a key with a clock: rules that share them are served by one read of
// an index.
type angle struct {
	key  Key
	shop bool
}

// columns are where a sighting keeps its keys.
var columns = map[Key]string{ByParticipant: "participant_id", ByPhone: "phone_mark", ByTill: "fn", ByINN: "inn"}

func (r Rule) angle() angle { return angle{r.base(), r.Window.ShopDay || r.Window.Shop} }

// alike are the sightings that any rule may count; a rule counts those of its
// own keys and window.
func (v *view) alike(ctx context.Context) ([]Sighting, error) {
	if v.read {
		return v.list, nil
	}
	v.read = true
	var branches []string
	var args []any
	for _, a := range v.angles() {
		branch, its := v.branch(a)
		branches, args = append(branches, "SELECT * FROM ("+branch+") AS "+string(rune('a'+len(branches)))), append(args, its...)
	}
	if len(branches) == 0 {
		return nil, nil
	}
	err := v.tx.WithContext(ctx).Raw(strings.Join(branches, " UNION ALL "), args...).Find(&v.list).Error
	seen := map[int64]bool{v.own.ID: true}
	v.list = slices.DeleteFunc(v.list, func(s Sighting) bool {
		twice := seen[s.ID] // alike in more than one way
		seen[s.ID] = true
		return twice
	})
	return v.list, err
}

// angles are those of the rules by whose key the judged sighting can be counted.
func (v *view) angles() (list []angle) {
	for _, rule := range v.rules.all() {
		if a := rule.angle(); a.key != "" && v.own.key(a.key) != nil && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// branch reads what has the key in common, as far as the widest window reaches.
// Where there are more than are looked at, the nearest to its end are: they
// alone exceed every limit of a count.
func (v *view) branch(a angle) (statement string, args []any) {
	widest := time.Duration(0)
	for _, rule := range v.rules.all() {
		if rule.angle() == a {
			widest = max(widest, rule.Window.Slide)
		}
	}
	column, first, next := "submitted_at", v.own.SubmittedAt, v.own.SubmittedAt
	if a.shop {
		column = "bought_at"
		first, next = v.own.shopDayBounds()
	}
	return "SELECT * FROM sightings WHERE " + columns[a.key] + " = ? AND " + column + " >= ? AND " + column + " <= ? AND subject <> ? ORDER BY " + column + " DESC LIMIT ?",
		[]any{v.own.key(a.key), first.Add(-widest), next.Add(widest), v.own.Subject, 2 * mostSeen}
}

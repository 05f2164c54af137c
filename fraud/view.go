package fraud

import (
	"context"
	"slices"
	"strings"

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

// alike are the sightings that any rule may count; a rule counts those of its
// own keys and window.
func (v *view) alike(ctx context.Context) ([]Sighting, error) {
	if v.read {
		return v.list, nil
	}
	v.read = true
	statement, args := v.statement(store.Engine(v.tx.Dialector.Name()))
	if statement == "" {
		return nil, nil
	}
	err := v.tx.WithContext(ctx).Raw(statement, args...).Find(&v.list).Error
	seen := map[int64]bool{v.own.ID: true}
	v.list = slices.DeleteFunc(v.list, func(s Sighting) bool {
		twice := seen[s.ID] // alike in more than one way
		seen[s.ID] = true
		return twice
	})
	return v.list, err
}

// statement asks for all readings at once; "" if there are none.
func (v *view) statement(engine store.Engine) (statement string, args []any) {
	var branches []string
	for _, r := range v.readings() {
		for _, s := range sides {
			branch, its := r.branch(s, v.own, engine)
			branches, args = append(branches, "SELECT "+counted+" FROM ("+branch+") AS sought"), append(args, its...)
		}
	}
	return strings.Join(branches, " UNION ALL "), args
}

// readings are those of the rules by whose keys the judged sighting can be
// counted; rules that differ in limit and window only share one.
func (v *view) readings() (list []reading) {
	for _, rule := range v.rules.all() {
		if rule.base() == "" || !rule.with(v.own, v.own) {
			continue
		}
		r := rule.reading(v.own)
		i := slices.IndexFunc(list, r.shares)
		if i < 0 {
			list = append(list, r)
			continue
		}
		list[i] = list[i].widened(r)
	}
	return list
}

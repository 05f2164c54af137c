package fraud

import (
	"context"
	"fmt"
	"slices"
	"time"

	"promobot/internal/store"
)

type sightedKey struct {
	Kind         Key
	Value        string
	Seen         int64
	SuspiciousAt *time.Time
}

// TableName is the table of what is counted across people.
func (sightedKey) TableName() string { return "sighted_keys" }

// lock takes the rows of what the rules count across people, in one statement
// and in one order, and tells whether the till was marked before. A rule with
// the participant among its keys is guarded by the participant's row.
func (r Rules) lock(ctx context.Context, tx *store.Tx, own Sighting) (suspicious bool, err error) {
	insert, args := "", []any{}
	for _, k := range r.across() {
		value, ok := own.key(k).(string)
		if !ok {
			continue
		}
		insert += ", (?, ?, 1)"
		args = append(args, k, value)
	}
	if insert == "" {
		return false, nil
	}
	var rows []sightedKey
	err = tx.WithContext(ctx).Raw("INSERT INTO sighted_keys (kind, value, seen) VALUES "+insert[2:]+
		" ON CONFLICT (kind, value) DO UPDATE SET seen = sighted_keys.seen + 1 RETURNING kind, value, seen, suspicious_at", args...).Find(&rows).Error
	for _, row := range rows {
		suspicious = suspicious || row.Kind == ByTill && row.SuspiciousAt != nil
	}
	return suspicious, err
}

// across are the keys by which people are counted together, sorted; the till is
// among them where a condition asks for its mark.
func (r Rules) across() (list []Key) {
	for _, rule := range r.all() {
		if k := rule.base(); k != "" && k != ByParticipant {
			list = append(list, k)
		}
		if rule.When != "" {
			list = append(list, ByTill)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// mark notes that the till is suspicious; the first moment stays.
func (r Rules) mark(ctx context.Context, tx *store.Tx, own Sighting, v Verdict) error {
	marks := func(hit Hit) bool {
		return slices.ContainsFunc(r.Velocity, func(rule Rule) bool { return rule.Mark && rule.ID == hit.Rule })
	}
	if !slices.ContainsFunc(v.Hits, marks) {
		return nil
	}
	err := tx.WithContext(ctx).Model(&sightedKey{}).Where("kind = ? AND value = ? AND suspicious_at IS NULL", ByTill, own.FN).
		Update("suspicious_at", tx.Now()).Error
	if err != nil {
		return fmt.Errorf("mark the till of %s: %w", own.Subject, err)
	}
	return nil
}

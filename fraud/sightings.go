package fraud

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// Judge counts the facts among all sightings, remembers them and says what the
// rules make of them. The caller has locked the participant; tills, phones and
// sellers that a rule counts across people are locked here, in one order. The
// same subject again is judged anew and remembered once.
func (r Rules) Judge(ctx context.Context, tx *store.Tx, f Facts) (Verdict, error) {
	own := f.sighting()
	suspicious, err := r.lock(ctx, tx, own)
	if err != nil {
		return Verdict{}, fmt.Errorf("lock what %s is counted by: %w", f.Subject, err)
	}
	seen := view{rules: r, tx: tx, own: own}
	v, err := r.weigh(f, suspicious, func() ([]Sighting, error) { return seen.alike(ctx) })
	if err != nil {
		return v, fmt.Errorf("judge %s: %w", f.Subject, err)
	}
	if err := r.remember(ctx, tx, own, v); err != nil {
		return v, fmt.Errorf("remember %s: %w", f.Subject, err)
	}
	if err := r.mark(ctx, tx, own, v); err != nil {
		return v, err
	}
	return r.exempt(ctx, tx, f.ParticipantID, v)
}

// Weigh is Judge on given sightings, with nothing remembered. It is pure.
func (r Rules) Weigh(f Facts, others []Sighting) (Verdict, error) {
	return r.weigh(f, false, func() ([]Sighting, error) { return others, nil })
}

func (r Rules) weigh(f Facts, suspicious bool, alike func() ([]Sighting, error)) (Verdict, error) {
	v, own := Verdict{Outcome: Allow, Rules: r.Version()}, f.sighting()
	for _, hit := range r.plain(f) {
		v = v.With(hit)
	}
	for _, rule := range r.all() {
		var m Measured
		if rule.base() != "" {
			others, err := alike()
			if err != nil {
				return v, err
			}
			if m = rule.measure(own, others); m.N <= rule.Limit {
				continue
			}
		}
		yes, err := rule.condition.holds(circumstancesOf(f, m.N, suspicious))
		if err != nil {
			return v, fmt.Errorf("condition of %s: %w", rule.ID, err)
		}
		if yes {
			v = v.With(Hit{Rule: rule.ID, Tier: rule.Tier, Score: rule.Score, Args: rule.args(own, m)})
		}
	}
	return v, nil
}

// remember keeps the sighting once, and the rules it was judged by.
func (r Rules) remember(ctx context.Context, tx *store.Tx, own Sighting, v Verdict) error {
	own.Rules, own.Outcome, own.SeenAt = v.Rules, v.Outcome, tx.Now()
	store.AppendOnce(tx, own)
	return r.keep(ctx, tx, v.Rules)
}

// TillDay lists what was seen at a till on a day of the shop's clock, oldest
// first, at most limit, and when the till was marked as suspicious, if it was.
func TillDay(ctx context.Context, g *gorm.DB, fn string, day time.Time, limit int) (list []Sighting, marked *time.Time, err error) {
	first, next := Sighting{BoughtAt: day}.shopDayBounds()
	err = g.WithContext(ctx).Order("id").Limit(limit).Find(&list, "fn = ? AND bought_at >= ? AND bought_at < ?", fn, first, next).Error
	if err != nil {
		return nil, nil, fmt.Errorf("till %s: %w", fn, err)
	}
	var key sightedKey
	if err := g.WithContext(ctx).Limit(1).Find(&key, "kind = ? AND value = ?", ByTill, fn).Error; err != nil {
		return list, nil, fmt.Errorf("till %s: %w", fn, err)
	}
	return list, key.SuspiciousAt, nil
}

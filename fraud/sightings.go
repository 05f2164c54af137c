package fraud

import (
	"context"
	"fmt"
	"slices"
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
	seen := view{r, tx, own, map[viewed][]Sighting{}}
	v, err := r.weigh(f, suspicious, func(rule Rule) ([]Sighting, error) { return seen.alike(ctx, rule) })
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
	return r.weigh(f, false, func(Rule) ([]Sighting, error) { return others, nil })
}

func (r Rules) weigh(f Facts, suspicious bool, alike func(Rule) ([]Sighting, error)) (Verdict, error) {
	v, own := Verdict{Outcome: Allow, Rules: r.Version()}, f.sighting()
	for _, hit := range r.plain(f) {
		v = v.With(hit)
	}
	for _, rule := range r.all() {
		var m Measured
		if rule.base() != "" {
			others, err := alike(rule)
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
		" ON CONFLICT (kind, value) DO UPDATE SET seen = sighted_keys.seen + 1 RETURNING kind, value, seen, suspicious_at", args...).Scan(&rows).Error
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

// view reads sightings once for all rules that share their first key and clock.
type view struct {
	rules Rules
	tx    *store.Tx
	own   Sighting
	seen  map[viewed][]Sighting
}

type viewed struct {
	key  Key
	shop bool
}

// columns are where a sighting keeps its keys.
var columns = map[Key]string{ByParticipant: "participant_id", ByPhone: "phone_mark", ByTill: "fn", ByINN: "inn"}

func (w Window) onShopClock() bool { return w.ShopDay || w.Shop }

// alike are the sightings that the rule may count. Where there are more than
// are looked at, the newest are: they alone exceed every limit of a count.
func (v *view) alike(ctx context.Context, rule Rule) ([]Sighting, error) {
	at := viewed{rule.base(), rule.Window.onShopClock()}
	list, known := v.seen[at]
	if known || v.own.key(at.key) == nil {
		return list, nil
	}
	query := v.tx.WithContext(ctx).Limit(2*mostSeen).Where(columns[at.key]+" = ? AND subject <> ?", v.own.key(at.key), v.own.Subject)
	err := v.within(query, at).Find(&list).Error
	v.seen[at] = list
	return list, err
}

// within bounds a query to what the widest window of the rules may reach.
func (v *view) within(query *gorm.DB, at viewed) *gorm.DB {
	widest := time.Duration(0)
	for _, rule := range v.rules.all() {
		if rule.base() == at.key && rule.Window.onShopClock() == at.shop {
			widest = max(widest, rule.Window.Slide)
		}
	}
	if at.shop {
		first, next := v.own.shopDayBounds()
		return query.Order("bought_at DESC").Where("bought_at >= ? AND bought_at < ?", first.Add(-widest), next.Add(widest))
	}
	return query.Order("submitted_at DESC").Where("submitted_at > ? AND submitted_at < ?", v.own.SubmittedAt.Add(-widest), v.own.SubmittedAt.Add(widest))
}

// remember keeps the sighting once, and the rules it was judged by.
func (r Rules) remember(ctx context.Context, tx *store.Tx, own Sighting, v Verdict) error {
	own.Rules, own.Outcome, own.SeenAt = v.Rules, v.Outcome, tx.Now()
	if _, err := store.Once(ctx, tx, &own); err != nil {
		return err
	}
	return r.keep(ctx, tx, v.Rules)
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

type ruleSet struct {
	Version string `gorm:"primaryKey"`
	Rules   []Rule `gorm:"serializer:json"`
	Since   time.Time
}

// TableName is the table of rules by their version.
func (ruleSet) TableName() string { return "rule_sets" }

// keep writes the rules down. Who has seen them there writes no more: a row
// that this very transaction wrote may yet be undone.
func (r Rules) keep(ctx context.Context, tx *store.Tx, version string) error {
	if r.kept != nil && r.kept.Load() {
		return nil
	}
	first, err := store.Once(ctx, tx, &ruleSet{Version: version, Rules: append([]Rule{}, r.all()...), Since: tx.Now()})
	if err == nil && !first && r.kept != nil {
		r.kept.Store(true)
	}
	return err
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

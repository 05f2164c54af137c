package fraud

import (
	"context"
	"time"

	"promobot/internal/store"
)

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

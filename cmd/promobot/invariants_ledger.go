package main

import (
	"context"

	"gorm.io/gorm"

	"promobot/points"
)

// lotsWhole: what is left in lots is the balance, and every debit is paired with
// the lots it took.
func lotsWhole(ctx context.Context, g *gorm.DB, v *verified) error {
	return v.more(ctx, g, books((points.Ledger).Lots))
}

// trailWhole: every posting stands in its chains as it was written, and every
// root covers them.
var trailWhole = books((points.Ledger).Chains)

// more adds another check to the row.
func (v *verified) more(ctx context.Context, g *gorm.DB, check func(context.Context, *gorm.DB, *verified) error) error {
	checked := v.Checked
	err := check(ctx, g, v)
	v.Checked += checked
	return err
}

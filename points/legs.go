package points

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Legs are those of the posting of a source; none if it does not stand. Entries
// of the running transaction are not seen.
func (Ledger) Legs(ctx context.Context, g *gorm.DB, source string) ([]Leg, error) {
	var legs []Leg
	err := g.WithContext(ctx).Table("ledger_entries AS e").Joins("JOIN postings AS p ON p.id = e.posting_id").
		Where("p.source = ?", source).Order("e.id").Select("e.account, e.amount").Scan(&legs).Error
	if err != nil {
		return nil, fmt.Errorf("legs of %s: %w", source, err)
	}
	return legs, nil
}

package points

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// Given sums what a participant still has of the grants of a subject such as
// "receipt:17", by the last part of their sources: available, set aside or
// owed, less what was taken back. What moved only between the participant's
// accounts is none of it, nor are prizes. Entries of the running transaction
// are not seen.
func (Ledger) Given(ctx context.Context, g *gorm.DB, participantID int64, subject string) (map[string]Amount, error) {
	var rows []struct {
		Source string
		Amount Amount
	}
	err := g.WithContext(ctx).Table("ledger_entries AS e").Joins("JOIN postings AS p ON p.id = e.posting_id").
		Where("e.account IN ?", []Account{Available(participantID), Held(participantID), Debt(participantID)}).
		Where("p.source LIKE ? AND p.kind NOT IN ?", subject+"/%", []Kind{Spending, Refund}).
		Select("p.source, SUM(e.amount) AS amount").Group("p.source").Having("SUM(e.amount) <> 0").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("given for %s: %w", subject, err)
	}
	given := map[string]Amount{}
	for _, row := range rows {
		given[row.Source[strings.LastIndex(row.Source, "/")+1:]] += row.Amount
	}
	return given, nil
}

// Legs are those of the posting of a source; none if it does not stand.
func (Ledger) Legs(ctx context.Context, g *gorm.DB, source string) ([]Leg, error) {
	var legs []Leg
	err := g.WithContext(ctx).Table("ledger_entries AS e").Joins("JOIN postings AS p ON p.id = e.posting_id").
		Where("p.source = ?", source).Order("e.id").Select("e.account, e.amount").Scan(&legs).Error
	if err != nil {
		return nil, fmt.Errorf("legs of %s: %w", source, err)
	}
	return legs, nil
}

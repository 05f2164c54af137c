package main

import (
	"context"

	"gorm.io/gorm"
)

// adjustmentsSeen: a change by hand beyond the limit of its time has a second
// person, and each is in the ledger as it was decided.
func adjustmentsSeen(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := v.count(ctx, g, "adjustments"); err != nil {
		return err
	}
	for what, query := range map[string]string{
		"was done by one person beyond the limit": `SELECT 'adjustment:' || id FROM adjustments
			WHERE status = 'posted' AND ABS(points) > limit_points OR status = 'approved' AND decided_by IN ('', asked_by)`,
		"is not in the books as it was decided": `SELECT 'adjustment:' || a.id FROM adjustments a
			WHERE CASE WHEN a.status IN ('posted', 'approved') THEN a.points ELSE 0 END <> COALESCE((SELECT SUM(e.amount) FROM postings p
				JOIN ledger_entries e ON e.posting_id = p.id
				WHERE p.source = 'adjustment:' || a.id || '/points' AND e.account = 'participant:' || a.participant_id || '/available'), 0)`,
	} {
		if err := v.broken(ctx, g, what, query); err != nil {
			return err
		}
	}
	return nil
}

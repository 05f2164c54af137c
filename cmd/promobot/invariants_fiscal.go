package main

import (
	"context"

	"gorm.io/gorm"
)

// quotasKept: no provider's Moscow day has more calls than its quota, and no
// call was made that was not counted before.
func quotasKept(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := v.count(ctx, g, "fiscal_days"); err != nil {
		return err
	}
	if err := v.broken(ctx, g, "has used more calls than its quota", `SELECT provider || ' on ' || day FROM fiscal_days
		WHERE quota > 0 AND used > quota`); err != nil {
		return err
	}
	return v.broken(ctx, g, "has more calls than were counted", `SELECT c.provider || ' on ' || c.day FROM
		(SELECT provider, day, COUNT(*) AS n FROM fiscal_calls WHERE outcome <> 'not_sent' GROUP BY provider, day) c
		LEFT JOIN fiscal_days d ON d.provider = c.provider AND d.day = c.day WHERE d.used IS NULL OR c.n > d.used`)
}

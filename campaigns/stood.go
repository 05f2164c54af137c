package campaigns

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// Stood returns the version that was the newest at the moment: the one by which
// what is not a purchase, such as a welcome, was granted. The first, if none was
// applied yet; ErrNone without a campaign.
func (b *Book) Stood(ctx context.Context, g *gorm.DB, moment time.Time) (Version, error) {
	rows, err := b.rows(ctx, g)
	if err != nil {
		return Version{}, err
	}
	chosen := rows[0]
	for _, row := range rows[1:] {
		if !row.AppliedAt.After(moment) {
			chosen = row
		}
	}
	return b.version(ctx, g, chosen.ID)
}

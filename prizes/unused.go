package prizes

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Ending lists certificates that people have and that end after from and not
// after until, by id from after the given one, at most limit.
func (s *Shop) Ending(ctx context.Context, g *gorm.DB, from, until time.Time, after int64, limit int) ([]Certificate, error) {
	var rows []certificateView
	err := views(ctx, g).Where("c.valid_until > ? AND c.valid_until <= ? AND c.id > ?", from, until, after).
		Order("c.id").Limit(limit).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("certificates that end: %w", err)
	}
	list := make([]Certificate, len(rows))
	for i, row := range rows {
		list[i] = row.certificate()
	}
	return list, nil
}

// Unused counts, for one prize, the certificates that people have.
type Unused struct {
	PrizeID  string `json:"prize_id"`
	Title    string `json:"title"`
	Issued   int64  `json:"issued"`   // in people's hands, opened or not
	Unopened int64  `json:"unopened"` // of these, whose code nobody has looked at
	Ending   int64  `json:"ending"`   // of the unopened, valid for less than thirty days
	Lapsed   int64  `json:"lapsed"`   // of the unopened, not valid any more
	Next     string `json:"next"`     // the next day on which an unopened one ends; "" if none does
}

// unusedEnding is what counts as ending soon.
const unusedEnding = 30 * 24 * time.Hour

// Unused reports, by prize, how many certificates lie unopened with the people
// who have them. Whether an opened one was used only the shop that took it knows.
func (s *Shop) Unused(ctx context.Context, g *gorm.DB, now time.Time) (list []Unused, err error) {
	err = g.WithContext(ctx).Raw(`SELECT p.id AS prize_id, p.title, COUNT(*) AS issued,
			SUM(CASE WHEN c.status = ? THEN 1 ELSE 0 END) AS unopened,
			SUM(CASE WHEN c.status = ? AND c.valid_until >= ? AND c.valid_until < ? THEN 1 ELSE 0 END) AS ending,
			SUM(CASE WHEN c.status = ? AND c.valid_until < ? THEN 1 ELSE 0 END) AS lapsed
		FROM certificates c JOIN prizes p ON p.id = c.prize_id WHERE c.status IN ? GROUP BY p.id, p.title ORDER BY p.id`,
		statusIssued, statusIssued, now, now.Add(unusedEnding), statusIssued, now, []string{statusIssued, statusOpened}).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("unused certificates: %w", err)
	}
	for i := range list {
		if list[i].Next, err = s.next(ctx, g, list[i].PrizeID, now); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// next is the next day on which an unopened certificate of the prize ends.
func (s *Shop) next(ctx context.Context, g *gorm.DB, prizeID string, now time.Time) (string, error) {
	var rows []certificateRow
	err := g.WithContext(ctx).Select("valid_until").Order("valid_until").Limit(1).
		Find(&rows, "prize_id = ? AND status = ? AND valid_until >= ?", prizeID, statusIssued, now).Error
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return moment(rows[0].ValidUntil, moscow).Format(time.DateOnly), nil
}

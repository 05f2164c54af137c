package prizes

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

type alertRow struct {
	PrizeID string `gorm:"primaryKey"`
	Free    int64
	Since   time.Time
}

// TableName is the table of pools that are low.
func (alertRow) TableName() string { return "stock_alerts" }

// watch gives one alert when the pool of a prize falls to its threshold; the
// next one comes only after it was filled above it.
func (s *Shop) watch(ctx context.Context, tx *store.Tx, p Prize) error {
	if p.LowStock == 0 {
		return nil
	}
	free, err := freeOf(ctx, tx.DB, p.ID, tx.Now())
	if err != nil || free > p.LowStock {
		return err
	}
	row := alertRow{PrizeID: p.ID, Free: free, Since: tx.Now()}
	first, err := store.Once(ctx, tx, &row)
	if err != nil || !first {
		return err
	}
	return tx.Enqueue(ctx, LowArgs{PrizeID: p.ID})
}

// refilled ends the alerts of pools that are above their thresholds again.
func refilled(ctx context.Context, tx *store.Tx, prizeIDs []string) error {
	for _, id := range prizeIDs {
		free, err := freeOf(ctx, tx.DB, id, tx.Now())
		if err != nil {
			return err
		}
		err = tx.WithContext(ctx).Where("prize_id = ? AND ? > (SELECT low_stock FROM prizes WHERE id = ?)", id, free, id).Delete(&alertRow{}).Error
		if err != nil {
			return err
		}
	}
	return nil
}

func freeOf(ctx context.Context, g *gorm.DB, prizeID string, now time.Time) (n int64, err error) {
	err = usable(g.WithContext(ctx).Model(&certificateRow{}), now).Where("prize_id = ?", prizeID).Count(&n).Error
	return n, err
}

// Shelf is the stock of one prize, counted now.
type Shelf struct {
	PrizeID    string     `json:"prize_id"`
	Sources    []string   `json:"sources"`
	Free       int64      `json:"free"`    // in the pool, not expired
	Expired    int64      `json:"expired"` // in the pool, never issued
	Reserved   int64      `json:"reserved"`
	Issued     int64      `json:"issued"`
	Opened     int64      `json:"opened"`
	Void       int64      `json:"void"`
	Ordered    int64      `json:"ordered"` // awards whose code is to come
	Gated      int64      `json:"gated"`   // awards that wait for tax documents
	Waiting    int64      `json:"waiting"` // people on the waiting list
	LowStock   int64      `json:"low_stock"`
	LowSince   *time.Time `json:"low_since"`   // when the alert was given; null: not low
	Paused     []string   `json:"paused"`      // suppliers that had no more of it a moment ago
	ImportedAt *time.Time `json:"imported_at"` // the last codes; null: none ever
}

// Stock counts every prize's stock, by id.
func (s *Shop) Stock(ctx context.Context, g *gorm.DB) ([]Shelf, error) {
	list, err := s.List(ctx, g)
	if err != nil {
		return nil, err
	}
	shelves := make([]Shelf, len(list))
	for i, p := range list {
		shelves[i] = Shelf{PrizeID: p.ID, Sources: p.Sources, Free: p.Free, LowStock: p.LowStock, Paused: []string{}}
		if err := s.fill(ctx, g, &shelves[i]); err != nil {
			return nil, fmt.Errorf("stock of %s: %w", p.ID, err)
		}
	}
	return shelves, nil
}

// fill counts one shelf.
func (s *Shop) fill(ctx context.Context, g *gorm.DB, shelf *Shelf) error {
	all, err := tally(ctx, g.Table("certificates").Where("prize_id = ?", shelf.PrizeID))
	if err != nil {
		return err
	}
	shelf.Expired = all[statusFree] - shelf.Free
	shelf.Reserved, shelf.Issued, shelf.Opened, shelf.Void = all[statusReserved], all[statusIssued], all[statusOpened], all[statusVoid]
	of, err := tally(ctx, g.Table("awards").Where("prize_id = ?", shelf.PrizeID))
	if err != nil {
		return err
	}
	shelf.Ordered, shelf.Gated = of[string(AwardOrdered)], of[string(AwardGated)]
	if err := g.WithContext(ctx).Model(&waitRow{}).Where("prize_id = ? AND told_at IS NULL", shelf.PrizeID).Count(&shelf.Waiting).Error; err != nil {
		return err
	}
	if shelf.LowSince, err = newest(ctx, g.Model(&alertRow{}).Where("prize_id = ?", shelf.PrizeID), "since"); err != nil {
		return err
	}
	imports := g.Model(&importRow{}).Where("id IN (SELECT import_id FROM certificates WHERE prize_id = ?)", shelf.PrizeID)
	if shelf.ImportedAt, err = newest(ctx, imports, "imported_at"); err != nil {
		return err
	}
	return g.WithContext(ctx).Model(&pauseRow{}).Where("prize_id = ? AND until > ?", shelf.PrizeID, s.db.Now()).Order("supplier").Pluck("supplier", &shelf.Paused).Error
}

// tally counts rows by their status.
func tally(ctx context.Context, rows *gorm.DB) (map[string]int64, error) {
	var counts []struct {
		Status string
		N      int64
	}
	err := rows.WithContext(ctx).Select("status, COUNT(*) AS n").Group("status").Scan(&counts).Error
	all := make(map[string]int64, len(counts))
	for _, c := range counts {
		all[c.Status] = c.N
	}
	return all, err
}

func newest(ctx context.Context, rows *gorm.DB, column string) (*time.Time, error) {
	var times []time.Time
	err := rows.WithContext(ctx).Order(column+" DESC").Limit(1).Pluck(column, &times).Error
	if err != nil || len(times) == 0 {
		return nil, err
	}
	at := times[0].UTC()
	return &at, nil
}

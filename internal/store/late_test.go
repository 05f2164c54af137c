package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"gorm.io/gorm"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

// campaignRow is a row with an id of its own.
type campaignRow struct {
	ID        int64
	Slug      string
	CreatedAt time.Time
}

func (campaignRow) TableName() string { return "campaigns" }

func slugs(t *testing.T, db *store.DB) (list []string) {
	t.Helper()
	if err := db.Read(context.Background()).Model(&campaignRow{}).Order("id").Pluck("slug", &list).Error; err != nil {
		t.Fatal(err)
	}
	return list
}

// What is appended comes last and together, tables in between or not.
func TestAppendedRowsAreWrittenInTheirOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.InTx(context.Background(), func(tx *store.Tx) error {
			for _, slug := range []string{"b", "a", "c"} {
				store.Append(tx, campaignRow{Slug: slug, CreatedAt: tx.Now()})
				store.Append(tx, nodeRow{ID: slug, RenewedAt: tx.Now()})
			}
			var n int64
			if err := tx.Model(&campaignRow{}).Count(&n).Error; err != nil || n != 0 {
				t.Errorf("%d rows before the end (%v), want none yet", n, err)
			}
			return nil
		})
		if got := slugs(t, db); err != nil || len(got) != 3 || got[0] != "b" || got[1] != "a" || got[2] != "c" {
			t.Errorf("%v (%v), want b a c", got, err)
		}
	})
}

func TestLateUpdateWantsItsRow(t *testing.T) {
	rename := func(tx *store.Tx, from string) error {
		return tx.Later(context.Background(), func(g *gorm.DB) *gorm.DB {
			return g.Model(&campaignRow{}).Where("slug = ?", from).Update("slug", "new")
		})
	}
	for _, tt := range []struct {
		name, from, want string
		err              error
	}{
		{"there", "old", "new", nil},
		{"gone", "another", "old", store.ErrMoved},
	} {
		t.Run(tt.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				ctx := context.Background()
				err := db.InTx(ctx, func(tx *store.Tx) error {
					return tx.Create(&campaignRow{Slug: "old", CreatedAt: tx.Now()}).Error
				})
				if err != nil {
					t.Fatal(err)
				}
				err = db.InTx(ctx, func(tx *store.Tx) error {
					store.Append(tx, nodeRow{ID: "a", RenewedAt: tx.Now()})
					return rename(tx, tt.from)
				})
				if !errors.Is(err, tt.err) {
					t.Errorf("error %v, want %v", err, tt.err)
				}
				var nodes int64
				if err := db.Read(ctx).Model(&nodeRow{}).Count(&nodes).Error; err != nil || (nodes == 1) != (tt.err == nil) {
					t.Errorf("%d other rows (%v)", nodes, err)
				}
				if got := slugs(t, db); len(got) != 1 || got[0] != tt.want {
					t.Errorf("%v, want %s", got, tt.want)
				}
			})
		})
	}
}

// A late row that the database refuses undoes everything before it, and the
// connection stays of use.
func TestRefusedLateRowUndoesTheTransaction(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		for range 3 {
			err := db.InTx(ctx, func(tx *store.Tx) error {
				store.Append(tx, campaignRow{Slug: "twice", CreatedAt: tx.Now()})
				store.Append(tx, campaignRow{Slug: "twice", CreatedAt: tx.Now()})
				return tx.Create(&nodeRow{ID: "a", RenewedAt: tx.Now()}).Error
			})
			if err == nil {
				t.Fatal("two rows with one unique key are taken")
			}
		}
		if got := slugs(t, db); len(got) != 0 {
			t.Errorf("%v are left", got)
		}
		err := db.InTx(ctx, func(tx *store.Tx) error { return tx.Create(&nodeRow{ID: "a", RenewedAt: tx.Now()}).Error })
		if err != nil {
			t.Errorf("the next transaction: %v", err)
		}
	})
}

// eagerArgs ask for more than a plain job does.
type eagerArgs struct {
	ringArgs
	opts river.InsertOpts
}

func (a eagerArgs) InsertOpts() river.InsertOpts { return a.opts }

// A job reads the same in the queue whichever way it came there.
func TestJobIsQueuedAsItsArgumentsSay(t *testing.T) {
	for _, tt := range []struct {
		name string
		opts river.InsertOpts
		want jobRow
	}{
		{"plain", river.InsertOpts{}, jobRow{State: "available", Queue: "default", Priority: 1, MaxAttempts: 25}},
		{"late in the queue", river.InsertOpts{Priority: 4}, jobRow{State: "available", Queue: "default", Priority: 4, MaxAttempts: 25}},
		{"one try elsewhere", river.InsertOpts{Queue: "other", MaxAttempts: 1}, jobRow{State: "available", Queue: "other", Priority: 1, MaxAttempts: 1}},
		{"tomorrow", river.InsertOpts{ScheduledAt: moment.AddDate(0, 0, 1)}, jobRow{State: "scheduled", Queue: "default", Priority: 1, MaxAttempts: 25}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			storetest.EachAt(t, func() time.Time { return moment }, func(t *testing.T, db *store.DB) {
				ctx := context.Background()
				if err := db.InTx(ctx, func(tx *store.Tx) error { return tx.Enqueue(ctx, eagerArgs{ringArgs{7}, tt.opts}) }); err != nil {
					t.Fatal(err)
				}
				var got []jobRow
				if err := db.Read(ctx).Table("river_job").Find(&got).Error; err != nil || len(got) != 1 {
					t.Fatalf("%d jobs (%v), want one", len(got), err)
				}
				at := got[0].CreatedAt
				got[0].CreatedAt = time.Time{}
				if got[0] != tt.want || at.Sub(moment).Abs() > time.Millisecond {
					t.Errorf("%+v made at %s, want %+v at %s", got[0], at, tt.want, moment)
				}
			})
		})
	}
}

type jobRow struct {
	State, Queue          string
	Priority, MaxAttempts int
	CreatedAt             time.Time
}

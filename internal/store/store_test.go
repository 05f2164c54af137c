package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

type nodeRow struct {
	ID        string
	RenewedAt time.Time
}

func (nodeRow) TableName() string { return "nodes" }

var moment = time.Date(2026, 3, 14, 15, 9, 26, 535_897_932, time.FixedZone("", 3*3600))

func TestTransactionKeepsItsMoment(t *testing.T) {
	storetest.EachAt(t, func() time.Time { return moment }, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		err := db.InTx(ctx, func(tx *store.Tx) error {
			return tx.Create(&nodeRow{ID: "a", RenewedAt: tx.Now()}).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		var got nodeRow
		if err := db.Read(ctx).First(&got, "id = ?", "a").Error; err != nil {
			t.Fatal(err)
		}
		if want := moment.UTC().Truncate(time.Microsecond); !got.RenewedAt.Equal(want) {
			t.Errorf("read %v, want %v", got.RenewedAt.UTC(), want)
		}
	})
}

func TestFailedTransactionLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, refusal := context.Background(), errors.New("no")
		err := db.InTx(ctx, func(tx *store.Tx) error {
			if err := tx.Create(&nodeRow{ID: "a", RenewedAt: tx.Now()}).Error; err != nil {
				return err
			}
			if err := tx.Enqueue(ctx, ringArgs{1}); err != nil {
				return err
			}
			return refusal
		})
		if !errors.Is(err, refusal) {
			t.Fatalf("error %v, want %v", err, refusal)
		}
		for _, table := range []string{"nodes", "river_job"} {
			var n int64
			if err := db.Read(ctx).Table(table).Count(&n).Error; err != nil || n != 0 {
				t.Errorf("%d rows in %s (%v), want none", n, table, err)
			}
		}
	})
}

func TestOnceInsertsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		for i, want := range []bool{true, false} {
			err := db.InTx(ctx, func(tx *store.Tx) error {
				first, err := store.Once(ctx, tx, &nodeRow{ID: "a", RenewedAt: tx.Now()})
				if first != want {
					t.Errorf("insert %d: first is %v, want %v", i, first, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// SQLite has readers of their own; PostgreSQL has one pool for all.
func TestReadersOfAFileCannotWrite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Read(context.Background()).Create(&nodeRow{ID: "a", RenewedAt: db.Now()}).Error
		refused := err != nil && strings.Contains(err.Error(), "readonly")
		if want := db.Engine == store.SQLite; refused != want {
			t.Errorf("a reader's write: %v; refused %t, want %t", err, refused, want)
		}
	})
}

func TestOpenRefusesOtherAddresses(t *testing.T) {
	for _, url := range []string{"", "sqlite:", "mysql://x", "promobot.db"} {
		if _, err := store.Open(context.Background(), url, nil); !errors.Is(err, store.ErrURL) {
			t.Errorf("Open(%q): %v, want ErrURL", url, err)
		}
	}
}

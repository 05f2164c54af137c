package points_test

import (
	"context"
	"fmt"
	"testing"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/points"
)

// BenchmarkPost measures one transaction that posts: an accrual, and a debit
// among fifty lots.
func BenchmarkPost(b *testing.B) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		for name, posting := range map[string]func(i int) points.Posting{
			"accrual": func(i int) points.Posting { return accrual(fmt.Sprintf("receipt:%d/lines", i), int64(i%500), 12) },
			"debit":   func(i int) points.Posting { return spending(fmt.Sprintf("award:%d", i), int64(i%500), 1) },
		} {
			b.Run(string(engine)+"/"+name, func(b *testing.B) {
				db := benchDB(b, engine)
				if name == "debit" {
					fillLots(b, db)
				}
				i := 0
				for b.Loop() {
					if err := post(context.Background(), db, posting(i)); err != nil {
						b.Fatal(err)
					}
					i++
				}
			})
		}
	}
}

func benchDB(b *testing.B, engine store.Engine) *store.DB {
	b.Helper()
	url := storetest.FreshURL(b, engine)
	if url == "" {
		b.Skip("no PostgreSQL")
	}
	db, err := store.Open(context.Background(), url, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db
}

// fillLots gives 500 participants fifty lots each.
func fillLots(b *testing.B, db *store.DB) {
	b.Helper()
	for id := range int64(500) {
		err := db.InTx(context.Background(), func(tx *store.Tx) error {
			for n := range 50 {
				if _, err := ledger.Post(context.Background(), tx, accrual(fmt.Sprintf("start:%d/%d", id, n), id, 1000)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

package points_test

import (
	"context"
	"testing"
	"time"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/points"
)

// D14: the report is what the ledger's entries and postings sum to by queries of
// the test's own, at the end and at a moment before it.
func TestLiabilityIsWhatTheLedgerSays(t *testing.T) {
	now := spring
	storetest.EachURL(t, func(t *testing.T, url string) {
		ctx, now := context.Background(), now
		db, err := store.Open(ctx, url, func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		steps := []points.Posting{
			lasting("a", 5, 100, 10), lasting("b", 5, 50, 40), accrual("c", 6, 70), spending("s", 5, 30), set("q/hold", 6, 20),
			{Source: "owe", Kind: points.Correction, Legs: points.Move(points.Debt(7), points.Issued(1), 9)},
			spending("t", 5, 80), release("q/release", "q/hold", 6, 5), {Source: "x", Kind: points.Expiry, Legs: points.Move(points.Available(5), points.Expired(1), 10)},
		}
		var middle time.Time
		for i, p := range steps {
			now = now.Add(time.Hour)
			if i == 6 {
				middle = now
			}
			if err := post(ctx, db, p); err != nil {
				t.Fatal(err)
			}
		}
		for _, tt := range []struct {
			before   time.Time
			want     points.Liability
			ending   []points.Amount
			breakage int64
		}{
			{before: middle, want: points.Liability{Available: 170, Held: 20, Debt: -9, Open: 50, Spent: 30}, ending: []points.Amount{70, 50}},
			{before: now.Add(time.Hour), want: points.Liability{Available: 85, Held: 15, Debt: -9, Open: 55, Spent: 110, Expired: 10}, ending: []points.Amount{30}, breakage: 83},
			{before: spring, want: points.Liability{}},
		} {
			l, err := ledger.Liability(ctx, db.Read(ctx), tt.before)
			if err != nil {
				t.Fatal(err)
			}
			if l.Available != tt.want.Available || l.Held != tt.want.Held || l.Debt != tt.want.Debt || l.Open != tt.want.Open || l.Spent != tt.want.Spent || l.Expired != tt.want.Expired {
				t.Errorf("before %v: %+v, want %+v", tt.before, l, tt.want)
			}
			if len(l.Ending) != len(tt.ending) {
				t.Fatalf("%+v, want %v", l.Ending, tt.ending)
			}
			for i, n := range tt.ending {
				if l.Ending[i].Points != n {
					t.Errorf("%+v, want %v", l.Ending, tt.ending)
				}
			}
			rate, known := l.Breakage()
			if known != (tt.want.Spent > 0) || rate != tt.breakage {
				t.Errorf("breakage %d %t, want %d", rate, known, tt.breakage)
			}
			var queried, open struct{ Available, Held, Debt, Spent, Expired, Open points.Amount }
			sum := func(like string) string {
				return `(SELECT COALESCE(SUM(amount), 0) FROM ledger_entries WHERE account LIKE '` + like + `' AND posting_id IN (SELECT id FROM postings WHERE posted_at < @before))`
			}
			err = db.Read(ctx).Raw("SELECT "+sum("participant:%/available")+" AS available, "+sum("participant:%/held")+" AS held, "+sum("participant:%/debt")+" AS debt, "+
				sum("campaign:%/spent")+" AS spent, "+sum("campaign:%/expired")+" AS expired", map[string]any{"before": tt.before}).Scan(&queried).Error
			if err != nil || queried.Available != l.Available || queried.Held != l.Held || queried.Debt != l.Debt || queried.Spent != l.Spent || queried.Expired != l.Expired {
				t.Errorf("the ledger's entries say %+v (%v), the report %+v", queried, err, l)
			}
			if tt.before.Before(now) {
				continue
			}
			if err := db.Read(ctx).Raw("SELECT SUM(remaining) AS open FROM lots WHERE expires_at IS NULL").Scan(&open).Error; err != nil || open.Open != l.Open {
				t.Errorf("open %d (%v), the report says %d", open.Open, err, l.Open)
			}
		}
		wantWhole(t, db)
	})
}

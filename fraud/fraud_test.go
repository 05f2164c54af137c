package fraud_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"promobot/fraud"
	"promobot/internal/money"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// minutes are moments relative to noon.
func minutes(list ...float64) []time.Time {
	times := make([]time.Time, len(list))
	for i, m := range list {
		times[i] = noon.Add(time.Duration(m * float64(time.Minute)))
	}
	return times
}

func TestReceiptsPerHour(t *testing.T) {
	for _, tt := range []struct {
		name   string
		others []time.Time
		want   fraud.Outcome
	}{
		{"first ever", nil, fraud.Allow},
		{"fifth of the hour", minutes(-50, -40, -30, -20), fraud.Allow},
		{"sixth of the hour", minutes(-50, -40, -30, -20, -10), fraud.Review},
		{"sixth, the first exactly an hour ago", minutes(-60, -40, -30, -20, -10), fraud.Allow},
		{"sixth, the first a moment less than an hour ago", minutes(-59.999, -40, -30, -20, -10), fraud.Review},
		{"sixth over a clock's full hour", minutes(-35, -34, -33, -32, -31), fraud.Review},
		{"all at once", minutes(0, 0, 0, 0, 0), fraud.Review},
		{"an earlier one that is verified last", minutes(10, 20, 30, 40, 50), fraud.Review},
		{"ten, but five on either side", minutes(-59, -58, -57, 57, 58, 59), fraud.Allow},
		{"a busy hour that does not hold this one", minutes(-100, -99, -98, -97, -96, -95), fraud.Allow},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := fraud.DefaultRules.Judge(fraud.Facts{At: noon, Verified: tt.others, NamesOnPhone: 1})
			if got.Outcome != tt.want {
				t.Errorf("%v, want %s", got, tt.want)
			}
		})
	}
}

func TestNamesPerPhone(t *testing.T) {
	for names, want := range map[int]fraud.Outcome{0: fraud.Allow, 1: fraud.Allow, 2: fraud.Review, 9: fraud.Review} {
		if got := fraud.DefaultRules.Judge(fraud.Facts{At: noon, NamesOnPhone: names}); got.Outcome != want {
			t.Errorf("%d names: %v, want %s", names, got, want)
		}
	}
}

func TestLinesDoNotCostMoreThanTheTotal(t *testing.T) {
	for lines, want := range map[money.Kopecks]fraud.Outcome{
		0: fraud.Allow, 1000_00: fraud.Allow, 1000_99: fraud.Allow, 1001_00: fraud.Review, 9000_00: fraud.Review,
	} {
		if got := (fraud.Rules{}).Judge(fraud.Facts{At: noon, Total: 1000_00, Lines: lines}); got.Outcome != want {
			t.Errorf("lines of %s on a total of 1000.00: %v, want %s", lines, got, want)
		}
	}
}

func TestZeroRulesHaveNoLimits(t *testing.T) {
	got := fraud.Rules{}.Judge(fraud.Facts{At: noon, Verified: minutes(0, 0, 0, 0, 0, 0, 0), NamesOnPhone: 7})
	if got.Outcome != fraud.Allow {
		t.Errorf("%v, want allow", got)
	}
}

func ExampleRules_Judge() {
	verdict := fraud.DefaultRules.Judge(fraud.Facts{At: noon, Verified: minutes(-5, -4, -3, -2, -1), NamesOnPhone: 3})
	fmt.Println(verdict)
	fmt.Println(verdict.Hits[1].Args)
	// Output:
	// review: fraud.names_per_phone, fraud.receipts_per_hour
	// map[limit:5 receipts:6]
}

func TestCaseIsOpenedAndDecidedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		in := func(fn func(tx *store.Tx) error) error { return db.InTx(ctx, fn) }
		hits := []fraud.Hit{{Rule: fraud.RuleNamesPerPhone, Args: map[string]any{"names": 2}}}
		for range 2 {
			if err := in(func(tx *store.Tx) error {
				if err := tx.Exec("INSERT INTO participants (id, language, created_at) VALUES (5, 'ru', ?) ON CONFLICT DO NOTHING", tx.Now()).Error; err != nil {
					return err
				}
				return fraud.OpenCase(ctx, tx, 5, "receipt:17", hits)
			}); err != nil {
				t.Fatal(err)
			}
		}
		list, err := fraud.Cases(ctx, db.Read(ctx), fraud.CaseOpen, 10)
		if err != nil || len(list) != 1 || list[0].Hits[0].Rule != fraud.RuleNamesPerPhone {
			t.Fatalf("open cases %v (%v), want one with its hit", list, err)
		}
		decide := func(to fraud.CaseStatus) error {
			return in(func(tx *store.Tx) error {
				_, err := fraud.Decide(ctx, tx, list[0].ID, to, "agent", "")
				return err
			})
		}
		if err := decide(fraud.CaseApproved); err != nil {
			t.Fatal(err)
		}
		if err := decide(fraud.CaseRefused); !errors.Is(err, fraud.ErrDecided) {
			t.Errorf("second decision: %v, want ErrDecided", err)
		}
		if _, err := fraud.CaseByID(ctx, db.Read(ctx), 999); !errors.Is(err, fraud.ErrNoCase) {
			t.Errorf("unknown case: %v, want ErrNoCase", err)
		}
	})
}

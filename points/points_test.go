package points_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/points"
)

var ledger points.Ledger

func post(ctx context.Context, db *store.DB, p points.Posting) error {
	return db.InTx(ctx, func(tx *store.Tx) error {
		_, err := ledger.Post(ctx, tx, p)
		return err
	})
}

func accrual(source string, participant int64, n points.Amount) points.Posting {
	return points.Posting{Source: source, Kind: points.Accrual, Legs: points.Move(points.Issued(1), points.Available(participant), n)}
}

func spending(source string, participant int64, n points.Amount) points.Posting {
	return points.Posting{Source: source, Kind: points.Spending, Legs: points.Move(points.Available(participant), points.Spent(1), n)}
}

func wantAvailable(t *testing.T, db *store.DB, participant int64, want points.Amount) {
	t.Helper()
	b, err := ledger.Balance(context.Background(), db.Read(context.Background()), participant)
	if err != nil || b.Available != want {
		t.Errorf("available %d (%v), want %d", b.Available, err, want)
	}
}

func wantWhole(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := context.Background()
	for name, check := range map[string]func() (int64, []points.Finding, error){
		"I3":     func() (int64, []points.Finding, error) { return ledger.Recount(ctx, db.Read(ctx), 5) },
		"I4":     func() (int64, []points.Finding, error) { return ledger.Signs(ctx, db.Read(ctx), 5) },
		"lots":   func() (int64, []points.Finding, error) { return ledger.Lots(ctx, db.Read(ctx), 5) },
		"chains": func() (int64, []points.Finding, error) { return ledger.Chains(ctx, db.Read(ctx), 5) },
	} {
		if _, found, err := check(); err != nil || len(found) > 0 {
			t.Errorf("%s: %v %v", name, found, err)
		}
	}
}

func TestPostingIsWrittenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		for range 3 {
			if err := post(ctx, db, accrual("receipt:1/lines", 5, 12)); err != nil {
				t.Fatal(err)
			}
		}
		wantAvailable(t, db, 5, 12)
		if err := post(ctx, db, accrual("receipt:1/lines", 5, 13)); !errors.Is(err, points.ErrConflict) {
			t.Errorf("other legs: %v, want ErrConflict", err)
		}
		wantWhole(t, db)
	})
}

func TestSpendingStopsAtZero(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		for _, step := range []struct {
			posting points.Posting
			err     error
			left    points.Amount
		}{
			{spending("award:0", 5, 1), points.ErrShort, 0},
			{accrual("receipt:1/lines", 5, 60), nil, 60},
			{spending("award:1", 5, 61), points.ErrShort, 60},
			{spending("award:2", 5, 60), nil, 0},
			{spending("award:3", 5, 1), points.ErrShort, 0},
		} {
			if err := post(ctx, db, step.posting); !errors.Is(err, step.err) {
				t.Errorf("%s: %v, want %v", step.posting.Source, err, step.err)
			}
			wantAvailable(t, db, 5, step.left)
		}
		wantWhole(t, db)
	})
}

func TestDebtStaysBelowZero(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		owe := points.Posting{Source: "a", Kind: points.Correction, Legs: points.Move(points.Debt(5), points.Issued(1), 10)}
		pay := points.Posting{Source: "b", Kind: points.Correction, Legs: points.Move(points.Issued(1), points.Debt(5), 11)}
		if err := post(ctx, db, owe); err != nil {
			t.Fatal(err)
		}
		if err := post(ctx, db, pay); !errors.Is(err, points.ErrShort) {
			t.Errorf("paying more than the debt: %v, want ErrShort", err)
		}
	})
}

func TestPostingMustBalance(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a, b := points.Available(1), points.Issued(1)
		for name, legs := range map[string][]points.Leg{
			"none":          nil,
			"one":           {{Account: a, Amount: 5}},
			"uneven":        {{Account: a, Amount: 5}, {Account: b, Amount: -4}},
			"empty leg":     {{Account: a, Amount: 0}, {Account: b, Amount: 0}},
			"account twice": {{Account: a, Amount: 5}, {Account: a, Amount: -5}},
		} {
			if err := post(context.Background(), db, points.Posting{Source: name, Kind: points.Accrual, Legs: legs}); err == nil {
				t.Errorf("%s: posted", name)
			}
		}
		wantWhole(t, db)
	})
}

// D14: the same points are spent twice at once.
func TestPointsAreSpentOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		if err := post(ctx, db, accrual("receipt:1/lines", 5, 60)); err != nil {
			t.Fatal(err)
		}
		errs := make([]error, 20)
		var done sync.WaitGroup
		for i := range errs {
			done.Go(func() { errs[i] = post(ctx, db, spending(fmt.Sprintf("award:%d", i), 5, 50)) })
		}
		done.Wait()
		spent := 0
		for _, err := range errs {
			switch {
			case err == nil:
				spent++
			case !errors.Is(err, points.ErrShort):
				t.Error(err)
			}
		}
		if spent != 1 {
			t.Errorf("spent %d times, want once", spent)
		}
		wantAvailable(t, db, 5, 10)
		wantWhole(t, db)
	})
}

// Postings that touch the same accounts from both ends do not deadlock.
func TestAccountsAreLockedInOneOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		for p := range int64(2) {
			if err := post(ctx, db, accrual(fmt.Sprintf("start:%d", p), p, 1000)); err != nil {
				t.Fatal(err)
			}
		}
		var done sync.WaitGroup
		for i := range 40 {
			done.Go(func() {
				from, to := int64(i%2), int64(1-i%2)
				p := points.Posting{Source: fmt.Sprintf("swap:%d", i), Kind: points.Correction,
					Legs: points.Move(points.Available(from), points.Available(to), 1)}
				if err := post(ctx, db, p); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		wantWhole(t, db)
	})
}

func TestRecountFindsATamperedBook(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		if err := post(ctx, db, accrual("receipt:1/lines", 5, 12)); err != nil {
			t.Fatal(err)
		}
		err := db.InTx(ctx, func(tx *store.Tx) error {
			return tx.Exec("UPDATE ledger_entries SET amount = 13 WHERE account = ?", points.Available(5)).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		_, found, err := ledger.Recount(ctx, db.Read(ctx), 5)
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprint(found)
		if len(found) != 2 || !strings.Contains(text, "receipt:1/lines") || !strings.Contains(text, "participant:5/available") {
			t.Errorf("found %v, want the posting and the account", found)
		}
	})
}

// Whatever is asked for in whatever order, the books stay whole and agree with
// a sum in memory.
func TestLedgerAgreesWithAModel(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, round := context.Background(), 0
		rapid.Check(t, func(r *rapid.T) {
			round++
			id, model := int64(round), points.Amount(0)
			for i, n := range rapid.SliceOfN(rapid.Int64Range(-50, 50), 1, 12).Draw(r, "changes") {
				p := accrual(fmt.Sprintf("%d/%d", round, i), id, points.Amount(n))
				switch err := post(ctx, db, p); {
				case err == nil:
					model += points.Amount(n)
				case errors.Is(err, points.ErrShort) && model+points.Amount(n) < 0:
				case n == 0:
				default:
					r.Fatal(err)
				}
			}
			b, err := ledger.Balance(ctx, db.Read(ctx), id)
			if err != nil || b.Available != model {
				r.Fatalf("available %d (%v), the model says %d", b.Available, err, model)
			}
		})
		wantWhole(t, db)
	})
}

func ExampleMove() {
	fmt.Println(points.Move(points.Issued(1), points.Available(5), 12))
	// Output: [{campaign:1/issued -12} {participant:5/available 12}]
}

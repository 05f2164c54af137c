package prizes_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"promobot/internal/money"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/prizes"
)

// clocked is a shop whose clock a test turns.
type clocked struct {
	world
	now *atomic.Int64
}

func eachClocked(t *testing.T, test func(w clocked)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) {
		var now atomic.Int64
		now.Store(noon.UnixMicro())
		db, err := store.Open(context.Background(), url, func() time.Time { return time.UnixMicro(now.Load()) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		v, err := vault.OpenOrCreate(filepath.Join(t.TempDir(), "keys.json"))
		if err != nil {
			t.Fatal(err)
		}
		test(clocked{world{t, db, prizes.NewShop(db, v)}, &now})
	})
}

func (w clocked) at(moment string) {
	w.Helper()
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		w.Fatal(err)
	}
	w.now.Store(at.UnixMicro())
}

// award is what one claim brings; person are the accounts that count together.
func (w clocked) award(participantID int64, prizeID, source string, person ...int64) (a prizes.Award, err error) {
	err = w.in(func(ctx context.Context, tx *store.Tx) error {
		if len(person) > 0 {
			if err := w.shop.LockPerson(ctx, tx, fmt.Sprint(person)); err != nil {
				return err
			}
		}
		a, err = w.shop.Issue(ctx, tx, prizes.Claim{ParticipantID: participantID, Person: person, PrizeID: prizeID, Source: source})
		return err
	})
	return a, err
}

func TestPerPersonLimit(t *testing.T) {
	eachClocked(t, func(w clocked) {
		w.put(prizes.Prize{ID: "mug", Title: "Кружка", Price: 1, PerPerson: 2, PerPersonDays: 30})
		w.put(prizes.Prize{ID: "tea", Title: "Чай", Price: 1, PerPerson: 1})
		w.stock("mug", 10)
		w.stock("tea", 10)
		p := w.people(1)[0]
		for i := range 2 {
			if _, err := w.award(p, "mug", fmt.Sprintf("a:%d", i)); err != nil {
				w.Fatal(err)
			}
		}
		_, err := w.award(p, "mug", "a:2")
		var limit *prizes.LimitError
		if !errors.As(err, &limit) || limit.Limit != 2 || !limit.Again.Equal(noon.Add(30*24*time.Hour)) {
			w.Errorf("%v (%+v), want the limit and when it ends", err, limit)
		}
		if a, err := w.award(p, "mug", "a:1"); err != nil || a.Status != prizes.AwardIssued {
			w.Errorf("the same source again: %+v, %v; want the first award", a, err)
		}
		w.now.Add((30*24*time.Hour - time.Second).Microseconds())
		if _, err := w.award(p, "mug", "a:3"); !errors.As(err, &limit) {
			w.Errorf("a second before the end: %v, want the limit", err)
		}
		w.now.Add(time.Second.Microseconds())
		if _, err := w.award(p, "mug", "a:4"); err != nil {
			w.Errorf("at the end: %v", err)
		}
		if _, err := w.award(p, "tea", "b:1"); err != nil {
			w.Fatal(err)
		}
		w.now.Add((1000 * 24 * time.Hour).Microseconds())
		if _, err := w.award(p, "tea", "b:2"); !errors.As(err, &limit) || !limit.Again.IsZero() {
			w.Errorf("for ever: %v", err)
		}
		w.must(func(_ context.Context, tx *store.Tx) error {
			return tx.Exec("UPDATE certificates SET status = 'void' WHERE prize_id = 'tea' AND status = 'issued'").Error
		})
		if _, err := w.award(p, "tea", "b:3"); err != nil {
			w.Errorf("after it was withdrawn: %v", err)
		}
	})
}

// Many accounts of one person at once get no more than the limit.
func TestLimitHoldsOverAccountsAtOnce(t *testing.T) {
	eachClocked(t, func(w clocked) {
		w.put(prizes.Prize{ID: "mug", Title: "Кружка", Price: 1, PerPerson: 3})
		w.stock("mug", 40)
		accounts := w.people(8)
		var issued, limited atomic.Int64
		race(40, func(i int) {
			_, err := w.award(accounts[i%8], "mug", fmt.Sprintf("a:%d", i), accounts...)
			var limit *prizes.LimitError
			switch {
			case err == nil:
				issued.Add(1)
			case errors.As(err, &limit):
				limited.Add(1)
			default:
				w.Error(err)
			}
		})
		if issued.Load() != 3 || limited.Load() != 37 {
			w.Errorf("%d issued and %d refused, want 3 and 37", issued.Load(), limited.Load())
		}
	})
}

func TestTax(t *testing.T) {
	for _, tt := range []struct{ sum, base, tax money.Kopecks }{
		{0, 0, 0},
		{3999_99, 0, 0},
		{4000_00, 0, 0},
		{4000_01, 1, 0},       // 0.35 kopecks
		{4001_42, 1_42, 0},    // 49.7 kopecks are dropped
		{4001_43, 1_43, 1_00}, // 50.05 kopecks are a rouble
		{4004_28, 4_28, 1_00}, // 149.8 kopecks
		{4004_29, 4_29, 2_00}, // 150.15 kopecks
		{5000_00, 1000_00, 350_00},
		{1_000_000_00, 996_000_00, 348_600_00},
	} {
		if base, tax := prizes.Excess(tt.sum), prizes.Tax(tt.sum); base != tt.base || tax != tt.tax {
			t.Errorf("of %s: base %s, tax %s; want %s and %s", tt.sum, base, tax, tt.base, tt.tax)
		}
	}
}

func TestTaxGate(t *testing.T) {
	cases := []struct {
		name     string
		first    money.Kopecks // given before
		firstAt  string
		second   money.Kopecks
		secondAt string
		want     prizes.AwardStatus
	}{
		{"a kopeck below", 2000_00, "2026-03-01T12:00:00Z", 1999_99, "2026-06-01T12:00:00Z", prizes.AwardIssued},
		{"exactly what is free", 2000_00, "2026-03-01T12:00:00Z", 2000_00, "2026-06-01T12:00:00Z", prizes.AwardIssued},
		{"a kopeck above", 2000_00, "2026-03-01T12:00:00Z", 2000_01, "2026-06-01T12:00:00Z", prizes.AwardGated},
		{"one prize alone", 0, "2026-03-01T12:00:00Z", 4000_01, "2026-06-01T12:00:00Z", prizes.AwardGated},
		{"of no value", 4000_00, "2026-03-01T12:00:00Z", 0, "2026-06-01T12:00:00Z", prizes.AwardIssued},
		{"in the last second of Moscow's year", 4000_00, "2026-03-01T12:00:00Z", 1_00, "2026-12-31T20:59:59Z", prizes.AwardGated},
		{"in the first second of the next", 4000_00, "2026-03-01T12:00:00Z", 1_00, "2026-12-31T21:00:00Z", prizes.AwardIssued},
		{"the first of this year by Moscow alone", 4000_00, "2025-12-31T21:00:00Z", 1_00, "2026-06-01T12:00:00Z", prizes.AwardGated},
		{"the last of the year before", 4000_00, "2025-12-31T20:59:59Z", 1_00, "2026-06-01T12:00:00Z", prizes.AwardIssued},
	}
	eachClocked(t, func(w clocked) {
		for i, tt := range cases {
			mug, tea, p := fmt.Sprintf("mug-%d", i), fmt.Sprintf("tea-%d", i), w.people(2)
			w.put(prizes.Prize{ID: mug, Title: "Кружка", Price: 1, Value: tt.first})
			w.put(prizes.Prize{ID: tea, Title: "Чай", Price: 1, Value: tt.second})
			w.stock(mug, 2)
			w.stock(tea, 2)
			w.at(tt.firstAt)
			if _, err := w.award(p[0], mug, mug); err != nil {
				w.Fatal(err)
			}
			w.at(tt.secondAt)
			if a, err := w.award(p[0], tea, tea); err != nil || a.Status != tt.want {
				w.Errorf("%s: %s, %v; want %s", tt.name, a.Status, err, tt.want)
			}
			if a, err := w.award(p[1], tea, tea+"/other"); err != nil || (a.Status == prizes.AwardGated) != (tt.second > prizes.TaxFreeYearly) {
				w.Errorf("%s: another person: %s, %v", tt.name, a.Status, err)
			}
		}
	})
}

// What is gated is reserved, not shown, and given when the documents are there.
func TestGatedPrizeIsKeptAndGiven(t *testing.T) {
	eachClocked(t, func(w clocked) {
		w.put(prizes.Prize{ID: "mug", Title: "Кружка", Price: 1, Value: 3000_00})
		w.stock("mug", 5)
		p := w.people(2)
		for i, want := range []prizes.AwardStatus{prizes.AwardIssued, prizes.AwardGated, prizes.AwardGated} {
			if a, err := w.award(p[0], "mug", fmt.Sprintf("a:%d", i), p...); err != nil || a.Status != want {
				w.Fatalf("%s, %v; want %s", a.Status, err, want)
			}
		}
		if a, err := w.award(p[1], "mug", "b", p...); err != nil || a.Status != prizes.AwardGated {
			w.Errorf("another account of the person: %s, %v; want it gated", a.Status, err)
		}
		if list, err := w.shop.Issued(context.Background(), w.db.Read(context.Background()), p[0]); err != nil || len(list) != 1 {
			w.Errorf("%d certificates can be shown, want 1 (%v)", len(list), err)
		}
		gated, err := w.shop.Gated(context.Background(), w.db.Read(context.Background()), p[0], 2026)
		if err != nil || len(gated) != 2 {
			w.Fatalf("%d wait, want 2 (%v)", len(gated), err)
		}
		w.must(func(ctx context.Context, tx *store.Tx) error {
			if err := w.shop.Clear(ctx, tx, p[0], 2026, "anna", "passport"); err != nil {
				return err
			}
			a, err := w.shop.Ungate(ctx, tx, gated[0])
			if err == nil && (a.Status != prizes.AwardIssued || a.Certificate.ID == 0) {
				err = fmt.Errorf("it is %s", a.Status)
			}
			return err
		})
		if err := w.in(func(ctx context.Context, tx *store.Tx) error { _, err := w.shop.Ungate(ctx, tx, gated[0]); return err }); !errors.Is(err, prizes.ErrMoved) {
			w.Errorf("given twice: %v, want ErrMoved", err)
		}
		w.must(func(ctx context.Context, tx *store.Tx) error { return w.shop.Return(ctx, tx, gated[1]) })
		if n := w.count("SELECT COUNT(*) FROM certificates WHERE status = 'void'"); n != 1 {
			w.Errorf("%d void, want the one that was reserved for what was returned", n)
		}
		if a, err := w.award(p[0], "mug", "a:9", p...); err != nil || a.Status != prizes.AwardIssued {
			w.Errorf("with documents: %s, %v; want it issued", a.Status, err)
		}
		sums, err := w.shop.YearSums(context.Background(), w.db.Read(context.Background()), 2026)
		if err != nil || len(sums) != 2 || sums[0].Sum != 9000_00 || !sums[0].Cleared || sums[0].Gated != 0 || sums[1].Gated != 1 || sums[1].Cleared {
			w.Errorf("%+v, %v", sums, err)
		}
	})
}

// A code that has expired while its award waited for documents is not handed
// out: another one is.
func TestReservedCodeMayExpire(t *testing.T) {
	eachClocked(t, func(w clocked) {
		w.put(prizes.Prize{ID: "mug", Title: "Кружка", Price: 1, Value: 5000_00})
		if _, err := w.load("prize_id,code,valid_until\nmug,MUG-0001,2026-06-10\n"); err != nil {
			w.Fatal(err)
		}
		p := w.people(1)[0]
		a, err := w.award(p, "mug", "a")
		if err != nil || a.Status != prizes.AwardGated {
			w.Fatalf("%+v, %v; want it gated", a, err)
		}
		w.at("2026-06-10T21:00:00Z")
		ungate := func() (given prizes.Award, err error) {
			return given, w.in(func(ctx context.Context, tx *store.Tx) (err error) {
				given, err = w.shop.Ungate(ctx, tx, a)
				return err
			})
		}
		if _, err := ungate(); !errors.Is(err, prizes.ErrOutOfStock) {
			w.Errorf("%v, want ErrOutOfStock with nothing but the expired code", err)
		}
		if _, err := w.load("prize_id,code,valid_until\nmug,MUG-0002,2026-12-31\n"); err != nil {
			w.Fatal(err)
		}
		given, err := ungate()
		if err != nil || given.Status != prizes.AwardIssued || given.Certificate.Expired(w.db.Now()) {
			w.Errorf("%+v, %v; want the good code", given, err)
		}
		if n := w.count("SELECT COUNT(*) FROM certificates WHERE status = 'void' AND award_id IS NULL"); n != 1 {
			w.Errorf("%d void codes, want the expired one", n)
		}
	})
}

func TestLowStockIsToldOnceUntilRefilled(t *testing.T) {
	eachClocked(t, func(w clocked) {
		w.put(prizes.Prize{ID: "mug", Title: "Кружка", Price: 1, LowStock: 2})
		w.stock("mug", 4)
		p := w.people(1)[0]
		told := func() int64 { return w.count("SELECT COUNT(*) FROM river_job WHERE kind = 'stock_low'") }
		for i, want := range []int64{0, 1, 1, 1} { // 3, 2, 1, 0 left
			if _, err := w.award(p, "mug", fmt.Sprintf("a:%d", i)); err != nil {
				w.Fatal(err)
			}
			if got := told(); got != want {
				w.Errorf("%d left: %d alerts, want %d", 3-i, got, want)
			}
		}
		shelves, err := w.shop.Stock(context.Background(), w.db.Read(context.Background()))
		if err != nil || len(shelves) != 1 || shelves[0].LowSince == nil || shelves[0].Issued != 4 || shelves[0].Free != 0 || shelves[0].ImportedAt == nil {
			w.Errorf("%+v, %v", shelves, err)
		}
		for batch, want := range []int64{1, 2} { // two codes are not above the threshold, three more are
			file := "prize_id,code\n"
			for i := range 2 + batch {
				file += fmt.Sprintf("mug,BATCH-%d-%d\n", batch, i)
			}
			if _, err := w.load(file); err != nil {
				w.Fatal(err)
			}
			for free := w.count("SELECT COUNT(*) FROM certificates WHERE status = 'free'"); free > 1; free-- {
				if _, err := w.award(p, "mug", fmt.Sprintf("b:%d:%d", batch, free)); err != nil {
					w.Fatal(err)
				}
			}
			if got := told(); got != want {
				w.Errorf("after batch %d: %d alerts, want %d", batch, got, want)
			}
		}
	})
}

func TestComplaint(t *testing.T) {
	eachClocked(t, func(w clocked) {
		w.put(prizes.Prize{ID: "mug", Title: "Кружка", Price: 1, ComplainDays: 10, Value: 2500_00, PerPerson: 1})
		w.stock("mug", 3)
		people := w.people(2)
		a, err := w.award(people[0], "mug", "a")
		if err != nil {
			w.Fatal(err)
		}
		complain := func(who int64) error {
			return w.in(func(ctx context.Context, tx *store.Tx) error {
				return w.shop.Complain(ctx, tx, who, a.Certificate.ID, prizes.ProblemUsed)
			})
		}
		if err := complain(people[0]); !errors.Is(err, prizes.ErrUnseen) {
			w.Errorf("before the first view: %v, want ErrUnseen", err)
		}
		code, _, err := w.open(people[0], a.Certificate.ID)
		if err != nil {
			w.Fatal(err)
		}
		if err := complain(people[1]); !errors.Is(err, prizes.ErrNotYours) {
			w.Errorf("of another: %v, want ErrNotYours", err)
		}
		w.now.Add((10*24*time.Hour + time.Second).Microseconds())
		if err := complain(people[0]); !errors.Is(err, prizes.ErrTooLate) {
			w.Errorf("after ten days: %v, want ErrTooLate", err)
		}
		w.now.Add(-2 * time.Second.Microseconds())
		if err := complain(people[0]); err != nil {
			w.Errorf("within ten days: %v", err)
		}
		if err := complain(people[0]); !errors.Is(err, prizes.ErrComplaint) {
			w.Errorf("twice: %v, want ErrComplaint", err)
		}
		c, found, err := w.shop.Complaint(context.Background(), w.db.Read(context.Background()), a.Certificate.ID)
		if err != nil || !found || c.Proof.OpenedBy != "update:1" || !c.Proof.OpenedAt.Equal(noon) || c.Proof.Code != code || c.Proof.FileName != "codes.csv" {
			w.Errorf("%+v, %v, %v", c, found, err)
		}
		errs := make([]error, 4)
		race(4, func(i int) {
			errs[i] = w.in(func(ctx context.Context, tx *store.Tx) error {
				_, err := w.shop.Replace(ctx, tx, a.Certificate.ID)
				return err
			})
		})
		replaced := 0
		for _, err := range errs {
			if err == nil {
				replaced++
			}
		}
		if n := w.count("SELECT COUNT(*) FROM awards WHERE replaces_id = ?", a.Certificate.ID); replaced < 1 || n != 1 {
			w.Errorf("%d replacements, %d awards; want one: %v", replaced, n, errs)
		}
		list, err := w.shop.Issued(context.Background(), w.db.Read(context.Background()), people[0])
		if err != nil || len(list) != 1 || list[0].ID == a.Certificate.ID {
			w.Fatalf("%+v, %v; want the new certificate alone", list, err)
		}
		sums, err := w.shop.YearSums(context.Background(), w.db.Read(context.Background()), 2026)
		if err != nil || len(sums) != 1 || sums[0].Sum != 2500_00 {
			w.Errorf("%+v, %v; want the value counted once", sums, err)
		}
		if second, _, err := w.open(people[0], list[0].ID); err != nil || second == code {
			w.Errorf("the new code is %v like the old one (%v)", second, err)
		}
	})
}

func TestExpiredCertificateIsNotShown(t *testing.T) {
	eachClocked(t, func(w clocked) {
		w.put(prizes.Prize{ID: "mug", Title: "Кружка", Price: 1})
		if _, err := w.load("prize_id,code,valid_until\nmug,MUG-0001,2026-06-10\n"); err != nil {
			w.Fatal(err)
		}
		p := w.people(1)[0]
		a, err := w.award(p, "mug", "a")
		if err != nil {
			w.Fatal(err)
		}
		w.at("2026-06-10T20:59:59Z")
		first, _, err := w.open(p, a.Certificate.ID)
		if err != nil || first.Reveal() != "MUG-0001" {
			w.Errorf("in its last second: %v, %v", first, err)
		}
		w.at("2026-06-10T21:00:00Z")
		if code, c, err := w.open(p, a.Certificate.ID); !errors.Is(err, prizes.ErrExpired) || code != "" || c.Title != "Кружка" {
			w.Errorf("after it: %v, %+v, %v; want ErrExpired", code, c, err)
		}
	})
}

// What lies in the database, dumped as it is, shows no code.
func TestOrderedCodesLieSealed(t *testing.T) {
	eachClocked(t, func(w clocked) {
		w.put(prizes.Prize{ID: "mug", Title: "Кружка", Price: 1, Sources: []string{"supplier:alpha"}})
		if _, err := w.award(w.people(1)[0], "mug", "a"); err != nil {
			w.Fatal(err)
		}
		w.must(func(ctx context.Context, tx *store.Tx) error {
			o, err := w.shop.Order(ctx, tx.DB, 1)
			if err != nil {
				return err
			}
			_, err = w.shop.Deliver(ctx, tx, o, "OPEN-SECRET-7", nil)
			return err
		})
		for _, table := range []string{"certificates", "supply_orders", "awards", "river_job"} {
			var rows []map[string]any
			if err := w.db.Read(context.Background()).Table(table).Find(&rows).Error; err != nil {
				w.Fatal(err)
			}
			for _, row := range rows {
				for column, value := range row {
					if bytes, ok := value.([]byte); ok {
						value = string(bytes)
					}
					if strings.Contains(fmt.Sprint(value), "OPEN-SECRET") {
						w.Errorf("%s.%s shows the code", table, column)
					}
				}
			}
		}
	})
}

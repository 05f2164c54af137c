package prizes_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/prizes"
)

// noon is the clock of these tests: in Moscow 15:00 of 1 June 2026.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

type world struct {
	*testing.T
	db   *store.DB
	shop *prizes.Shop
}

// eachShop runs a test on both engines with a catalogue of a mug and a tea.
func eachShop(t *testing.T, test func(w world)) {
	t.Helper()
	clock := func() time.Time { return noon }
	storetest.EachAt(t, clock, func(t *testing.T, db *store.DB) {
		v, err := vault.OpenOrCreate(filepath.Join(t.TempDir(), "keys.json"))
		if err != nil {
			t.Fatal(err)
		}
		w := world{t, db, prizes.NewShop(db, v)}
		w.put(prizes.Prize{ID: "mug", Title: "Кружка", TitleEN: "Mug", Price: 300, HowToUse: "Покажите код", HowToUseEN: "Show the code"})
		w.put(prizes.Prize{ID: "tea", Title: "Чай", Price: 100})
		test(w)
	})
}

func (w world) in(fn func(ctx context.Context, tx *store.Tx) error) error {
	ctx := context.Background()
	return w.db.InTx(ctx, func(tx *store.Tx) error { return fn(ctx, tx) })
}

func (w world) must(fn func(ctx context.Context, tx *store.Tx) error) {
	w.Helper()
	if err := w.in(fn); err != nil {
		w.Fatal(err)
	}
}

func (w world) put(p prizes.Prize) {
	w.Helper()
	w.must(func(ctx context.Context, tx *store.Tx) error { return w.shop.Put(ctx, tx, p) })
}

// people makes n participants and returns their ids.
func (w world) people(n int) []int64 {
	w.Helper()
	ids := make([]int64, n)
	w.must(func(_ context.Context, tx *store.Tx) error {
		for i := range ids {
			const insert = "INSERT INTO participants (language, created_at) VALUES ('ru', ?) RETURNING id"
			if err := tx.Raw(insert, tx.Now()).Scan(&ids[i]).Error; err != nil {
				return err
			}
		}
		return nil
	})
	return ids
}

func (w world) load(file string) (got prizes.Import, err error) {
	w.Helper()
	err = w.in(func(ctx context.Context, tx *store.Tx) error {
		got, err = w.shop.Import(ctx, tx, strings.NewReader(file), "codes.csv")
		return err
	})
	return got, err
}

// stock loads n codes of a prize.
func (w world) stock(prizeID string, n int) {
	w.Helper()
	var file strings.Builder
	file.WriteString("prize_id,code\n")
	for i := range n {
		fmt.Fprintf(&file, "%s,%s-CODE-%05d\n", prizeID, strings.ToUpper(prizeID), i)
	}
	if got, err := w.load(file.String()); err != nil || got.Added != int64(n) {
		w.Fatalf("added %d of %d codes: %v", got.Added, n, err)
	}
}

func (w world) issue(participantID int64, prizeID, source string) (c prizes.Certificate, err error) {
	err = w.in(func(ctx context.Context, tx *store.Tx) error {
		a, err := w.shop.Issue(ctx, tx, prizes.Claim{ParticipantID: participantID, PrizeID: prizeID, Source: source})
		c = a.Certificate
		return err
	})
	return c, err
}

func (w world) open(participantID, certificateID int64) (code prizes.Code, c prizes.Certificate, err error) {
	err = w.in(func(ctx context.Context, tx *store.Tx) error {
		code, c, err = w.shop.Open(ctx, tx, participantID, certificateID, prizes.View{Source: "update:1"})
		return err
	})
	return code, c, err
}

func (w world) count(query string, args ...any) (n int64) {
	w.Helper()
	if err := w.db.Read(context.Background()).Raw(query, args...).Scan(&n).Error; err != nil {
		w.Fatal(err)
	}
	return n
}

// race runs fn for all numbers at once.
func race(n int, fn func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	all.Wait()
}

func TestLastCertificateHasOneOwner(t *testing.T) {
	eachShop(t, func(w world) {
		w.stock("mug", 1)
		people, errs := w.people(50), make([]error, 50)
		race(50, func(i int) {
			_, errs[i] = w.issue(people[i], "mug", fmt.Sprintf("choice:%d", i))
		})
		owners := 0
		for _, err := range errs {
			if err == nil {
				owners++
			} else if !errors.Is(err, prizes.ErrOutOfStock) {
				w.Error(err)
			}
		}
		if owners != 1 {
			w.Errorf("%d owners, want 1", owners)
		}
		if awards := w.count("SELECT COUNT(*) FROM awards"); awards != 1 {
			w.Errorf("%d awards were written, want 1", awards)
		}
	})
}

// More claims than codes: every code goes, none twice.
func TestStockGoesToTheLastCode(t *testing.T) {
	eachShop(t, func(w world) {
		w.stock("mug", 50)
		people, errs := w.people(200), make([]error, 200)
		race(200, func(i int) {
			_, errs[i] = w.issue(people[i], "mug", fmt.Sprintf("choice:%d", i))
		})
		issued := 0
		for _, err := range errs {
			if err == nil {
				issued++
			} else if !errors.Is(err, prizes.ErrOutOfStock) {
				w.Error(err)
			}
		}
		if issued != 50 {
			w.Errorf("%d issued, want 50", issued)
		}
		const owned = "SELECT COUNT(DISTINCT c.award_id) FROM certificates c JOIN awards a ON a.id = c.award_id WHERE c.status = 'issued'"
		if n := w.count(owned); n != 50 {
			w.Errorf("%d certificates with an award of their own, want 50", n)
		}
		if n := w.count("SELECT COUNT(*) FROM awards"); n != 50 {
			w.Errorf("%d awards, want 50", n)
		}
	})
}

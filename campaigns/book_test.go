package campaigns_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/points"
)

// clock is a clock that a test moves.
type clock struct{ at atomic.Int64 }

func newClock(utc string) *clock {
	c := &clock{}
	c.at.Store(wall(utc).UnixMicro())
	return c
}

func (c *clock) now() time.Time       { return time.UnixMicro(c.at.Load()).UTC() }
func (c *clock) set(utc string)       { c.at.Store(wall(utc).UnixMicro()) }
func (c *clock) pass(d time.Duration) { c.at.Add(d.Microseconds()) }

// eachBook runs a test on both engines with a clock of its own.
func eachBook(t *testing.T, utc string, test func(w library)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := newClock(utc)
		db, err := store.Open(context.Background(), url, c.now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		test(library{t, db, c, &campaigns.Book{}})
	})
}

// library is a book with its database and its clock.
type library struct {
	*testing.T
	db   *store.DB
	time *clock
	book *campaigns.Book
}

func (w library) apply(t campaigns.Terms) (number int, changed bool, err error) {
	ctx := context.Background()
	err = w.db.InTx(ctx, func(tx *store.Tx) error {
		number, changed, err = w.book.Apply(ctx, tx, t)
		return err
	})
	return number, changed, err
}

func (w library) must(t campaigns.Terms, want int) {
	w.Helper()
	if number, changed, err := w.apply(t); err != nil || !changed || number != want {
		w.Fatalf("version %d, changed %v, %v; want version %d", number, changed, err, want)
	}
}

// judges tells which version judges a purchase.
func (w library) judges(bought string) int {
	w.Helper()
	ctx := context.Background()
	v, err := w.book.At(ctx, w.db.Read(ctx), wall(bought))
	if err != nil {
		w.Fatal(err)
	}
	return v.Number
}

func TestBookJudgesByTheVersionInForce(t *testing.T) {
	eachBook(t, "2026-02-20T09:00", func(w library) {
		w.must(march(), 1)
		w.time.set("2026-03-05T09:00") // noon in Moscow
		second := march()
		second.PerProduct = 20
		w.must(second, 2)
		third := second
		third.PerProduct, third.EffectiveFrom = 30, wall("2026-03-20T00:00")
		w.must(third, 3)
		for bought, want := range map[string]int{
			"2016-11-01T00:00": 1, "2026-03-01T00:00": 1, "2026-03-05T11:59": 1, "2026-03-05T12:00": 2,
			"2026-03-19T23:59": 2, "2026-03-20T00:00": 3, "2030-01-01T00:00": 3,
		} {
			if got := w.judges(bought); got != want {
				w.Errorf("bought at %s: version %d, want %d", bought, got, want)
			}
		}
		ctx := context.Background()
		v, err := w.book.Newest(ctx, w.db.Read(ctx))
		if err != nil || v.Number != 3 || v.PerProduct != 30 || v.Slug != "spring" {
			w.Errorf("newest %+v (%v), want the third", v.Number, err)
		}
		again, err := w.book.ByID(ctx, w.db.Read(ctx), v.ID)
		if err != nil || again.Judge != v.Judge || again.CampaignID != v.CampaignID {
			w.Errorf("by id: %+v (%v), want the same version", again, err)
		}
	})
}

// TestBookKeepsTermsWhole: what comes back from the database is what went in.
func TestBookKeepsTermsWhole(t *testing.T) {
	eachBook(t, "2026-02-20T09:00", func(w library) {
		terms, problems := parse(whole, sheet)
		if len(problems) > 0 {
			w.Fatal(problems)
		}
		w.must(terms, 1)
		ctx := context.Background()
		v, err := w.book.Newest(ctx, w.db.Read(ctx))
		if err != nil || len(campaigns.Diff(terms, v.Terms)) > 0 {
			w.Errorf("%v differs by %v", err, campaigns.Diff(terms, v.Terms))
		}
	})
}

func TestBookKeepsUnchangedTermsOnce(t *testing.T) {
	eachBook(t, "2026-03-05T09:00", func(w library) {
		w.must(march(), 1)
		w.time.pass(time.Hour)
		if number, changed, err := w.apply(march()); number != 1 || changed || err != nil {
			w.Errorf("version %d, changed %v, %v; want the first, unchanged", number, changed, err)
		}
		other := march()
		other.Welcome = 7
		w.must(other, 2)
		w.time.pass(time.Hour)
		w.must(march(), 3) // back to the first terms is a change, too
	})
}

func TestBookRefusesToRewrite(t *testing.T) {
	eachBook(t, "2026-03-05T09:00", func(w library) {
		w.must(march(), 1)
		second := march()
		second.PerProduct, second.EffectiveFrom = 20, wall("2026-03-20T00:00")
		w.must(second, 2)
		for _, from := range []string{"2026-03-20T00:00", "2026-03-10T00:00"} {
			next := march()
			next.PerProduct, next.EffectiveFrom = 30, wall(from)
			if _, _, err := w.apply(next); !errors.Is(err, campaigns.ErrRewrite) {
				w.Errorf("in force from %s: %v, want ErrRewrite", from, err)
			}
		}
		now := march()
		now.PerProduct = 40
		if _, _, err := w.apply(now); !errors.Is(err, campaigns.ErrRewrite) {
			w.Errorf("in force from now: %v, want ErrRewrite", err)
		}
		if got := w.judges("2026-03-20T00:00"); got != 2 {
			w.Errorf("version %d, want the second", got)
		}
	})
}

// TestBookMendsTermsBeforeTheStart: until the first purchase nothing is judged,
// so a mistake can be mended without a day of wrong terms.
func TestBookMendsTermsBeforeTheStart(t *testing.T) {
	eachBook(t, "2026-02-20T09:00", func(w library) {
		w.must(march(), 1)
		mended := march()
		mended.PerProduct = 20
		w.must(mended, 2)
		if got := w.judges("2026-03-01T00:00"); got != 2 {
			w.Errorf("the first purchase is judged by version %d, want the mended second", got)
		}
		w.time.set("2026-03-05T09:00")
		later := march()
		later.PerProduct = 30
		w.must(later, 3)
		if got := w.judges("2026-03-05T11:59"); got != 2 {
			w.Errorf("before the third: version %d, want 2", got)
		}
	})
}

func TestBookRunsTheNewestCampaign(t *testing.T) {
	eachBook(t, "2026-03-05T09:00", func(w library) {
		ctx := context.Background()
		if _, err := w.book.Newest(ctx, w.db.Read(ctx)); !errors.Is(err, campaigns.ErrNone) {
			w.Errorf("%v, want ErrNone", err)
		}
		if _, err := w.book.At(ctx, w.db.Read(ctx), wall("2026-03-05T00:00")); !errors.Is(err, campaigns.ErrNone) {
			w.Errorf("%v, want ErrNone", err)
		}
		w.must(march(), 1)
		summer := march()
		summer.Slug = "summer"
		w.must(summer, 1)
		mended := march()
		mended.Welcome = 1
		w.must(mended, 2)
		if v, err := w.book.Newest(ctx, w.db.Read(ctx)); err != nil || v.Slug != "summer" {
			w.Errorf("%s (%v), want summer", v.Slug, err)
		}
		if _, err := w.book.ByID(ctx, w.db.Read(ctx), 999); err == nil {
			w.Error("a version that does not exist was found")
		}
	})
}

// TestBookIsRaced: two files applied many times at once are numbered one after
// another, each once: coming back to the first would need a later moment.
func TestBookIsRaced(t *testing.T) {
	eachBook(t, "2026-03-05T09:00", func(w library) {
		var made atomic.Int64
		var group sync.WaitGroup
		for i := range 16 {
			group.Go(func() {
				terms := march()
				terms.Welcome = points.Amount(7 + i%2)
				_, changed, err := w.apply(terms)
				if err != nil && !errors.Is(err, campaigns.ErrRewrite) {
					w.Error(err)
				}
				if changed {
					made.Add(1)
				}
			})
		}
		group.Wait()
		var numbers []int
		ctx := context.Background()
		if err := w.db.Read(ctx).Table("campaign_versions").Order("number").Pluck("number", &numbers).Error; err != nil {
			w.Fatal(err)
		}
		if made.Load() != 2 || !slices.Equal(numbers, []int{1, 2}) {
			w.Errorf("made %d, versions %v; want two, numbered 1 and 2", made.Load(), numbers)
		}
	})
}

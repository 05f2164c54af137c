package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

// lease is short enough for a test and long enough for a busy machine.
const lease = 3 * time.Second

func replica(t *testing.T, url string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	db.Lease = lease
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestLeadRunsAndReturnsWhatItRan(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		db, want := replica(t, url), errors.New("done")
		for range 2 { // the lead is free again at once
			if err := db.Lead(context.Background(), "poll", func(context.Context) error { return want }); !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		}
		ended, end := context.WithCancel(context.Background())
		end()
		err := db.Lead(ended, "poll", func(ctx context.Context) error { return context.Cause(ctx) })
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("after its end: %v", err)
		}
	})
}

// eachReplicated runs the test where there are replicas: one process owns a
// SQLite file and leads in everything.
func eachReplicated(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) {
		if !strings.HasPrefix(url, "sqlite:") {
			test(t, url)
		}
	})
}

// Of several replicas one leads; when it ends, another does at once, and each
// name has a leader of its own.
func TestLeadIsOnlyOnes(t *testing.T) {
	eachReplicated(t, func(t *testing.T, url string) {
		var leading, most, terms, other atomic.Int64
		ctx, end := context.WithTimeout(context.Background(), 3*time.Second)
		defer end()
		var replicas sync.WaitGroup
		for range 4 {
			db := replica(t, url)
			replicas.Go(func() {
				for ctx.Err() == nil {
					_ = db.Lead(ctx, "poll", func(ctx context.Context) error {
						most.Store(max(most.Load(), leading.Add(1)))
						terms.Add(1)
						time.Sleep(50 * time.Millisecond)
						leading.Add(-1)
						return nil
					})
				}
			})
		}
		replicas.Go(func() {
			_ = replica(t, url).Lead(ctx, "send", func(context.Context) error { other.Add(1); return nil })
		})
		replicas.Wait()
		if most.Load() != 1 || terms.Load() < 4 || other.Load() != 1 {
			t.Errorf("%d led at once in %d terms, %d in another name; want 1, more than 4, 1", most.Load(), terms.Load(), other.Load())
		}
	})
}

func TestLeadIsKeptForOneThatEndsSlowly(t *testing.T) {
	eachReplicated(t, func(t *testing.T, url string) {
		first, second := replica(t, url), replica(t, url)
		ctx, end := context.WithCancel(context.Background())
		began, ended := make(chan struct{}), make(chan time.Time, 1)
		go func() {
			_ = first.Lead(ctx, "poll", func(ctx context.Context) error {
				close(began)
				<-ctx.Done()
				time.Sleep(lease * 3 / 2) // drains for longer than the lease
				ended <- time.Now()
				return nil
			})
		}()
		<-began
		end()
		var next time.Time
		if err := second.Lead(context.Background(), "poll", func(context.Context) error { next = time.Now(); return nil }); err != nil {
			t.Fatal(err)
		}
		if done := <-ended; next.Before(done) {
			t.Errorf("the next led %s before the first had ended", done.Sub(next))
		}
	})
}

func TestLeadThatIsLostIsTakenAgain(t *testing.T) {
	eachReplicated(t, func(t *testing.T, url string) {
		db := replica(t, url)
		ctx, end := context.WithTimeout(context.Background(), 30*time.Second)
		defer end()
		terms := 0
		err := db.Lead(ctx, "poll", func(ctx context.Context) error {
			if terms++; terms == 2 {
				return nil
			}
			rob := `UPDATE leaders SET holder = 'robber', held_until = now() + interval '1 second'`
			if err := db.InTx(ctx, func(tx *store.Tx) error { return tx.Exec(rob).Error }); err != nil {
				return err
			}
			<-ctx.Done()
			if cause := context.Cause(ctx); !errors.Is(cause, store.ErrLost) {
				t.Errorf("it ended because of %v, want ErrLost", cause)
			}
			return errors.New("an end that nobody reads")
		})
		if err != nil || terms != 2 {
			t.Errorf("%v after %d terms, want two", err, terms)
		}
	})
}

// A leader whose database is away gives up before another can lead.
func TestLeadEndsBeforeItsLease(t *testing.T) {
	eachReplicated(t, func(t *testing.T, url string) {
		db := replica(t, url)
		ctx, end := context.WithTimeout(context.Background(), 30*time.Second)
		defer end()
		start := time.Now()
		_ = db.Lead(ctx, "poll", func(ctx context.Context) error {
			start = time.Now()
			_ = db.Close()
			<-ctx.Done()
			if took := time.Since(start); took > lease || !errors.Is(context.Cause(ctx), store.ErrLost) {
				t.Errorf("after %s because of %v, want ErrLost within %s", took, context.Cause(ctx), lease)
			}
			end()
			return nil
		})
	})
}

package store_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

type ringArgs struct {
	N int `json:"n"`
}

func (ringArgs) Kind() string { return "test_ring" }

type ringWorker struct {
	river.WorkerDefaults[ringArgs]
	heard chan int
}

func (w *ringWorker) Work(_ context.Context, job *river.Job[ringArgs]) error {
	w.heard <- job.Args.N
	return nil
}

func startRinging(t *testing.T, db *store.DB) chan int {
	t.Helper()
	heard, workers := make(chan int, 10), river.NewWorkers()
	river.AddWorker(workers, &ringWorker{heard: heard})
	w, err := db.NewWorker(store.WorkerConfig{Workers: workers, Parallel: 2, Lease: time.Second,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return heard
}

func hear(t *testing.T, heard chan int) int {
	t.Helper()
	select {
	case n := <-heard:
		return n
	case <-time.After(20 * time.Second):
		t.Fatal("the job was not worked")
		return 0
	}
}

func TestCommittedJobIsWorked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		heard, ctx := startRinging(t, db), context.Background()
		if err := db.InTx(ctx, func(tx *store.Tx) error { return tx.Enqueue(ctx, ringArgs{7}) }); err != nil {
			t.Fatal(err)
		}
		if n := hear(t, heard); n != 7 {
			t.Errorf("heard %d, want 7", n)
		}
	})
}

// A killed process leaves its jobs running; the next start, or on PostgreSQL
// another replica after the lease, takes them up.
func TestJobOfKilledNodeIsWorkedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		err := db.InTx(ctx, func(tx *store.Tx) error {
			if err := tx.Enqueue(ctx, ringArgs{3}); err != nil {
				return err
			}
			attempted := `'["killed"]'`
			if db.Engine == store.Postgres {
				attempted = `ARRAY['killed']`
			}
			return tx.Exec("UPDATE river_job SET state = 'running', attempt = 1, attempted_at = created_at, attempted_by = " + attempted).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := hear(t, startRinging(t, db)); n != 3 {
			t.Errorf("heard %d, want 3", n)
		}
	})
}

// The end of a job could not be written down: its row says that it runs, and
// nobody works on it.
func TestStrandedJobIsWorkedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		heard, ctx := startRinging(t, db), context.Background()
		if err := db.InTx(ctx, func(tx *store.Tx) error { return tx.Enqueue(ctx, ringArgs{5}) }); err != nil {
			t.Fatal(err)
		}
		hear(t, heard)
		stranded := int64(0)
		for deadline := time.Now().Add(10 * time.Second); stranded == 0 && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
			err := db.InTx(ctx, func(tx *store.Tx) error {
				res := tx.Exec("UPDATE river_job SET state = 'running', finalized_at = NULL WHERE state = 'completed'")
				stranded = res.RowsAffected
				return res.Error
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if n := hear(t, heard); n != 5 {
			t.Errorf("heard %d, want 5", n)
		}
	})
}

// Two processes on one SQLite file would take each other's jobs for left over.
func TestOneProcessWorksOnAFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		startRinging(t, db)
		second, err := db.NewWorker(store.WorkerConfig{Workers: river.NewWorkers(), Parallel: 1, Lease: time.Second,
			Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
		if err != nil {
			t.Fatal(err)
		}
		err = second.Start(context.Background())
		if want := db.Engine == store.SQLite; errors.Is(err, store.ErrOwned) != want {
			t.Errorf("a second worker starts with %v", err)
		}
		if err == nil {
			if err := second.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
}

func startPeriodic(t *testing.T, db *store.DB, workers *river.Workers) *store.Worker {
	t.Helper()
	w, err := db.NewWorker(store.WorkerConfig{Workers: workers, Parallel: 2, Lease: time.Second,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Periodic: []store.Periodic{{Every: 24 * time.Hour, Args: ringArgs{7}}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	return w
}

// However many replicas there are and however often they start, a period has
// one job.
func TestPeriodicJobComesOnceInAPeriod(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		heard, workers := make(chan int, 10), river.NewWorkers()
		river.AddWorker(workers, &ringWorker{heard: heard})
		replicas := []*store.Worker{startPeriodic(t, db, workers)}
		if db.Engine == store.Postgres { // a SQLite file has one process
			replicas = append(replicas, startPeriodic(t, db, workers))
		}
		hear(t, heard)
		for range 2 {
			for _, w := range replicas {
				if err := w.Stop(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			replicas = []*store.Worker{startPeriodic(t, db, workers)}
			time.Sleep(300 * time.Millisecond) // what would come comes at the start
		}
		if err := replicas[0].Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		var n int64
		if err := db.Read(context.Background()).Table("river_job").Count(&n).Error; err != nil || n != 1 || len(heard) != 0 {
			t.Errorf("%d jobs (%v) and %d more rings, want one and none", n, err, len(heard))
		}
	})
}

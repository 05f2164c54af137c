package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"syscall"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// How the queue is run. A killed process must cost seconds, not the hour of the
// queue's defaults.
const (
	jobTimeout  = 30 * time.Second
	rescueAfter = 60 * time.Second

	// LongestJob is the longest Timeout that a worker may ask for. What works
	// longer would be rescued, and work twice at the same time.
	LongestJob = rescueAfter - 5*time.Second

	// Snoozes below five seconds are fetched at once; the queue's scheduler
	// wakes longer ones every five seconds.
	fetchEvery = 50 * time.Millisecond
)

// WorkerConfig says how jobs are worked.
type WorkerConfig struct {
	Workers  *river.Workers
	Parallel int           // jobs at a time, 1…1000
	Lease    time.Duration // a replica silent for so long is dead; PostgreSQL only
	Logger   *slog.Logger
	Periodic []Periodic
}

// Periodic is a job that comes once in a period, however many replicas there
// are and however often they start.
type Periodic struct {
	Every time.Duration // 1 minute at least
	Args  river.JobArgs
}

// job is the queue's own word for it. A period that has its job already, from
// another replica or from before a restart, gets no second one.
func (p Periodic) job() *river.PeriodicJob {
	once := &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: p.Every}}
	return river.NewPeriodicJob(river.PeriodicInterval(p.Every),
		func() (river.JobArgs, *river.InsertOpts) { return p.Args, once }, &river.PeriodicJobOpts{RunOnStart: true})
}

// Worker works the queue until it is stopped.
type Worker struct {
	db     *DB
	client *river.Client[*sql.Tx]
	lease  *lease
	strays *stranded
	lock   *os.File // of SQLite, while it works
}

// NewWorker returns a worker that has not started.
func (db *DB) NewWorker(c WorkerConfig) (*Worker, error) {
	id := "promobot-" + randomID()
	strays := newStranded(db, id)
	periodic := make([]*river.PeriodicJob, len(c.Periodic))
	for i, p := range c.Periodic {
		periodic[i] = p.job()
	}
	client, err := river.NewClient(db.driver(), &river.Config{
		ID:                   id,
		Workers:              c.Workers,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: c.Parallel}},
		PollOnly:             true,
		FetchCooldown:        fetchEvery,
		FetchPollInterval:    fetchEvery,
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: rescueAfter,
		Logger:               quiet(),
		ErrorHandler:         jobErrors{c.Logger},
		Middleware:           []rivertype.Middleware{strays},
		PeriodicJobs:         periodic,
		Test:                 river.TestConfig{Time: db.timer},
	})
	if err != nil {
		return nil, fmt.Errorf("open the worker: %w", err)
	}
	return &Worker{db: db, client: client, lease: &lease{db: db, node: id, length: c.Lease}, strays: strays}, nil
}

// ErrOwned reports that another process works on the SQLite file. Only one may:
// it takes up what was left running, so that two would work everything twice.
var ErrOwned = errors.New("store: another process works on this SQLite file")

// own takes the lock beside the SQLite file; it goes with the process, however
// that ends. The file itself must not be opened for it: closing any handle of it
// would drop SQLite's own locks.
func (w *Worker) own() (err error) {
	if w.db.Engine != SQLite {
		return nil
	}
	w.lock, err = os.OpenFile(w.db.file+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("own the queue: %w", err)
	}
	if err := syscall.Flock(int(w.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = ErrOwned
		}
		return fmt.Errorf("own the queue: %w", errors.Join(err, w.lock.Close()))
	}
	return nil
}

// Start frees what a killed process left running and begins to work. On SQLite
// this process owns the file, so everything that runs is left over; on
// PostgreSQL only what nodes without a lease were running.
func (w *Worker) Start(ctx context.Context) error {
	if err := w.own(); err != nil {
		return err
	}
	if err := w.recover(ctx); err != nil {
		return fmt.Errorf("recover the queue: %w", err)
	}
	w.strays.start(ctx)
	return w.client.Start(ctx)
}

func (w *Worker) recover(ctx context.Context) error {
	if w.db.Engine == Postgres {
		return w.lease.start(ctx)
	}
	if _, err := w.db.pool().ExecContext(ctx, "UPDATE river_job SET state = 'available' WHERE state = 'running'"); err != nil {
		return err
	}
	// The dead leader's lease would keep retries waiting for fifteen seconds.
	_, err := w.db.pool().ExecContext(ctx, "DELETE FROM river_leader")
	return err
}

// Stop lets running jobs end, within ctx, and takes no new ones.
func (w *Worker) Stop(ctx context.Context) error {
	err := w.client.Stop(ctx)
	w.strays.stop()
	w.lease.stop()
	if w.lock != nil {
		_ = w.lock.Close()
	}
	if err != nil {
		return fmt.Errorf("stop the worker: %w", err)
	}
	return nil
}

// jobErrors logs what a job could not do: this is the jobs' door.
type jobErrors struct{ log *slog.Logger }

// HandleError logs a job's error; the queue tries again by its plan.
func (h jobErrors) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	h.log.Error("job", "kind", job.Kind, "id", job.ID, "attempt", job.Attempt, "error", err)
	return nil
}

// HandlePanic logs a job's panic; the queue tries again by its plan.
func (h jobErrors) HandlePanic(_ context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	h.log.Error("job panicked", "kind", job.Kind, "id", job.ID, "attempt", job.Attempt, "panic", value, "trace", trace)
	return nil
}

// quiet silences the queue's own log: jobs are logged by jobErrors.
func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// queueTime hands the product's clock to the queue. With the wall clock the
// queue asks the database, so that replicas agree.
type queueTime struct{ clock func() time.Time }

// NowUTC is the clock's moment.
func (q *queueTime) NowUTC() time.Time {
	if q.clock == nil {
		return time.Now().UTC()
	}
	return q.clock().UTC()
}

// NowUTCOrNil is nil with the wall clock.
func (q *queueTime) NowUTCOrNil() *time.Time {
	if q.clock == nil {
		return nil
	}
	now := q.clock().UTC()
	return &now
}

package store

import (
	"context"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// How soon a stranded job is taken up. The queue tries for seven seconds to
// write down how a job ended; if the job runs again meanwhile, no harm is done.
const (
	lookForStranded = 2 * time.Second
	strandedAfter   = 3 * time.Second
)

// stranded puts jobs back to the queue whose end could not be written down,
// because the database was away or its disk full. Their rows would say
// "running" until the queue's own rescue, more than a minute later, and whoever
// waits for their work would wait as long.
type stranded struct {
	river.MiddlewareDefaults
	db   *DB
	node string

	mu      sync.Mutex
	working map[int64]bool      // the jobs that run here
	missed  map[int64]time.Time // rows that say they run here and do not, since when

	cancel context.CancelFunc
	done   sync.WaitGroup
}

func newStranded(db *DB, node string) *stranded {
	return &stranded{db: db, node: node, working: map[int64]bool{}, missed: map[int64]time.Time{}}
}

// Work notes that the job runs, while it does.
func (s *stranded) Work(ctx context.Context, job *rivertype.JobRow, inner func(context.Context) error) error {
	s.note(job.ID, true)
	defer s.note(job.ID, false)
	return inner(ctx)
}

func (s *stranded) note(id int64, works bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if works {
		s.working[id] = true
		return
	}
	delete(s.working, id)
}

func (s *stranded) start(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.done.Go(func() {
		ticker := time.NewTicker(lookForStranded)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				_ = s.look(ctx) // what fails is tried again at the next tick
			}
		}
	})
}

func (s *stranded) stop() {
	if s.cancel != nil {
		s.cancel()
		s.done.Wait()
	}
}

// look compares the rows that say they run here with what does.
func (s *stranded) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*lookForStranded)
	defer cancel()
	mine := "state = 'running'" // on SQLite this process owns the file
	args := []any{}
	if s.db.Engine == Postgres {
		mine += " AND attempted_by[array_upper(attempted_by, 1)] = ?"
		args = append(args, s.node)
	}
	var ids []int64
	if err := s.db.Read(ctx).Raw("SELECT id FROM river_job WHERE "+mine, args...).Scan(&ids).Error; err != nil {
		return err
	}
	over := s.overdue(ids, time.Now())
	if len(over) == 0 {
		return nil
	}
	return s.db.write.WithContext(ctx).Exec("UPDATE river_job SET state = 'available' WHERE id IN ? AND "+mine, append([]any{over}, args...)...).Error
}

// overdue returns the rows that nobody has worked on for a while, and forgets
// those that have gone on.
func (s *stranded) overdue(ids []int64, now time.Time) (over []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	missed := map[int64]time.Time{}
	for _, id := range ids {
		if s.working[id] {
			continue
		}
		since, known := s.missed[id]
		if !known {
			since = now
		}
		if now.Sub(since) >= strandedAfter {
			over = append(over, id)
			continue
		}
		missed[id] = since
	}
	s.missed = missed
	return over
}

package store

import (
	"context"
	"errors"
	"time"
)

// ErrLost is the cause with which the context of a leader ends whose lead could
// not be renewed in time: another may lead now.
var ErrLost = errors.New("store: the lead is lost")

// defaultLease is how long a dead leader keeps the others waiting.
const defaultLease = 15 * time.Second

// Lead runs run while no other replica leads in the name. It waits for its
// turn, and after the lead was lost it waits again. When ctx ends, run may take
// its time to end: the lead is kept for it. Lead returns what run returned, nil
// if ctx ended before its turn came.
//
// On PostgreSQL the lead is a lease by the database's time, renewed three times
// in its length. SQLite has one process, which leads in everything.
func (db *DB) Lead(ctx context.Context, name string, run func(ctx context.Context) error) error {
	if db.Engine == SQLite {
		return run(ctx)
	}
	l := &lead{db: db, name: name, holder: randomID(), length: db.Lease}
	if l.length == 0 {
		l.length = defaultLease
	}
	for l.take(ctx) {
		if lost, err := l.hold(ctx, run); !lost || ctx.Err() != nil {
			return err
		}
	}
	return nil
}

// lead is one replica's wish to lead in a name.
type lead struct {
	db     *DB
	name   string
	holder string
	length time.Duration
	fresh  time.Time // before the last renewal that succeeded
}

// take waits until the lead is ours; false when ctx ends first. Trouble of the
// database is waited out too.
func (l *lead) take(ctx context.Context) bool {
	ticker := time.NewTicker(min(time.Second, l.length/3))
	defer ticker.Stop()
	for ctx.Err() == nil {
		if l.claim(ctx, takeover) == nil {
			return true
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	return false
}

// hold leads: it runs run beside the renewals, and tells whether the lead was
// lost meanwhile.
func (l *lead) hold(ctx context.Context, run func(ctx context.Context) error) (lost bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done, kept := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(kept)
		if lost = !l.keep(done); lost {
			cancel(ErrLost)
		}
	}()
	err = run(ctx)
	close(done)
	<-kept
	l.release()
	return lost, err
}

// keep renews the lead until done; false when another has it, or could have it
// soon because no renewal succeeded for too long.
func (l *lead) keep(done <-chan struct{}) bool {
	pause := l.length / 3
	for {
		select {
		case <-done:
			return true
		case <-time.After(pause):
		}
		switch err := l.claim(context.Background(), renewal); {
		case err == nil:
			pause = l.length / 3
		case errors.Is(err, errTaken), time.Since(l.fresh) > l.length*2/3:
			return false
		default: // the database is away, or slow
			pause = l.length / 20
		}
	}
}

// The statements that make or keep the lead ours.
const (
	takeover = `INSERT INTO leaders (name, holder, held_until) VALUES ($1, $2, now() + make_interval(secs => $3))
		ON CONFLICT (name) DO UPDATE SET holder = EXCLUDED.holder, held_until = EXCLUDED.held_until
		WHERE leaders.held_until < now()`
	renewal = `UPDATE leaders SET held_until = now() + make_interval(secs => $3)
		WHERE name = $1 AND holder = $2 AND held_until > now()`
)

var errTaken = errors.New("store: another leads")

func (l *lead) claim(ctx context.Context, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, l.length/3)
	defer cancel()
	start := time.Now()
	res, err := l.db.pool().ExecContext(ctx, statement, l.name, l.holder, l.length.Seconds())
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, errTaken)
	}
	l.fresh = start
	return nil
}

// release lets the next one lead at once. If that fails, the lease ends by
// itself.
func (l *lead) release() {
	ctx, cancel := context.WithTimeout(context.Background(), l.length/3)
	defer cancel()
	_, _ = l.db.pool().ExecContext(ctx, "DELETE FROM leaders WHERE name = $1 AND holder = $2", l.name, l.holder)
}

package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"
)

// A lease tells other replicas on PostgreSQL that this node lives. It is
// renewed three times in its length, by the database's time. Jobs that a node
// without a lease was running go back to the queue.
type lease struct {
	db     *DB
	node   string
	length time.Duration

	cancel context.CancelFunc
	done   sync.WaitGroup
}

func (l *lease) start(ctx context.Context) error {
	if err := l.renew(ctx); err != nil {
		return err
	}
	ctx, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
	l.done.Go(func() { l.keep(ctx) })
	return nil
}

func (l *lease) keep(ctx context.Context) {
	ticker := time.NewTicker(l.length / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			// A renewal that fails is tried again at the next tick; if the
			// database is away, no other replica can take our jobs either.
			_ = l.renewSoon(ctx)
		}
	}
}

// renewSoon gives a connection up that stays silent, before the lease ends.
func (l *lease) renewSoon(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, l.length*2/3)
	defer cancel()
	return l.renew(ctx)
}

func (l *lease) renew(ctx context.Context) error {
	pool := l.db.pool()
	if _, err := pool.ExecContext(ctx, `INSERT INTO nodes (id, renewed_at) VALUES ($1, now())
		ON CONFLICT (id) DO UPDATE SET renewed_at = now()`, l.node); err != nil {
		return err
	}
	dead := l.length.Seconds()
	if _, err := pool.ExecContext(ctx, `UPDATE river_job SET state = 'available'
		WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] NOT IN
			(SELECT id FROM nodes WHERE renewed_at > now() - make_interval(secs => $1))`, dead); err != nil {
		return err
	}
	_, err := pool.ExecContext(ctx, `DELETE FROM nodes WHERE renewed_at < now() - make_interval(secs => $1)`, 100*dead)
	return err
}

func (l *lease) stop() {
	if l.cancel == nil {
		return
	}
	l.cancel()
	l.done.Wait()
	_, _ = l.db.pool().ExecContext(context.Background(), "DELETE FROM nodes WHERE id = $1", l.node)
}

func randomID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return hex.EncodeToString(b[:])
}

// Package store is the ground that every room stands on: one database, SQLite
// or PostgreSQL, its transactions with their moment and their jobs, and the
// locks both engines agree on. It knows nothing of the business.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// ErrURL reports a database address that is neither "sqlite:FILE" nor
// "postgres://…".
var ErrURL = errors.New(`store: a database address is "sqlite:FILE" or "postgres://…"`)

// Engine names a database engine.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// DB is an open database. It is safe for use by many goroutines.
type DB struct {
	Engine Engine
	Lease  time.Duration // how long a silent leader keeps its lead; set before Lead, 0: fifteen seconds

	write *gorm.DB // on SQLite one connection: the only one that writes
	read  *gorm.DB // on PostgreSQL the same as write
	file  string   // of SQLite
	now   func() time.Time
	timer *queueTime
	queue *river.Client[*sql.Tx] // inserts only
}

// Open opens the database at url: "sqlite:FILE" (created if absent) or
// "postgres://…". The clock gives the moment of every row; nil is the wall
// clock. Nothing is migrated.
func Open(ctx context.Context, url string, clock func() time.Time) (*DB, error) {
	db := &DB{now: clock, timer: &queueTime{clock}}
	if clock == nil {
		db.now = time.Now
	}
	if err := db.dial(ctx, url); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	queue, err := river.NewClient(db.driver(), &river.Config{
		Logger: quiet(),
		Test:   river.TestConfig{Time: db.timer},
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the queue: %w", err), db.Close())
	}
	db.queue = queue
	return db, nil
}

func (db *DB) dial(ctx context.Context, url string) error {
	file, isSQLite := strings.CutPrefix(url, "sqlite:")
	switch {
	case isSQLite && file != "":
		return db.dialSQLite(ctx, file)
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		return db.dialPostgres(ctx, url)
	}
	return ErrURL
}

// gormConfig is made anew for every Open: GORM keeps the dialector in it.
func gormConfig() *gorm.Config {
	return &gorm.Config{SkipDefaultTransaction: true, Logger: logger.Discard}
}

// Close closes all connections; the writer's last, since SQLite folds its log
// into the file when the last connection that may write goes.
func (db *DB) Close() error {
	if db.read == db.write {
		return closePool(db.write)
	}
	return errors.Join(closePool(db.read), closePool(db.write))
}

func closePool(g *gorm.DB) error {
	if g == nil {
		return nil
	}
	pool, err := g.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

// Read returns a handle for queries outside transactions. It must not be used
// inside InTx: on SQLite it would not see what the transaction wrote.
func (db *DB) Read(ctx context.Context) *gorm.DB {
	return db.read.WithContext(ctx)
}

// Now is the clock's moment in UTC, to the microsecond: what both engines keep.
func (db *DB) Now() time.Time {
	return db.now().UTC().Truncate(time.Microsecond)
}

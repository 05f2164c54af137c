package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"reflect"
	"time"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Tx is one transaction. It is passed by hand to everything that writes.
type Tx struct {
	*gorm.DB
	now   time.Time
	queue *river.Client[*sql.Tx]
	conn  *sql.Conn // of PostgreSQL, the one that the transaction is on
	late  late

	memory  map[reflect.Type]any
	clocked *time.Time // the moment by a clock that was handed in; nil: the wall clock's
}

// InTx runs fn in one transaction: all its rows and jobs exist if fn returns
// nil, none otherwise. Inside fn there are only rows: no network, no db.Read.
func (db *DB) InTx(ctx context.Context, fn func(tx *Tx) error) error {
	if db.Engine == SQLite {
		return db.write.WithContext(ctx).Transaction(func(g *gorm.DB) error { return db.run(ctx, g, nil, fn) })
	}
	var err error
	for range connectionTries {
		begun := false
		err = db.write.WithContext(ctx).Connection(func(g *gorm.DB) error {
			conn, _ := g.Statement.ConnPool.(*sql.Conn) // Connection promises one
			return g.Transaction(func(g *gorm.DB) error {
				begun = true
				return db.run(ctx, g, conn, fn)
			})
		})
		if begun || !errors.Is(err, driver.ErrBadConn) {
			break
		}
	}
	return err
}

// connectionTries is how many connections of the pool may turn out to be broken
// before a transaction begins: after a restart of the server all are.
const connectionTries = maxPostgresConns + 1

// run runs fn and then writes what it has left for the end.
func (db *DB) run(ctx context.Context, g *gorm.DB, conn *sql.Conn, fn func(tx *Tx) error) error {
	tx := &Tx{DB: g, now: db.Now(), queue: db.queue, conn: conn, clocked: db.timer.NowUTCOrNil()}
	if err := fn(tx); err != nil {
		return err
	}
	return tx.writeLate(ctx)
}

// Now is the moment of the transaction, in UTC, to the microsecond.
func (tx *Tx) Now() time.Time { return tx.now }

// ForUpdate locks the rows that a query returns until the transaction ends.
// SQLite has one writer and needs no lock: there it says nothing.
func ForUpdate() clause.Expression {
	return clause.Locking{Strength: clause.LockingStrengthUpdate}
}

// ForUpdateSkipLocked takes rows from a stock: rows that another transaction
// holds are passed over. It is only speed; the condition of the UPDATE that
// follows and its RowsAffected decide.
func ForUpdateSkipLocked() clause.Expression {
	return clause.Locking{Strength: clause.LockingStrengthUpdate, Options: clause.LockingOptionsSkipLocked}
}

// Once inserts the row unless a unique key already stands for it, and reports
// whether this call inserted it. An expected conflict is asked for, not caught:
// on PostgreSQL an error would end the transaction.
func Once(ctx context.Context, tx *Tx, row any) (bool, error) {
	res := tx.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(row)
	return res.RowsAffected == 1, res.Error
}

// Memory is the transaction's own value of the type: what a room must remember
// of the late rows that it has added. It ends with the transaction.
func Memory[T any](tx *Tx) *T {
	kind := reflect.TypeFor[T]()
	if known, ok := tx.memory[kind]; ok {
		return known.(*T)
	}
	if tx.memory == nil {
		tx.memory = map[reflect.Type]any{}
	}
	made := new(T)
	tx.memory[kind] = made
	return made
}

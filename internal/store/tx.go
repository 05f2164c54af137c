package store

import (
	"context"
	"database/sql"
	"fmt"
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
}

// InTx runs fn in one transaction: all its rows and jobs exist if fn returns
// nil, none otherwise. Inside fn there are only rows: no network, no db.Read.
func (db *DB) InTx(ctx context.Context, fn func(tx *Tx) error) error {
	return db.write.WithContext(ctx).Transaction(func(g *gorm.DB) error {
		return fn(&Tx{DB: g, now: db.Now(), queue: db.queue})
	})
}

// Now is the moment of the transaction, in UTC, to the microsecond.
func (tx *Tx) Now() time.Time { return tx.now }

// Enqueue adds a job that exists only if the transaction commits. How it is
// queued is said by its arguments, see river.JobArgsWithInsertOpts.
func (tx *Tx) Enqueue(ctx context.Context, args river.JobArgs) error {
	pool, ok := tx.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return fmt.Errorf("enqueue %s: not in a transaction", args.Kind())
	}
	if _, err := tx.queue.InsertTx(ctx, pool, args, nil); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

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

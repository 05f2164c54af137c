package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ErrMoved reports a row that was not in the state in which a late statement
// expected it.
var ErrMoved = errors.New("store: the row has moved")

// late is what a transaction writes just before it commits, since nothing in it
// reads that: on PostgreSQL all of it in one round trip, because most of what a
// statement costs is its way there and back.
type late struct {
	writes []write
	tables map[reflect.Type]int // where among the writes the rows of a type are
	jobs   []river.InsertManyParams
}

// write becomes one statement.
type write interface {
	statement(g *gorm.DB) (statement, error)
}

// statement is what is sent; rows is how many it must change, or anyRows.
type statement struct {
	sql  string
	args []any
	rows int64
}

const anyRows = -1

func (s statement) statement(*gorm.DB) (statement, error) { return s, nil }

// check compares what was changed with what was to be.
func (s statement) check(changed int64) error {
	if s.rows != anyRows && changed != s.rows {
		return fmt.Errorf("%w: %d rows changed, not %d: %.60s", ErrMoved, changed, s.rows, s.sql)
	}
	return nil
}

type rowsOf[T any] struct{ rows []T }

func (t *rowsOf[T]) statement(g *gorm.DB) (statement, error) { return dry(g.Create(&t.rows), anyRows) }

// unlessThere is rowsOf for rows that may stand there already.
type unlessThere[T any] struct{ rowsOf[T] }

func (t *unlessThere[T]) statement(g *gorm.DB) (statement, error) {
	return t.rowsOf.statement(g.Clauses(clause.OnConflict{DoNothing: true}))
}

// dry is the statement that a dry run has built.
func dry(built *gorm.DB, rows int64) (statement, error) {
	return statement{built.Statement.SQL.String(), built.Statement.Vars, rows}, built.Error
}

// Append adds a row that nothing in the transaction reads or refers to. It
// exists if the transaction commits; rows of one type are written by one
// statement and get their ids in the order in which they were added.
func Append[T any](tx *Tx, row T) {
	of := place[rowsOf[T]](tx)
	of.rows = append(of.rows, row)
}

// AppendOnce is Append, unless a unique key stands for the row already.
func AppendOnce[T any](tx *Tx, row T) {
	of := place[unlessThere[T]](tx)
	of.rows = append(of.rows, row)
}

// place finds the rows of a type among the writes, or makes them.
func place[W any, P interface {
	*W
	write
}](tx *Tx) P {
	kind := reflect.TypeFor[W]()
	if i, known := tx.late.tables[kind]; known {
		return tx.late.writes[i].(P)
	}
	if tx.late.tables == nil {
		tx.late.tables = map[reflect.Type]int{}
	}
	tx.late.tables[kind] = len(tx.late.writes)
	made := P(new(W))
	tx.late.writes = append(tx.late.writes, made)
	return made
}

// Later adds an update of one row that nothing in the transaction reads after
// it. The update is built at once, from the values as they are; if there is no
// such row by the end, the transaction fails with ErrMoved.
func (tx *Tx) Later(ctx context.Context, update func(g *gorm.DB) *gorm.DB) error {
	s, err := dry(update(tx.dry(ctx)), 1)
	if err != nil {
		return fmt.Errorf("build a late update: %w", err)
	}
	tx.late.writes = append(tx.late.writes, s)
	return nil
}

func (tx *Tx) dry(ctx context.Context) *gorm.DB {
	return tx.Session(&gorm.Session{DryRun: true, NewDB: true, Context: ctx})
}

// Enqueue adds a job that exists only if the transaction commits. How it is
// queued is said by its arguments, see river.JobArgsWithInsertOpts.
func (tx *Tx) Enqueue(_ context.Context, args river.JobArgs) error {
	if _, ok := tx.Statement.ConnPool.(*sql.Tx); !ok {
		return fmt.Errorf("enqueue %s: not in a transaction", args.Kind())
	}
	if tx.conn != nil {
		row, plain, err := plainJob(args, tx.clocked)
		if err != nil || plain {
			Append(tx, row)
			return err
		}
	}
	tx.late.jobs = append(tx.late.jobs, river.InsertManyParams{Args: args})
	return nil
}

// Flush writes the rows that were left for the end at once, for a transaction
// that does the same for several receipts and must read what it did to the
// first.
func (tx *Tx) Flush(ctx context.Context) error {
	statements, err := tx.statements(ctx)
	if err == nil && len(statements) > 0 {
		err = tx.send(ctx, statements)
	}
	tx.late.writes, tx.late.tables = nil, nil
	return err
}

// writeLate writes what was added, once everything else is written.
func (tx *Tx) writeLate(ctx context.Context) error {
	if err := tx.Flush(ctx); err != nil || len(tx.late.jobs) == 0 {
		return err
	}
	pool, _ := tx.Statement.ConnPool.(*sql.Tx) // Enqueue has seen it
	if _, err := tx.queue.InsertManyFastTx(ctx, pool, tx.late.jobs); err != nil {
		return fmt.Errorf("enqueue %d jobs, the first %s: %w", len(tx.late.jobs), tx.late.jobs[0].Args.Kind(), err)
	}
	return nil
}

func (tx *Tx) statements(ctx context.Context) ([]statement, error) {
	list := make([]statement, len(tx.late.writes))
	for i, w := range tx.late.writes {
		s, err := w.statement(tx.dry(ctx))
		if err != nil {
			return nil, fmt.Errorf("build late rows: %w", err)
		}
		list[i] = s
	}
	return list, nil
}

// send writes the statements one after another, or on PostgreSQL together.
func (tx *Tx) send(ctx context.Context, statements []statement) error {
	if tx.conn != nil {
		return tx.conn.Raw(func(driver any) error {
			return sendTogether(ctx, driver.(*stdlib.Conn).Conn(), statements)
		})
	}
	for _, s := range statements {
		res, err := tx.Statement.ConnPool.ExecContext(ctx, s.sql, s.args...)
		if err != nil {
			return fmt.Errorf("write late: %w", err)
		}
		changed, err := res.RowsAffected()
		if err == nil {
			err = s.check(changed)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func sendTogether(ctx context.Context, conn *pgx.Conn, statements []statement) error {
	batch := &pgx.Batch{}
	for _, s := range statements {
		batch.Queue(s.sql, s.args...)
	}
	results := conn.SendBatch(ctx, batch)
	for _, s := range statements {
		done, err := results.Exec()
		if err == nil {
			err = s.check(done.RowsAffected())
		}
		if err != nil {
			return errors.Join(fmt.Errorf("write late: %w", err), results.Close())
		}
	}
	return results.Close()
}

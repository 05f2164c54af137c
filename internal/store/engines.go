package store

import (
	"context"
	"database/sql"
	"net/url"
	"runtime"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	_ "modernc.org/sqlite" // the embedded engine, under the name "sqlite"
)

// maxPostgresConns leaves room for a second replica under PostgreSQL's default
// of one hundred connections.
const maxPostgresConns = 32

// dialSQLite opens two pools: one connection that writes, in immediate
// transactions, and readers that cannot write. With deferred transactions most
// writes of concurrent clients fail with "database is locked".
func (db *DB) dialSQLite(ctx context.Context, file string) error {
	db.Engine, db.file = SQLite, file
	write, err := openSQLite(ctx, file, url.Values{"_txlock": {"immediate"}}, 1)
	if err != nil {
		return err
	}
	db.write = write
	db.read, err = openSQLite(ctx, file, url.Values{"mode": {"ro"}}, max(4, runtime.NumCPU()))
	return err
}

func openSQLite(ctx context.Context, file string, options url.Values, conns int) (*gorm.DB, error) {
	options["_pragma"] = []string{"busy_timeout(10000)", "foreign_keys(1)", "synchronous(FULL)"}
	if options.Get("mode") != "ro" {
		options["_pragma"] = append(options["_pragma"], "journal_mode(WAL)")
	}
	options.Set("_time_format", "sqlite")
	options.Set("_timezone", "UTC")
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+options.Encode())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	if err := pool.PingContext(ctx); err != nil {
		return nil, err
	}
	return gorm.Open(sqlite.Dialector{Conn: pool}, gormConfig())
}

// dialPostgres opens one pool. Statements are not prepared by GORM: that halves
// throughput and breaks poolers.
func (db *DB) dialPostgres(ctx context.Context, dsn string) error {
	db.Engine = Postgres
	g, err := gorm.Open(postgres.New(postgres.Config{DSN: dsn}), gormConfig())
	if err != nil {
		return err
	}
	db.write, db.read = g, g
	pool, err := g.DB()
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(maxPostgresConns)
	pool.SetMaxIdleConns(maxPostgresConns)
	return pool.PingContext(ctx)
}

func (db *DB) pool() *sql.DB {
	pool, err := db.write.DB()
	if err != nil {
		panic(err) // a dialed GORM always has its pool
	}
	return pool
}

func (db *DB) driver() riverdriver.Driver[*sql.Tx] {
	if db.Engine == SQLite {
		return riversqlite.New(db.pool())
	}
	return riverdatabasesql.New(db.pool())
}

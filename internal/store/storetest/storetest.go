// Package storetest gives a test a fresh, migrated database of each engine.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx", to make and drop databases
	"promobot/internal/store"
	"promobot/migrations"
)

// Each runs the test on SQLite and, if there is one, on PostgreSQL, in parallel,
// each with a database of its own and the wall clock.
func Each(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	EachAt(t, nil, test)
}

// EachAt is Each with a clock of the test's own; it must be safe for use by
// many goroutines.
func EachAt(t *testing.T, clock func() time.Time, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	EachURL(t, func(t *testing.T, url string) {
		db, err := store.Open(context.Background(), url, clock)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		test(t, db)
	})
}

// OnSQLite is Each for what only SQLite has, such as its query plans: those of
// PostgreSQL follow the rows that there are.
func OnSQLite(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	db, err := store.Open(context.Background(), SQLiteURL(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	test(t, db)
}

// EachURL hands the test the address of a fresh, migrated database of each
// engine, for programs that open it themselves.
func EachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLiteURL(t))
	})
	t.Run("postgres", func(t *testing.T) {
		server := PostgresURL(t)
		if server == "" {
			t.Skip("no PostgreSQL server: only SQLite is tested")
		}
		t.Parallel()
		test(t, freshPostgres(t, server))
	})
}

// FreshURL is the address of a fresh, migrated database of the engine, for
// benchmarks; "" where there is no server of PostgreSQL.
func FreshURL(t testing.TB, engine store.Engine) string {
	t.Helper()
	if engine == store.SQLite {
		return SQLiteURL(t)
	}
	server := PostgresURL(t)
	if server == "" {
		return ""
	}
	return freshPostgres(t, server)
}

// sqliteTemplate is a migrated file, made once for the process.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "promobot-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "template.db")
	if err := migrate("sqlite:" + file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// SQLiteURL is the address of a fresh, migrated database.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(file, template, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + file
}

// databases counts this process's databases.
var databases atomic.Int64

// postgresTemplate is a migrated database, made once for the process. It goes
// with the private server; on a server of the user's own one is left per test
// process, named promobot_test_….
var postgresTemplate struct {
	once sync.Once
	name string
	err  error
}

func templateOn(server string) (string, error) {
	p := &postgresTemplate
	p.once.Do(func() {
		p.name = fmt.Sprintf("promobot_test_%d_template", os.Getpid())
		p.err = onServer(server, `DROP DATABASE IF EXISTS "`+p.name+`"`, `CREATE DATABASE "`+p.name+`"`)
		if p.err == nil {
			p.err = migrate(withDatabase(server, p.name))
		}
	})
	return p.name, p.err
}

func freshPostgres(t testing.TB, server string) string {
	t.Helper()
	template, err := templateOn(server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("promobot_test_%d_%d", os.Getpid(), databases.Add(1))
	if err := onServer(server, `CREATE DATABASE "`+name+`" TEMPLATE "`+template+`"`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := onServer(server, `DROP DATABASE "`+name+`" WITH (FORCE)`); err != nil {
			t.Log(err)
		}
	})
	return withDatabase(server, name)
}

func migrate(url string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, url, nil)
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx, migrations.Files); err != nil {
		return err
	}
	return db.Close()
}

// serverMutex keeps two CREATE DATABASE from one template apart.
var serverMutex sync.Mutex

func onServer(server string, statements ...string) error {
	serverMutex.Lock()
	defer serverMutex.Unlock()
	pool, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer pool.Close()
	for _, statement := range statements {
		if _, err := pool.Exec(statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err) // the server has just answered at this address
	}
	u.Path = "/" + name
	return u.String()
}

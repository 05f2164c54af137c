package bench

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

// Bare inserts rows: the least that anybody must do who acknowledges an update
// after it is stored.
type Bare struct {
	pool   *sql.DB
	insert string
	n      atomic.Int64
}

// bareTable has the columns of an update that nobody can do without.
const bareTable = `CREATE TABLE bare (event_id TEXT NOT NULL UNIQUE, body TEXT NOT NULL, received_at TEXT NOT NULL)`

// NewBare makes a table in the database at the address, which is of the form
// "sqlite:FILE" or "postgres://…", and is as durable as the product's.
func NewBare(ctx context.Context, address string) (*Bare, error) {
	driver, source, conns := "pgx", address, acknowledgers
	insert := "INSERT INTO bare (event_id, body, received_at) VALUES ($1, $2, $3)"
	if file, ok := strings.CutPrefix(address, "sqlite:"); ok {
		options := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(10000)", "synchronous(FULL)", "journal_mode(WAL)"}}
		driver, source, conns = "sqlite", "file:"+file+"?"+options.Encode(), 1
	}
	pool, err := sql.Open(driver, source)
	if err != nil {
		return nil, fmt.Errorf("bare inserts: %w", err)
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	if _, err := pool.ExecContext(ctx, bareTable); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("bare inserts: %w", err)
	}
	return &Bare{pool: pool, insert: insert}, nil
}

// Close closes its connections.
func (b *Bare) Close() error { return b.pool.Close() }

// Accept inserts one row of its own.
func (b *Bare) Accept(ctx context.Context) error {
	id := fmt.Sprintf("bare-%d", b.n.Add(1))
	_, err := b.pool.ExecContext(ctx, b.insert, id, `{"text":"помощь"}`, time.Now().UTC().Format(time.RFC3339Nano))
	return err
}

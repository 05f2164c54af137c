package bench

import (
	"context"
	"fmt"
	"net/url"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Database is a database of the bench's own on somebody's server.
type Database struct {
	URL string

	server, name string
}

// NewDatabase makes an empty database on the server at the address; part tells
// several of one run apart. The caller drops it.
func NewDatabase(ctx context.Context, server, part string) (*Database, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, fmt.Errorf("address of the server: %w", err)
	}
	d := &Database{server: server, name: fmt.Sprintf("promobot_bench_%d_%s", os.Getpid(), part)}
	u.Path = "/" + d.name
	d.URL = u.String()
	return d, d.onServer(ctx, "CREATE DATABASE "+pgx.Identifier{d.name}.Sanitize())
}

// Drop removes the database with whoever is connected to it.
func (d *Database) Drop(ctx context.Context) error {
	return d.onServer(context.WithoutCancel(ctx), "DROP DATABASE "+pgx.Identifier{d.name}.Sanitize()+" WITH (FORCE)")
}

func (d *Database) onServer(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, d.server)
	if err != nil {
		return fmt.Errorf("%s: %w", d.name, err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", d.name, err)
	}
	return nil
}

// Durable tells whether the server keeps what it has confirmed, and with which
// settings: a figure of one that does not is worth nothing.
func Durable(ctx context.Context, pool *pgxpool.Pool) (bool, error) {
	var fsync, commit string
	err := pool.QueryRow(ctx, "SELECT current_setting('fsync'), current_setting('synchronous_commit')").Scan(&fsync, &commit)
	if err != nil {
		return false, fmt.Errorf("durability of the server: %w", err)
	}
	return fsync == "on" && commit != "off", nil
}

// newPool opens the yardstick's own connections, one for each worker. pgx
// prepares each statement once for each of them.
func newPool(ctx context.Context, address string, conns int32) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("address of the yardstick's database: %w", err)
	}
	config.MaxConns, config.MinConns = conns, conns
	return pgxpool.NewWithConfig(ctx, config)
}

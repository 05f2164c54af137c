package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"runtime"
	"strings"
	"time"
)

// OpenReadOnly opens the database at url, see Open, so that nothing can be
// written: every write is refused by the engine itself. A SQLite file keeps its
// bytes, even if a process that died left a log behind; one that does not exist
// is fs.ErrNotExist. Read is the only verb of such a database.
func OpenReadOnly(ctx context.Context, address string) (*DB, error) {
	db := &DB{now: time.Now, timer: &queueTime{}}
	if err := db.dialReadOnly(ctx, address); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database to read: %w", err), db.Close())
	}
	return db, nil
}

func (db *DB) dialReadOnly(ctx context.Context, address string) error {
	if file, ok := strings.CutPrefix(address, "sqlite:"); ok {
		return db.readFile(ctx, file)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return ErrURL
	}
	query := u.Query()
	query.Set("default_transaction_read_only", "on")
	u.RawQuery = query.Encode()
	return db.dialPostgres(ctx, u.String())
}

// readFile opens a file of SQLite. Where no log lies beside it, it is whole by
// itself and read as one that nobody changes, so that not even the files of a
// log appear; otherwise the log is read too, and left as it is.
func (db *DB) readFile(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err != nil {
		return err
	}
	options := url.Values{"mode": {"ro"}}
	if _, err := os.Stat(file + "-wal"); errors.Is(err, fs.ErrNotExist) {
		options.Set("immutable", "1")
	}
	read, err := openSQLite(ctx, file, options, max(4, runtime.NumCPU()))
	db.Engine, db.file, db.read, db.write = SQLite, file, read, read
	return err
}

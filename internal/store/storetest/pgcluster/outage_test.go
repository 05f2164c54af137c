package pgcluster

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
)

// What was committed before a crash is there after the restart, the connections
// are not, and a crashed cluster can be stopped like any other.
func TestCrashAndRestart(t *testing.T) {
	c, err := StartDurable()
	if errors.Is(err, ErrNoServer) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	old := connect(t, c)
	if _, err := old.Exec(t.Context(), "CREATE TABLE kept AS SELECT 7 AS n"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.Crash(); err != nil {
			t.Fatal(err)
		}
		if ping(c.URL) == nil {
			t.Error("a crashed server answers")
		}
		if err := c.Restart(); err != nil {
			t.Fatal(err)
		}
	}
	if old.Ping(t.Context()) == nil {
		t.Error("a connection has outlived the crash")
	}
	var n int
	if err := connect(t, c).QueryRow(t.Context(), "SELECT n FROM kept").Scan(&n); err != nil || n != 7 {
		t.Errorf("read %d (%v), want 7", n, err)
	}
	if err := errors.Join(c.Crash(), c.Stop()); err != nil {
		t.Fatal(err)
	}
	wantGone(t, c.Dir, c.URL)
}

func connect(t *testing.T, c *Cluster) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

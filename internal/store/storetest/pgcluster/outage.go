package pgcluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrStuck reports a server that did not go down, or did not come back, in time.
var ErrStuck = errors.New("pgcluster: the server does not obey")

// downWithin is how long an immediate stop may take: the server saves nothing.
const downWithin = 20 * time.Second

// Crash stops the server as `pg_ctl stop -m immediate` does: nothing is saved,
// every connection breaks, and the next start recovers. It returns when the
// server is down. Only what a durable cluster has confirmed survives.
func (c *Cluster) Crash() error {
	if err := os.WriteFile(filepath.Join(c.Dir, "crashed"), nil, 0o600); err != nil {
		return fmt.Errorf("crash PostgreSQL in %s: %w", c.Dir, err)
	}
	text, err := os.ReadFile(filepath.Join(c.Dir, "server"))
	if err != nil {
		return fmt.Errorf("crash PostgreSQL in %s: %w", c.Dir, err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGQUIT)
	}
	if err != nil {
		return fmt.Errorf("crash PostgreSQL in %s: %w", c.Dir, err)
	}
	for deadline := time.Now().Add(downWithin); time.Now().Before(deadline); time.Sleep(pollEvery / 10) {
		if _, err := os.Stat(filepath.Join(c.Dir, "down")); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return fmt.Errorf("crash PostgreSQL in %s: %w", c.Dir, ErrStuck)
}

// Restart starts a crashed server again and returns when it answers.
func (c *Cluster) Restart() error {
	if err := os.Remove(filepath.Join(c.Dir, "down")); err != nil {
		return fmt.Errorf("restart PostgreSQL in %s: %w", c.Dir, err)
	}
	for deadline := time.Now().Add(readyWithin); time.Now().Before(deadline); time.Sleep(pollEvery / 10) {
		if ping(c.URL) == nil {
			return nil
		}
	}
	return fmt.Errorf("restart PostgreSQL in %s: %w:\n%s", c.Dir, ErrStuck, c.lastWords())
}

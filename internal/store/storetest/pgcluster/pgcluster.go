// Package pgcluster runs a private PostgreSQL server for tests.
//
// A cluster lives in a temporary directory of its own, listens on a free port
// of the loopback interface, trades durability for speed unless it is asked not
// to, and is gone with whoever started it, however that process ended.
package pgcluster

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNoServer reports that this machine has no PostgreSQL server programs.
var ErrNoServer = errors.New("pgcluster: no PostgreSQL server programs on this machine")

// errEarlyEnd reports a server that ended before it answered, most often
// because somebody took the port between choice and use: worth another try.
var errEarlyEnd = errors.New("pgcluster: the server ended before it was ready")

// script guards the server; see its own comment.
//
//go:embed guard.sh
var script string

const (
	readyWithin = 60 * time.Second // a loaded two-core machine needs about two
	pollEvery   = 50 * time.Millisecond
	attempts    = 3
)

// Cluster is a running server. It stops by itself when this process ends or
// when the Cluster is garbage, so keep it for as long as it is used.
type Cluster struct {
	// URL opens the database "postgres" as the server's owner.
	URL string
	// Dir holds the data and the socket; it is removed with the server.
	Dir string

	guard *exec.Cmd
	life  *os.File // the guard stops the server when this end of the pipe closes
	log   *os.File
}

// Start makes a new cluster and returns it once it answers. It takes about a
// second. Without server programs it returns ErrNoServer.
func Start() (*Cluster, error) { return start("") }

// StartDurable is Start with the server's own, safe settings: what it confirms
// is on the disk. It is for measurements.
func StartDurable() (*Cluster, error) { return start("durable") }

func start(durable string) (*Cluster, error) {
	bin, err := find()
	if err != nil {
		return nil, err
	}
	for range attempts {
		var c *Cluster
		if c, err = startOnce(bin, durable); !errors.Is(err, errEarlyEnd) {
			return c, err
		}
	}
	return nil, err
}

// Stop ends the server without saving anything and removes its directory.
func (c *Cluster) Stop() error {
	defer c.log.Close()
	if err := c.life.Close(); err != nil {
		return fmt.Errorf("stop PostgreSQL in %s: %w", c.Dir, err)
	}
	if err := c.guard.Wait(); err != nil {
		return fmt.Errorf("stop PostgreSQL in %s: %w", c.Dir, err)
	}
	return nil
}

func startOnce(bin, durable string) (*Cluster, error) {
	owner, err := serverOwner()
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	password := rand.Text()
	dir, err := makeDir(owner, password)
	if err != nil {
		return nil, err
	}
	c := &Cluster{Dir: dir, URL: address(port, password)}
	alive, err := c.launch(bin, durable, port, owner)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	defer alive.Close()
	if err := c.await(alive); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

// launch starts the guard. The returned pipe end closes when the guard ends.
func (c *Cluster) launch(bin, durable string, port int, owner *syscall.Credential) (alive *os.File, err error) {
	if c.log, err = os.Create(filepath.Join(c.Dir, "log")); err != nil {
		return nil, fmt.Errorf("log of PostgreSQL: %w", err)
	}
	watched, life, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("pipe to the guard: %w", err)
	}
	defer watched.Close()
	alive, held, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("pipe from the guard: %w", err), life.Close())
	}
	defer held.Close()

	c.life = life
	c.guard = exec.Command("/bin/sh", "-c", script, "guard", bin, c.Dir, strconv.Itoa(port), durable) // #nosec G204 -- programs found by find
	c.guard.Dir = c.Dir
	c.guard.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=" + c.Dir}
	c.guard.Stdin, c.guard.Stdout, c.guard.Stderr = watched, held, c.log
	// A session of its own: an interrupt from the terminal is for the tests.
	c.guard.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: owner}
	if err := c.guard.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start PostgreSQL: %w", err), life.Close(), alive.Close())
	}
	return alive, nil
}

// await returns when the server answers, or tells why it never will.
func (c *Cluster) await(alive *os.File) error {
	deadline := time.Now().Add(readyWithin)
	for time.Now().Before(deadline) {
		if ping(c.URL) == nil {
			return nil
		}
		if err := alive.SetReadDeadline(time.Now().Add(pollEvery)); err != nil {
			return fmt.Errorf("watch the guard: %w", err)
		}
		if _, err := alive.Read(make([]byte, 1)); errors.Is(err, io.EOF) {
			return fmt.Errorf("%w:\n%s", errEarlyEnd, c.lastWords())
		}
	}
	return fmt.Errorf("PostgreSQL did not answer within %s:\n%s", readyWithin, c.lastWords())
}

// lastWords is the server's log; the open file outlives its directory.
func (c *Cluster) lastWords() []byte {
	text, err := io.ReadAll(io.NewSectionReader(c.log, 0, 1<<16))
	if err != nil {
		return []byte(err.Error())
	}
	return text
}

func ping(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

func address(port int, password string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword("postgres", password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		Path:     "/postgres",
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("free port for PostgreSQL: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"promobot/demo"
	"promobot/fns/fnssim"
	"promobot/internal/config"
	"promobot/internal/store"
	"promobot/internal/vault"
	"promobot/migrations"
)

// built is the binary with failpoints, built once for the test process.
var built struct {
	once sync.Once
	path string
	err  error
}

func failpointBinary(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		dir, err := os.MkdirTemp("", "promobot-failpoint-")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "promobot")
		command := exec.Command("go", "build", "-trimpath", "-tags", "failpoint", "-o", built.path, ".")
		command.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := command.CombinedOutput(); err != nil {
			built.err = errors.New(string(out))
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.path != "" {
		_ = os.RemoveAll(filepath.Dir(built.path))
	}
	os.Exit(code)
}

func testConfig(t *testing.T, url string) config.Config {
	t.Helper()
	c, _, err := config.Load("no such file", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Database.URL = config.Address(url)
	return c
}

// house is a bot of its own for one test: a database with the demo's season, a
// keyset, and a simulated fiscal service.
type house struct {
	url, keyset string
	sim         *fnssim.Sim
	fiscal      *httptest.Server
}

func newHouse(t *testing.T, url string) *house {
	t.Helper()
	h := &house{url: url, keyset: filepath.Join(t.TempDir(), "keys.json")}
	terms, catalogue, err := demo.Season()
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.OpenOrCreate(h.keyset)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(context.Background(), migrations.Files); err != nil {
		t.Fatal(err)
	}
	a, err := newApp(testConfig(t, url), db, v, quietLogger())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(a.season(context.Background(), terms, catalogue), db.Close()); err != nil {
		t.Fatal(err)
	}
	h.sim = fnssim.New(fnssim.Options{Invent: true, StoreDepth: -1, Goods: demo.Goods(terms), ReadyMin: 50 * time.Millisecond, ReadyMax: 300 * time.Millisecond})
	h.fiscal = httptest.NewServer(h.sim)
	t.Cleanup(func() { h.fiscal.Close(); h.sim.Close() })
	return h
}

func (h *house) environment() []string {
	return append(os.Environ(), "PROMOBOT_DATABASE_URL="+h.url, "PROMOBOT_KEYSET_FILE="+h.keyset, "PROMOBOT_FNS_URL="+h.fiscal.URL,
		"PROMOBOT_FNS_MASTER_TOKEN="+fnssim.DefaultMasterToken, "PROMOBOT_FNS_SENDS_PER_SECOND=200",
		"PROMOBOT_DATABASE_LEASE=1s", "PROMOBOT_FRAUD_RECEIPTS_PER_HOUR=0")
}

// process is a running `promobot serve`.
type process struct {
	command *exec.Cmd
	url     string
	till    string // of the ready line
	log     *bytes.Buffer
	done    chan error
}

// start runs `promobot serve`.
func (h *house) start(t *testing.T) *process {
	t.Helper()
	return startProgram(t, h.environment(), "serve")
}

// startProgram runs a command that serves until it is ready; it is killed with
// the test.
func startProgram(t *testing.T, environment []string, name string) *process {
	t.Helper()
	p := &process{command: exec.Command(failpointBinary(t), name, "--listen", "127.0.0.1:0"), log: &bytes.Buffer{}, done: make(chan error, 1)}
	p.command.Env, p.command.Stderr = environment, p.log
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.command.Process.Kill() })
	lines := bufio.NewReader(out)
	line, err := lines.ReadBytes('\n')
	var ready struct{ URL, Till string }
	if err != nil || json.Unmarshal(line, &ready) != nil || ready.URL == "" {
		t.Fatalf("no ready line but %q (%v): %s", line, err, p.log)
	}
	p.url, p.till = ready.URL, ready.Till
	go func() { p.done <- p.command.Wait() }()
	return p
}

// drain ends the process with SIGTERM and wants 0.
func (p *process) drain(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.done:
		if err != nil {
			t.Fatalf("the drain ended with %v: %s", err, p.log)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("no drain: %s", p.log)
	}
}

func quietLogger() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// programCommand is the built program with arguments, not started.
func programCommand(t *testing.T, environment []string, args ...string) *exec.Cmd {
	t.Helper()
	command := exec.Command(failpointBinary(t), args...)
	command.Env = environment
	return command
}

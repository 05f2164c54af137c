package pgcluster

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// ownerVariable makes this test program start a cluster, print where it is
// and wait to be killed.
const ownerVariable = "PGCLUSTER_TEST_OWNER"

func TestMain(m *testing.M) {
	if os.Getenv(ownerVariable) != "" {
		ownAndWait()
	}
	os.Exit(m.Run())
}

func ownAndWait() {
	c, err := Start()
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString(c.Dir + " " + c.URL + "\n")
	select {}
}

func TestStartAndStop(t *testing.T) {
	c := started(t)
	if err := ping(c.URL); err != nil {
		t.Errorf("ping: %v", err)
	}
	if err := ping(strings.Replace(c.URL, "postgres:", "postgres:x", 1)); err == nil {
		t.Error("a wrong password was let in")
	}
	if err := c.Stop(); err != nil {
		t.Fatalf("stop: %v", err)
	}
	wantGone(t, c.Dir, c.URL)
}

func TestDurableClusterKeepsWhatItConfirms(t *testing.T) {
	c, err := StartDurable()
	if errors.Is(err, ErrNoServer) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	}()
	conn, err := pgx.Connect(t.Context(), c.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		var value string
		if err := conn.QueryRow(t.Context(), "SELECT current_setting($1)", setting).Scan(&value); err != nil || value != "on" {
			t.Errorf("%s is %q (%v), want on", setting, value, err)
		}
	}
}

func TestTwoClustersAtOnce(t *testing.T) {
	a, b := started(t), started(t)
	if a.URL == b.URL || a.Dir == b.Dir {
		t.Errorf("both stand at %s", a.Dir)
	}
	for _, c := range []*Cluster{a, b} {
		if err := c.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	}
}

func TestClusterDiesWithItsKilledOwner(t *testing.T) {
	if _, err := find(); errors.Is(err, ErrNoServer) {
		t.Skip(err)
	}
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), ownerVariable+"=1")
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the owner said nothing: %v", err)
	}
	dir, url, _ := strings.Cut(strings.TrimSpace(line), " ")
	if err := ping(url); err != nil {
		t.Fatalf("before the kill: %v", err)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := owner.Wait(); err == nil {
		t.Error("the owner ended by itself")
	}
	wantGone(t, dir, url)
}

// Whenever the owner dies, during initdb, while the server starts or later,
// nothing is left.
func TestClusterWhoseOwnerDiesEarly(t *testing.T) {
	bin, err := find()
	if errors.Is(err, ErrNoServer) {
		t.Skip(err)
	}
	for _, after := range []time.Duration{0, 300 * time.Millisecond, 600 * time.Millisecond, 900 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			t.Parallel()
			c := launchOnly(t, bin)
			time.Sleep(after)
			if err := c.life.Close(); err != nil {
				t.Fatal(err)
			}
			wantGone(t, c.Dir, c.URL)
			if err := c.guard.Wait(); err != nil {
				t.Errorf("the guard: %v", err)
			}
		})
	}
}

func launchOnly(t *testing.T, bin string) *Cluster {
	t.Helper()
	owner, err := serverOwner()
	if err != nil {
		t.Fatal(err)
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := makeDir(owner, "secret")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cluster{Dir: dir, URL: address(port, "secret")}
	alive, err := c.launch(bin, "", port, owner)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { alive.Close(); c.log.Close() })
	return c
}

func TestServerThatCannotStart(t *testing.T) {
	root := t.TempDir()
	if err := os.Chmod(filepath.Dir(root), 0o755); err != nil { // the server's owner must reach it
		t.Fatal(err)
	}
	bin := fakePrograms(t, filepath.Join(root, "15", "bin"), "echo no shared memory >&2; exit 1")
	_, err := startOnce(bin, "")
	if !errors.Is(err, errEarlyEnd) || !strings.Contains(err.Error(), "no shared memory") {
		t.Errorf("got %v, want the server's own words", err)
	}
}

func TestNewest(t *testing.T) {
	root := t.TempDir()
	pattern := filepath.Join(root, "*", "bin")
	if got, err := newest(pattern); !errors.Is(err, ErrNoServer) {
		t.Errorf("nothing installed: got %q, %v", got, err)
	}
	for _, version := range []string{"9.6", "15", "9"} {
		fakePrograms(t, filepath.Join(root, version, "bin"), "exit 0")
	}
	clientOnly := filepath.Join(root, "18", "bin")
	if err := os.MkdirAll(clientOnly, 0o755); err != nil {
		t.Fatal(err)
	}
	if got, err := newest(pattern); err != nil || got != filepath.Join(root, "15", "bin") {
		t.Errorf("got %q, %v, want version 15", got, err)
	}
}

func started(t *testing.T) *Cluster {
	t.Helper()
	c, err := Start()
	if errors.Is(err, ErrNoServer) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fakePrograms writes an initdb and a postgres that both run body.
func fakePrograms(t *testing.T, folder, body string) string {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func wantGone(t *testing.T, dir, url string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			if ping(url) == nil {
				t.Error("the server still answers")
			}
			return
		}
	}
	t.Fatalf("%s is still there", dir)
}

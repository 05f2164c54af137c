package torture

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk is the size of the file system under the database.
const smallDisk = "size=48m"

// The disk under SQLite fills up while people talk: nothing is acknowledged
// that is not stored, the bot says 503 in words, nothing is broken, and it goes
// on as soon as there is room.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	disk := mountSmall(t)
	url := "sqlite:" + filepath.Join(disk, "bot.db")
	migrated(t, url)
	h := newHouse(t, url)
	c := newCrowd(t, h)
	p := launch(t, h.environment()).serving(t)
	c.at.open(p.url)
	quiet := c.chatter(2)
	var longest time.Duration
	for range *fills {
		c.join(1)
		time.Sleep(time.Second)
		longest = max(longest, c.fillUp(t, disk))
		seen.add("disk: filled", 1)
	}
	quiet()
	c.done(t, 3*time.Minute)
	began := time.Now()
	h.rests(t, 3*time.Minute)
	t.Logf("%d times full: work went on %s after there was room, all settled %s after the last word", *fills,
		longest.Round(time.Millisecond), time.Since(began).Round(100*time.Millisecond))
	p.drain(t)
	h.intact(t)
	c.check(t)
	h.verify(t)
}

// fillUp takes all room, waits until the bot refuses what it is told, gives the
// room back, and returns how long it took until something was acknowledged.
func (c *crowd) fillUp(t *testing.T, disk string) time.Duration {
	t.Helper()
	rest := filepath.Join(disk, "rest")
	if err := fill(rest); err != nil {
		t.Fatal(err)
	}
	c.at.listen()
	for deadline := time.Now().Add(time.Minute); len(c.at.refusals()) < 20; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the disk is full and the bot goes on")
		}
	}
	for _, err := range c.at.refusals() {
		if !clear(err) {
			t.Errorf("a full disk is answered with %v, want 503, words and when to come again", err)
		}
	}
	c.house.intact(t)
	c.at.listen()
	if err := os.Remove(rest); err != nil {
		t.Fatal(err)
	}
	room := time.Now()
	for c.at.firstHeard().IsZero() {
		if time.Since(room) > 15*time.Second {
			t.Fatalf("nothing is acknowledged 15 s after there is room again")
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(room)
}

// clear tells whether a refusal says that it is our fault, in words, and when to
// come again.
func clear(err error) bool {
	var r *refused
	return errors.As(err, &r) && r.status == http.StatusServiceUnavailable && strings.Contains(r.body, `"error":"`) && r.again != ""
}

// fill writes until there is no room.
func fill(file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	for block := make([]byte, 1<<20); len(block) > 0; {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			block = block[:len(block)/2]
		} else if err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return f.Close()
}

// intact asks SQLite to look at every page.
func (h *house) intact(t *testing.T) {
	t.Helper()
	var found []string
	if err := h.db.Read(t.Context()).Raw("PRAGMA integrity_check").Scan(&found).Error; err != nil || len(found) != 1 || found[0] != "ok" {
		t.Errorf("integrity_check: %q, %v", found, err)
	}
}

// mountSmall mounts a file system that fills up soon.
func mountSmall(t *testing.T) string {
	t.Helper()
	disk := t.TempDir()
	err := syscall.Mount("tmpfs", disk, "tmpfs", 0, smallDisk)
	if errors.Is(err, syscall.EPERM) {
		t.Skip("only root can mount a small file system")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return disk
}

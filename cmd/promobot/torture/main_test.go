// Package torture kills the bot, its database, its network and its disk under
// load, and checks afterwards that nothing acknowledged was lost and nothing
// happened twice. docs/faults.md lists the faults and the commands.
//
// The bot is the real program, built with failpoints and run as a child. The
// parent is everybody else: the people, the fiscal service, the operator.
package torture

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// How much is done; the defaults are those of every change.
var (
	kills    = flag.Int("kills", 1, "kills at each failpoint, on each engine")
	cycles   = flag.Int("cycles", 50, "toxics in a row on the bot's connections")
	stops    = flag.Int("stops", 6, "immediate stops of PostgreSQL")
	minutes  = flag.Float64("minutes", 0.4, "how long one of two replicas is killed every two seconds")
	sends    = flag.Int("sends", 300, "messages through a messenger in trouble")
	fills    = flag.Int("fills", 2, "how often the disk fills up")
	seed     = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of every choice; it is printed")
	parallel = flag.String("lanes", "6", "tests at a time: they mostly wait")
)

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", *parallel); err != nil {
		panic(err)
	}
	code := m.Run()
	if built.path != "" {
		_ = os.RemoveAll(filepath.Dir(built.path))
	}
	if testing.Verbose() {
		fmt.Printf("seed %d\n%s", *seed, seen.table())
	}
	os.Exit(code)
}

// built is the program with failpoints, built once for the test process.
var built struct {
	once sync.Once
	path string
	err  error
}

func program(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		dir, err := os.MkdirTemp("", "promobot-torture-")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "promobot")
		command := exec.Command("go", "build", "-trimpath", "-tags", "failpoint", "-o", built.path, "promobot/cmd/promobot")
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

// seen counts what was done and met, so that a fault which never happens does
// not pass for one that does no harm.
var seen tally

type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *tally) add(what string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	c.counts[what] += n
}

func (c *tally) of(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.counts[what]
}

func (c *tally) table() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var lines []string
	for what, n := range c.counts {
		lines = append(lines, fmt.Sprintf("%-60s %8d\n", what, n))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

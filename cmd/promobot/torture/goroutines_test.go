package torture

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// slack is how many goroutines more a bot may have at rest.
const slack = 12

// idle are the starters of goroutines that stand by kept connections, of which
// there may be some dozens for a minute. Whoever still waits for an answer on
// one is counted.
var idle = [][]byte{[]byte("created by net/http.(*Transport).dialConn"), []byte("created by net/http.(*Server).Serve")}

// goroutines is how many a bot has that has worked and rests, in this house.
func (h *house) goroutines(t *testing.T, c *crowd) int {
	t.Helper()
	p := launch(t, h.environment()).serving(t)
	c.at.open(p.url)
	c.join(3)
	c.done(t, 3*time.Minute)
	h.rests(t, 3*time.Minute)
	c.at.open()
	return atRest(t, p)
}

// atRest ends the bot by SIGQUIT, at which a Go program shows all its
// goroutines, and counts them without those of kept connections.
func atRest(t *testing.T, p *process) int {
	t.Helper()
	time.Sleep(2 * time.Second)
	if err := p.command.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	dump := p.log.whole()
	n := bytes.Count(dump, []byte("\ngoroutine "))
	if n == 0 {
		t.Fatalf("no goroutines shown: %s", p.log)
	}
	for _, starter := range idle {
		n -= bytes.Count(dump, starter)
	}
	seen.add("goroutines counted at rest", 1)
	return n
}

var creator = regexp.MustCompile(`(?m)^created by (\S+)`)

// stacks sums goroutines up by who started them.
func stacks(dump []byte) string {
	counts := map[string]int{}
	for _, m := range creator.FindAllSubmatch(dump, -1) {
		counts[string(m[1])]++
	}
	var lines []string
	for by, n := range counts {
		lines = append(lines, fmt.Sprintf("%6d by %s", n, by))
	}
	slices.Sort(lines)
	slices.Reverse(lines)
	return strings.Join(lines, "\n")
}

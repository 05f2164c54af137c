package torture

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/internal/failpoint"
	"promobot/internal/store/storetest"
)

// lanes is how many bots of each engine share the failpoints.
const lanes = 3

// A bot that is killed at any of the places loses no acknowledged update,
// answers each as if nothing had happened, pays each receipt once, and is back
// within seconds.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	out, err := exec.Command(program(t), "failpoints").Output()
	if err != nil {
		t.Fatal(err)
	}
	points := strings.Fields(string(out))
	if len(points) < 15 {
		t.Fatalf("the program lists %d failpoints", len(points))
	}
	for lane := range lanes {
		var mine []string
		for i := lane; i < len(points)**kills; i += lanes {
			mine = append(mine, points[i%len(points)])
		}
		t.Run(fmt.Sprint("lane ", lane), func(t *testing.T) {
			t.Parallel()
			storetest.EachURL(t, func(t *testing.T, url string) { killAll(t, url, mine) })
		})
	}
}

// killAll kills one bot at all the points, one after another, while more and
// more people talk to it.
func killAll(t *testing.T, url string, points []string) {
	dice := rand.New(rand.NewPCG(*seed, uint64(len(points))))
	points = slices.Clone(points)
	dice.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
	h := newHouse(t, url)
	h.openMessenger(t)
	c := newCrowd(t, h)
	for _, point := range points {
		killAt(t, c, point, 1+dice.IntN(2))
		h.verify(t)
	}
	p := launch(t, h.environment()).serving(t)
	began := time.Now()
	c.at.open(p.url)
	c.done(t, 3*time.Minute)
	h.rests(t, 3*time.Minute)
	t.Logf("%d kills; all settled %s after the last restart", len(points), time.Since(began).Round(100*time.Millisecond))
	p.drain(t)
	c.check(t)
	h.verify(t)
}

// killAt starts the bot with the failpoint armed and wants it dead. People come
// until it is.
func killAt(t *testing.T, c *crowd, point string, pass int) {
	t.Helper()
	if point == failpoint.PushPlanned { // a push is planned in one page here
		pass = 1
		if err := c.house.push(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	p := launch(t, c.house.environment(fmt.Sprintf("PROMOBOT_FAILPOINT=%s:%d", point, pass)))
	if p.url != "" { // else it died of what was left over
		c.at.open(p.url)
	}
	more := time.NewTicker(10 * time.Second)
	defer more.Stop()
	for c.join(1); ; c.join(1) {
		select {
		case <-p.ended:
			c.at.open()
			if got := p.signalled(); got != 9 {
				t.Fatalf("%s:%d: the bot ended with %v, not by SIGKILL: %s", point, pass, p.err, p.log)
			}
			seen.add("killed at "+point+", "+string(c.house.db.Engine), 1)
			return
		case <-more.C:
			if time.Since(began) > 2*time.Minute {
				t.Fatalf("%s is never passed: %s", point, p.log)
			}
		}
	}
}

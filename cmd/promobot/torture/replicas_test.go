package torture

import (
	"math/rand/v2"
	"testing"
	"time"
)

// killEvery is how long both replicas may live together.
const killEvery = 2 * time.Second

// Two replicas work on one database. Everything is said to both, and one of
// them is killed every two seconds. Everything has one effect.
func TestReplicasKilled(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ownServer(t).URL)
	h.openMessenger(t)
	c := newCrowd(t, h)
	replicas := []*process{launch(t, h.environment()).serving(t), launch(t, h.environment()).serving(t)}
	c.at.open(replicas[0].url, replicas[1].url)
	quiet := c.chatter(3)
	dice := rand.New(rand.NewPCG(*seed, 4))
	for end := time.Now().Add(time.Duration(*minutes * float64(time.Minute))); time.Now().Before(end); {
		c.join(1)
		time.Sleep(killEvery)
		victim := dice.IntN(2)
		replicas[victim].kill(t)
		c.at.open(replicas[1-victim].url)
		replicas[victim] = launch(t, h.environment()).serving(t)
		c.at.open(replicas[0].url, replicas[1].url)
		seen.add("replicas: killed", 1)
	}
	quiet()
	c.done(t, time.Minute)
	began := time.Now()
	h.rests(t, 3*time.Minute)
	t.Logf("%d kills; all settled %s after the last word", seen.of("replicas: killed"), time.Since(began).Round(100*time.Millisecond))
	for _, p := range replicas {
		p.drain(t)
	}
	c.check(t)
	h.verify(t)
}

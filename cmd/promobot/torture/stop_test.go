package torture

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"promobot/internal/store"
	"promobot/internal/store/storetest/pgcluster"
)

// backWithin is when the bot must work again after the database does. Three
// seconds are wanted and printed; the bound is for machines that are busy.
const backWithin = 30 * time.Second

// PostgreSQL is stopped at once, again and again, while people talk. The bot
// stays, what it acknowledged is kept, and it works soon after the server does.
func TestDatabaseStopped(t *testing.T) {
	t.Parallel()
	cluster := ownServer(t)
	h := newHouse(t, cluster.URL)
	h.openMessenger(t)
	c := newCrowd(t, h)
	p := launch(t, h.environment()).serving(t)
	c.at.open(p.url)
	quiet := c.chatter(3)
	dice := rand.New(rand.NewPCG(*seed, 2))
	var took, own []time.Duration
	for range *stops {
		c.join(1)
		time.Sleep(time.Duration(300+dice.IntN(900)) * time.Millisecond)
		bots, ours := c.outage(t, cluster, time.Duration(dice.IntN(700))*time.Millisecond)
		took, own = append(took, bots), append(own, ours)
		seen.add("PostgreSQL: stopped at once", 1)
	}
	quiet()
	c.done(t, 3*time.Minute)
	began := time.Now()
	h.rests(t, 3*time.Minute)
	slices.Sort(took)
	slices.Sort(own)
	t.Logf("%d stops: the bot's first commit came %s after the server, median %s (this test's own %s, median %s); all settled %s after the last word",
		len(took), took[len(took)-1].Round(time.Millisecond), took[len(took)/2].Round(time.Millisecond),
		own[len(own)-1].Round(time.Millisecond), own[len(own)/2].Round(time.Millisecond), time.Since(began).Round(100*time.Millisecond))
	p.drain(t)
	c.check(t)
	h.verify(t)
}

// outage takes the database away for a while and returns how long after its
// return the first update was acknowledged, and a commit of this test was made,
// by which a slow disk is told from a slow bot.
func (c *crowd) outage(t *testing.T, cluster *pgcluster.Cluster, away time.Duration) (bots, ours time.Duration) {
	t.Helper()
	if err := cluster.Crash(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(away)
	c.at.listen()
	if err := cluster.Restart(); err != nil {
		t.Fatal(err)
	}
	back := time.Now()
	err := c.house.db.InTx(t.Context(), func(tx *store.Tx) error { return tx.Exec("SELECT txid_current()").Error })
	if err != nil {
		t.Fatal(err)
	}
	ours = time.Since(back)
	for time.Since(back) < backWithin {
		if heard := c.at.firstHeard(); !heard.IsZero() {
			return max(0, heard.Sub(back)), ours // it may be quicker than who waits for the server
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("nothing was acknowledged within %s of the return of the database, but %d times this: %v", backWithin, len(c.at.refusals()), c.at.refusals())
	return 0, 0
}

// ownServer is a durable PostgreSQL for this test alone, migrated.
func ownServer(t *testing.T) *pgcluster.Cluster {
	t.Helper()
	cluster, err := pgcluster.StartDurable()
	if errors.Is(err, pgcluster.ErrNoServer) {
		t.Skip("no PostgreSQL server programs on this machine")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Stop(); err != nil {
			t.Error(err)
		}
	})
	migrated(t, cluster.URL)
	return cluster
}

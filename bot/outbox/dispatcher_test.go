package outbox_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"promobot/bot/outbox"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

// many makes n deliveries of the lane from message id on, at addresses in turn.
func many(id int64, n, addresses int, lane outbox.Lane) (list []outbox.Delivery) {
	for i := range n {
		list = append(list, outbox.Delivery{MessageID: id + int64(i), AddressID: int64(i%addresses + 1), Lane: lane})
	}
	return list
}

func TestOneLetterAtATimeForAnAddress(t *testing.T) {
	eachOffice(t, 50, func(o *office) {
		o.addresses(8)
		o.write(many(1, 24, 8, outbox.News)...)
		o.write(many(101, 24, 8, outbox.Push)...)
		p := &postman{takes: 5 * time.Millisecond, script: func(n int, l outbox.Letter) error {
			if n == 1 && l.MessageID%5 == 0 { // 20 ms until the next try
				return io.ErrUnexpectedEOF
			}
			return nil
		}}
		o.dispatch(p, o.config())
		o.until("pushes go", func() bool { return slices.Max(append(p.order(), 0)) > 105 })
		o.write(many(201, 24, 8, outbox.Answer)...)
		o.drained()
		if n := p.abreast.Load(); p.together != 1 || n < 2 {
			t.Errorf("%d under way to one address and %d in all, want 1 and several", p.together, n)
		}
		last := map[string]int64{}
		for _, id := range p.order() {
			line := fmt.Sprint((id-1)%100%8, id > 100 && id <= 200) // pushes stand back for the rest
			if id < last[line] {
				t.Errorf("message %d came after %d", id, last[line])
			}
			last[line] = id
		}
	})
}

func TestAnswersGoBeforePushes(t *testing.T) {
	eachOffice(t, 1, func(o *office) {
		o.addresses(150)
		o.write(many(1, 150, 150, outbox.Push)...)
		o.write(many(1001, 20, 20, outbox.News)...)
		p := &postman{}
		c := o.config()
		c.Limits = outbox.Limits{PerSecond: 60, Pushes: 50, ChatEvery: time.Second, ChatBurst: 3}
		d, stop := o.dispatch(p, c)
		o.until("pushes go", func() bool { return p.count() > 40 })
		before := p.count()
		o.write(many(2001, 10, 10, outbox.Answer)...)
		d.Kick()
		o.until("the answers are out", func() bool { return len(p.of(2010)) == 1 })
		between := p.count() - before
		stop()
		if between > 40 {
			t.Errorf("%d letters until ten answers were out, want few", between)
		}
		order := p.order()
		for i, id := range order[:16] {
			if id < 1001 {
				t.Errorf("push %d left as the %dth, before the news", id, i+1)
			}
		}
		if n := o.open(); n == 0 {
			t.Error("all pushes are out: the test is blind")
		}
	})
}

// An answer behind news of the same chat makes the news as urgent.
func TestNewsBeforeAnAnswerGoesWithIt(t *testing.T) {
	eachOffice(t, 1, func(o *office) {
		o.addresses(12)
		o.write(many(1, 11, 11, outbox.News)...)
		o.write(outbox.Delivery{MessageID: 100, AddressID: 12, Lane: outbox.News}, outbox.Delivery{MessageID: 101, AddressID: 12})
		p := &postman{takes: time.Millisecond}
		c := o.config()
		c.Parallel = 1
		o.dispatch(p, c)
		o.drained()
		if got := p.order(); got[0] != 100 || got[1] != 101 {
			t.Errorf("sent in the order %v, want 100 and 101 first", got)
		}
	})
}

func TestPauseAndResume(t *testing.T) {
	eachOffice(t, 1, func(o *office) {
		pause := func(lane outbox.Lane) {
			o.must(func(ctx context.Context, tx *store.Tx) error { return outbox.Pause(ctx, tx, "telegram", lane) })
		}
		resume := func(lane outbox.Lane) {
			o.must(func(ctx context.Context, tx *store.Tx) error { return outbox.Resume(ctx, tx, "telegram", lane) })
		}
		o.addresses(60)
		pause(outbox.Push)
		pause(outbox.Push) // again changes nothing
		p := &postman{}
		c := o.config()
		c.Look = 0
		c.Limits.PerSecond, c.Limits.Pushes = 200, 50
		_, stop := o.dispatch(p, c)
		o.write(many(1, 1000, 60, outbox.Push)...)
		o.write(outbox.Delivery{MessageID: 2000, AddressID: 1})
		o.until("the answer is out", func() bool { return p.count() == 1 })
		time.Sleep(800 * time.Millisecond)
		if n := p.count(); n != 1 {
			t.Errorf("%d letters while pushes are paused", n)
		}
		resume(outbox.Push)
		start := time.Now()
		o.until("pushes go again", func() bool { return p.count() > 1 })
		resumed := time.Since(start)
		pause(outbox.Push)
		start = time.Now()
		time.Sleep(3 * time.Second)
		n := p.count()
		time.Sleep(time.Second)
		if again := p.count(); again != n || o.open() == 0 {
			t.Errorf("%d letters in a pause, then %d; %d wait", n, again, o.open())
		}
		t.Logf("resumed after %s; the last left %s after the pause", resumed, p.call(n-1).at.Sub(start))
		if resumed > 5*time.Second { // a second, and what a busy machine adds
			t.Errorf("resumed after %s", resumed)
		}
		stop()
		resume(outbox.Push)
		resume(outbox.Answer) // was not paused
		for _, lane := range []outbox.Lane{"", "bulk"} {
			o.must(func(ctx context.Context, tx *store.Tx) error {
				if err := outbox.Pause(ctx, tx, "telegram", lane); err == nil {
					t.Errorf("lane %q can be paused", lane)
				}
				return nil
			})
		}
	})
}

// An answer that edits news in a paused lane says what is left to say.
func TestEditOvertakesAnOriginalThatIsPaused(t *testing.T) {
	eachOffice(t, 1, func(o *office) {
		o.addresses(1)
		o.must(func(ctx context.Context, tx *store.Tx) error { return outbox.Pause(ctx, tx, "telegram", outbox.News) })
		o.write(outbox.Delivery{MessageID: 1, AddressID: 1, Lane: outbox.News}, outbox.Delivery{MessageID: 2, AddressID: 1, Edits: 1})
		p := &postman{}
		o.dispatch(p, o.config())
		o.drained()
		o.wants(1, outbox.Superseded, "")
		o.wants(2, outbox.Sent, "")
		if c := p.call(0); c.Replaces != "" {
			t.Errorf("%+v", c.Letter)
		}
	})
}

func TestStatusCounts(t *testing.T) {
	eachOffice(t, 1, func(o *office) {
		o.addresses(3)
		o.write(many(1, 3, 3, outbox.Answer)...)
		o.write(many(11, 3, 3, outbox.Push)...)
		o.write(outbox.Delivery{MessageID: 20, AddressID: 1, Channel: "other", Lane: outbox.News})
		o.must(func(ctx context.Context, tx *store.Tx) error { return outbox.Pause(ctx, tx, "telegram", outbox.Push) })
		o.exec("UPDATE deliveries SET status = 'dead' WHERE message_id = 11")
		o.exec("UPDATE deliveries SET status = 'dropped', unknowns = 2 WHERE message_id = 12")
		o.dispatch(&postman{}, o.config())
		o.until("answers are out", func() bool {
			return o.row(3).Status == outbox.Sent && o.row(2).Status == outbox.Sent && o.row(1).Status == outbox.Sent
		})
		ctx := context.Background()
		counts, err := outbox.Status(ctx, o.db.Read(ctx))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range counts {
			got = append(got, fmt.Sprintf("%s/%s w%d s%d d%d x%d u%d %t", c.Channel, c.Lane, c.Waiting, c.Sent, c.Dropped, c.Dead, c.Unknowns, c.OldestWaiting != nil))
		}
		want := []string{"other/news w1 s0 d0 x0 u0 true", "telegram/answer w0 s3 d0 x0 u0 false", "telegram/push w1 s0 d1 x1 u2 true"}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		holds, err := outbox.Paused(ctx, o.db.Read(ctx))
		if err != nil || len(holds) != 1 || holds[0].Lane != outbox.Push || holds[0].Channel != "telegram" {
			t.Errorf("%+v, %v", holds, err)
		}
	})
}

// storm is a messenger in trouble: it refuses, tells to wait, and loses words.
func storm(seed uint64) func(int, outbox.Letter) error {
	random := rand.New(rand.NewPCG(seed, 7))
	return func(n int, _ outbox.Letter) error {
		switch k := random.IntN(10); {
		case k < 2:
			return outbox.Later{After: time.Duration(random.IntN(3000)) * time.Millisecond, Account: random.IntN(20) == 0}
		case k == 2:
			return io.ErrUnexpectedEOF
		case k == 3:
			return fmt.Errorf("answer: %w", outbox.ErrUnknown)
		case k == 4 && random.IntN(10) == 0:
			panic("poison")
		}
		return nil
	}
}

// Dispatchers come and go, and the messenger storms: every message arrives or
// is given up by the rules, once and in its order.
func TestDispatchersTakeTurns(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		o := &office{T: t, speed: 100, start: time.Now(), log: &lockedText{}}
		replica := func() *office {
			db, err := store.Open(context.Background(), url, o.clock)
			if err != nil {
				t.Fatal(err)
			}
			db.Lease = time.Second
			t.Cleanup(func() { _ = db.Close() })
			return &office{T: t, speed: 100, start: o.start, log: o.log, db: db}
		}
		o.db = replica().db
		o.addresses(20)
		o.write(many(1, 60, 20, outbox.News)...)
		o.write(many(1001, 60, 20, outbox.Push)...)
		p := &postman{takes: 2 * time.Millisecond, script: storm(1)}
		terms := func(o *office, random *rand.Rand) {
			for o.open() > 0 {
				_, stop := o.dispatch(p, o.config())
				time.Sleep(time.Duration(50+random.IntN(200)) * time.Millisecond)
				stop()
			}
		}
		var replicas sync.WaitGroup
		for i := range map[store.Engine]int{store.SQLite: 1, store.Postgres: 3}[o.db.Engine] { // one process owns a SQLite file
			r := replica()
			replicas.Go(func() { terms(r, rand.New(rand.NewPCG(uint64(i), 3))) })
		}
		replicas.Wait()
		o.fared(p, 60)
	})
}

// fared checks what the messenger got against what the rows say.
func (o *office) fared(p *postman, n int) {
	o.Helper()
	if p.together != 1 {
		o.Errorf("%d letters under way to one address at once", p.together)
	}
	for id := int64(1); id < 2000; id++ {
		if id > int64(n) && id <= 1000 || id > 1000+int64(n) {
			continue
		}
		r, calls := o.row(id), p.of(id)
		sent := 0
		for _, c := range calls {
			if c.err == nil && !c.panicked {
				sent++
			}
		}
		unknown := r.Status == outbox.Dropped && r.Error == "unknown"
		if r.Status == outbox.Sent != (sent == 1) || r.Status != outbox.Sent && !unknown || sent+r.Unknowns > 8 || id > 1000 && r.Unknowns > 1 {
			o.Errorf("message %d arrived %d times in %d tries; %+v", id, sent, len(calls), r)
		}
	}
	order := p.order()
	for address := range int64(20) {
		last := int64(0)
		for _, id := range order {
			if id <= 1000 && (id-1)%20 == address {
				if id < last {
					o.Errorf("address %d got %d after %d", address+1, id, last)
				}
				last = id
			}
		}
	}
}

package outbox_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"promobot/bot/outbox"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

// TestMain lets rapid check less than it would: each check brings a whole day of
// mail out. -rapid.checks says how many otherwise.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// office is a database with addresses and messages, and a clock that runs
// faster than the wall's.
type office struct {
	*testing.T
	db    *store.DB
	speed int64
	start time.Time
	log   *lockedText
}

type lockedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// eachOffice runs the test on both engines with a clock that is speed times as
// fast as the wall's.
func eachOffice(t *testing.T, speed int64, test func(o *office)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) {
		o := &office{T: t, speed: speed, start: time.Now(), log: &lockedText{}}
		db, err := store.Open(context.Background(), url, o.clock)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		o.db = db
		test(o)
	})
}

func (o *office) clock() time.Time { return o.start.Add(time.Since(o.start) * time.Duration(o.speed)) }

func (o *office) must(fn func(ctx context.Context, tx *store.Tx) error) {
	o.Helper()
	ctx := context.Background()
	if err := o.db.InTx(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		o.Fatal(err)
	}
}

func (o *office) exec(statement string, args ...any) {
	o.Helper()
	o.must(func(_ context.Context, tx *store.Tx) error { return tx.Exec(statement, args...).Error })
}

// addresses makes n addresses with the ids 1…n.
func (o *office) addresses(n int) {
	o.Helper()
	o.must(func(_ context.Context, tx *store.Tx) error {
		for id := 1; id <= n; id++ {
			if err := tx.Exec("INSERT INTO participants (id, language, created_at) VALUES (?, 'ru', ?)", id, tx.Now()).Error; err != nil {
				return err
			}
			if err := tx.Exec("INSERT INTO addresses (id, participant_id, channel, address, created_at) VALUES (?, ?, 'telegram', ?, ?)",
				id, id, fmt.Sprint(id), tx.Now()).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// write puts deliveries in, in one transaction.
func (o *office) write(list ...outbox.Delivery) {
	o.Helper()
	o.must(func(ctx context.Context, tx *store.Tx) error {
		for i := range list {
			d := &list[i]
			d.Channel, d.Lane = cmp.Or(d.Channel, "telegram"), cmp.Or(d.Lane, outbox.Answer)
			if err := tx.Exec("INSERT INTO messages (id, address_id, body, created_at) VALUES (?, ?, ?, ?)",
				d.MessageID, d.AddressID, []byte("sealed"), tx.Now()).Error; err != nil {
				return err
			}
			if err := outbox.Put(ctx, tx, *d); err != nil {
				return err
			}
		}
		return nil
	})
}

// row is what the table says of a delivery.
type row struct {
	MessageID          int64
	Status, Error      string
	Attempts, Unknowns int
	ProviderID         string
	NotBefore          time.Time
	SentAt             *time.Time
}

func (o *office) row(id int64) row {
	o.Helper()
	var r row
	if err := o.db.Read(context.Background()).Table("deliveries").Take(&r, "message_id = ?", id).Error; err != nil {
		o.Fatal(err)
	}
	return r
}

// open counts what waits or is under way.
func (o *office) open() (n int64) {
	o.Helper()
	if err := o.db.Read(context.Background()).Table("deliveries").Where("status IN ('waiting', 'sending')").Count(&n).Error; err != nil {
		o.Fatal(err)
	}
	return n
}

func (o *office) wants(id int64, status, said string) {
	o.Helper()
	if r := o.row(id); r.Status != status || !strings.Contains(r.Error, said) {
		o.Errorf("message %d is %+v, want %s %q", id, r, status, said)
	}
}

// fast are limits that no test reaches.
var fast = outbox.Limits{PerSecond: 10_000, Pushes: 9_000, ChatEvery: time.Microsecond, ChatBurst: 100}

func (o *office) config() outbox.Config {
	return outbox.Config{Channel: "telegram", Limits: fast, Parallel: 16, Clock: o.clock, Look: 20 * time.Millisecond, Timeout: 5 * time.Second,
		Logger: slog.New(slog.NewTextHandler(o.log, nil))}
}

// dispatch runs a dispatcher until stop is called.
func (o *office) dispatch(c outbox.Courier, config outbox.Config) (d *outbox.Dispatcher, stop func()) {
	o.Helper()
	d = outbox.New(o.db, c, config)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			o.Error(err)
		}
	})
	o.Cleanup(stop)
	return d, stop
}

// until waits for what must come true.
func (o *office) until(what string, fact func() bool) {
	o.Helper()
	for end := time.Now().Add(time.Minute); !fact(); time.Sleep(4 * time.Millisecond) {
		if time.Now().After(end) {
			o.Fatalf("%s: not after a minute; %s", what, o.log)
		}
	}
}

func (o *office) drained() {
	o.Helper()
	o.until("nothing waits", func() bool { return o.open() == 0 })
}

// told is one call of the courier.
type told struct {
	outbox.Letter
	at       time.Time
	err      error
	panicked bool
}

// postman carries as his script says; without one everything arrives.
type postman struct {
	mu       sync.Mutex
	script   func(n int, l outbox.Letter) error // n-th try of the message, from 1
	takes    time.Duration
	tries    map[int64]int
	calls    []told
	under    map[int64]int
	together int // most letters under way to one address
	abreast  atomic.Int64
}

func (p *postman) Carry(ctx context.Context, l outbox.Letter) (string, error) {
	n, err := p.begin(l)
	defer p.finish(l)
	if p.takes > 0 {
		select {
		case <-time.After(p.takes):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	if err != nil {
		return "", err
	}
	if l.Replaces != "" {
		return l.Replaces, nil
	}
	return fmt.Sprintf("p%d.%d", l.MessageID, n), nil
}

func (p *postman) begin(l outbox.Letter) (n int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tries == nil {
		p.tries, p.under = map[int64]int{}, map[int64]int{}
	}
	p.tries[l.MessageID]++
	p.under[l.AddressID]++
	p.together = max(p.together, p.under[l.AddressID])
	sum := 0
	for n := range maps.Values(p.under) {
		sum += n
	}
	p.abreast.Store(max(p.abreast.Load(), int64(sum)))
	defer func() {
		value := recover()
		p.calls = append(p.calls, told{Letter: l, at: time.Now(), err: err, panicked: value != nil})
		if value != nil {
			p.under[l.AddressID]--
			panic(value)
		}
	}()
	if p.script != nil {
		err = p.script(p.tries[l.MessageID], l)
	}
	return p.tries[l.MessageID], err
}

func (p *postman) finish(l outbox.Letter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.under[l.AddressID]--
}

// order lists the messages that arrived, as they were taken.
func (p *postman) order() (ids []int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.calls {
		if c.err == nil && !c.panicked {
			ids = append(ids, c.MessageID)
		}
	}
	return ids
}

// of lists the tries of a message.
func (p *postman) of(id int64) (calls []told) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.calls {
		if c.MessageID == id {
			calls = append(calls, c)
		}
	}
	return calls
}

func (p *postman) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.calls)
}

func (p *postman) call(i int) told {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[i]
}

func TestMessageIsSentOnce(t *testing.T) {
	eachOffice(t, 1, func(o *office) {
		o.addresses(2)
		p := &postman{}
		_, stop := o.dispatch(p, o.config())
		o.write(outbox.Delivery{MessageID: 1, AddressID: 1}, outbox.Delivery{MessageID: 2, AddressID: 2, Lane: outbox.News},
			outbox.Delivery{MessageID: 3, AddressID: 2, Lane: outbox.Push, ExpiresAt: o.clock().Add(time.Hour)},
			outbox.Delivery{MessageID: 4, AddressID: 1, Channel: "other"})
		o.until("three are sent", func() bool { return o.open() == 1 })
		stop()
		o.wants(1, outbox.Sent, "")
		o.wants(4, outbox.Waiting, "")
		if r := o.row(1); r.ProviderID != "p1.1" || r.Attempts != 1 || r.SentAt == nil {
			t.Errorf("%+v", r)
		}
		if ids := p.order(); len(ids) != 3 || slices.Index(ids, 2) > slices.Index(ids, 3) {
			t.Errorf("sent %v", ids)
		}
	})
}

func TestEditsFollowTheirOriginal(t *testing.T) {
	eachOffice(t, 100, func(o *office) {
		o.addresses(1)
		o.write(outbox.Delivery{MessageID: 1, AddressID: 1}, outbox.Delivery{MessageID: 2, AddressID: 1, Edits: 1},
			outbox.Delivery{MessageID: 3, AddressID: 1}, outbox.Delivery{MessageID: 4, AddressID: 1, Edits: 2})
		p := &postman{script: func(n int, l outbox.Letter) error {
			if l.MessageID == 1 && n < 3 {
				return io.ErrUnexpectedEOF
			}
			return nil
		}}
		o.dispatch(p, o.config())
		o.drained()
		if got := p.order(); !slices.Equal(got, []int64{1, 3, 4}) {
			t.Errorf("sent %v, want 1, 3, and 4 in the place of 2", got)
		}
		o.wants(2, outbox.Superseded, "")
		if last := p.call(p.count() - 1); last.Replaces != "p1.3" || last.MessageID != 4 {
			t.Errorf("the edit is %+v, want it to replace p1.3", last.Letter)
		}
	})
}

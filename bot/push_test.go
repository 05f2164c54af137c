package bot_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"promobot/bot"
	"promobot/bot/outbox"
	"promobot/internal/store"
)

// sent is one message as the messenger got it.
type sent struct {
	address, replaces string
	bot.Message
	at time.Time
}

// messenger is a channel that takes everything.
type messenger struct {
	mu    sync.Mutex
	list  []sent
	takes time.Duration
	fail  func(address string) error
}

func (m *messenger) Send(_ context.Context, address, replaces string, msg bot.Message) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		if err := m.fail(address); err != nil {
			return "", err
		}
	}
	m.list = append(m.list, sent{address, replaces, msg, time.Now()})
	time.Sleep(m.takes)
	return fmt.Sprint(len(m.list)), nil
}

func (m *messenger) Fetch(context.Context, string, int64) ([]byte, error) {
	return nil, errors.ErrUnsupported
}

// all lists what was sent with the words, by address.
func (m *messenger) all(words string) map[string][]sent {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := map[string][]sent{}
	for _, s := range m.list {
		if strings.Contains(s.Text, words) {
			list[s.address] = append(list[s.address], s)
		}
	}
	return list
}

// dispatch brings out what is queued, until stop.
func (w *world) dispatch(channel bot.Channel, limits outbox.Limits) (stop func()) {
	d := outbox.New(w.db, w.bot.Courier(channel), outbox.Config{
		Channel: "telegram", Limits: limits, Parallel: 4, Clock: time.Now, Unreachable: w.rooms.People.Close,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Look: 5 * time.Millisecond,
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.Error(err)
		}
	})
	w.Cleanup(stop)
	return stop
}

// fast are limits that no test reaches.
var fast = outbox.Limits{PerSecond: 10_000, Pushes: 9_000, ChatEvery: time.Microsecond, ChatBurst: 100}

// drained waits until nothing is to be sent.
func (w *world) drained() {
	w.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		var n int64
		if err := w.db.Read(context.Background()).Table("deliveries").Where("status IN ('waiting', 'sending')").Count(&n).Error; err != nil {
			w.Fatal(err)
		}
		if n == 0 {
			return
		}
		if time.Now().After(end) {
			w.Fatalf("%d still wait", n)
		}
	}
}

// push plans a push and writes its first page; the queue would do the same.
func (w *world) push(ru, en string) (id int64) {
	w.Helper()
	w.must(func(ctx context.Context, tx *store.Tx) (err error) {
		id, err = bot.PlanPush(ctx, tx, ru, en)
		return err
	})
	if err := w.bot.PlanPushPage(context.Background(), id, 0); err != nil {
		w.Fatal(err)
	}
	return id
}

func TestAnswersArriveInTheMessenger(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.messenger("7001")
		p.says("привет")
		m := &messenger{}
		stop := w.dispatch(m, fast)
		w.drained()
		stop()
		if list := m.all(""); len(list["7001"]) != 1 || !strings.HasPrefix(list["7001"][0].Text, "Здравствуйте!") {
			t.Errorf("%+v", list)
		}
	})
}

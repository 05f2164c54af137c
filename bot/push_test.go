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
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Look: 20 * time.Millisecond,
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
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(5 * time.Millisecond) {
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

// wantsNews registers somebody in the channel who wants news.
func (p *person) wantsNews() *person {
	p.Helper()
	p.registers()
	p.says("START")
	return p
}

func TestPushReachesThoseWhoWantIt(t *testing.T) {
	eachWorld(t, func(w *world) {
		anna, web := w.messenger("7001").wantsNews(), w.person("web").wantsNews()
		english := w.messenger("7002").wantsNews()
		english.presses("lang:en")
		w.messenger("7003").registers()       // no news
		w.messenger("7004").says("привет")    // not registered
		w.messenger("7005").wantsNews().bye() // reached nowhere
		web.heard()
		id := w.push("Новый\u202e приз! ", "A new prize!")
		m := &messenger{}
		stop := w.dispatch(m, fast)
		w.drained()
		stop()
		list := m.all("приз!")
		if len(list) != 1 || len(list["7001"]) != 1 || list["7001"][0].Text != "Новый приз!\n\nОтписаться: СТОП" {
			t.Errorf("Russian: %+v", list)
		}
		list = m.all("A new prize!")
		if len(list) != 1 || len(list["7002"]) != 1 || list["7002"][0].Text != "A new prize!\n\nUnsubscribe: STOP" {
			t.Errorf("English: %+v", list)
		}
		if shown := one(t, web.heard()); shown.Text != "Новый приз!\n\nОтписаться: СТОП" {
			t.Errorf("in the web chat: %+v", shown)
		}
		anna.says("баланс")
		for range 2 { // a page again changes nothing
			if err := w.bot.PlanPushPage(context.Background(), id, 0); err != nil {
				t.Fatal(err)
			}
		}
		pushes, err := bot.Pushes(context.Background(), w.db.Read(context.Background()), 10)
		if err != nil || len(pushes) != 1 {
			t.Fatalf("%+v, %v", pushes, err)
		}
		p := pushes[0]
		if p.ID != id || p.Status != bot.PushPlanned || p.Messages != 3 || p.Fared[outbox.Sent] != 2 || p.Fared[bot.PushShown] != 1 || p.PlannedAt == nil {
			t.Errorf("%+v", p)
		}
	})
}

// bye blocks the bot.
func (p *person) bye() {
	p.Helper()
	p.must(func(ctx context.Context, tx *store.Tx) error { return p.rooms.People.Close(ctx, tx, p.address()) })
}

func TestPushTextsAreChecked(t *testing.T) {
	long := strings.Repeat("ю", 3000)
	for _, tt := range []struct {
		name, ru, en string
		ok           bool
	}{
		{"both", "а", "b", true}, {"no English", "а", "", false}, {"no Russian", " \n", "b", false}, {"only signs that are not shown", "\u202e", "b", false},
		{"the longest", long, "b", true}, {"one more", long + "ю", "b", false}, {"emoji count twice", strings.Repeat("😀", 1501), "b", false},
	} {
		if err := bot.CheckPush(tt.ru, tt.en); (err == nil) != tt.ok || err != nil && !errors.Is(err, bot.ErrPush) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// crowd registers people with news by rows: talking them through takes long.
func (w *world) crowd(n int) {
	w.Helper()
	w.must(func(_ context.Context, tx *store.Tx) error {
		for i := range n {
			id := 5000 + i
			for _, statement := range []string{
				"INSERT INTO participants (id, language, registered_at, created_at) VALUES (@id, 'ru', @now, @now)",
				"INSERT INTO addresses (id, participant_id, channel, address, created_at) VALUES (@id, @id, 'telegram', @name, @now)",
				"INSERT INTO consents (participant_id, document, version, update_id, granted_at) VALUES (@id, 'news', '1', 1, @now)",
				"INSERT INTO dialogs (participant_id, state, kept, changed_at) VALUES (@id, 'menu', '[]', @now)",
			} {
				if err := tx.Exec(statement, map[string]any{"id": id, "name": fmt.Sprint(id), "now": tx.Now()}).Error; err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// A push is written page by page; whoever dies between two pages, everybody
// gets one message.
func TestPushIsWrittenInPages(t *testing.T) {
	eachWorld(t, func(w *world) {
		const people = 450
		w.crowd(people)
		id := w.push("Приз!", "Prize!")
		ctx := context.Background()
		for end := time.Now().Add(30 * time.Second); ; {
			list, err := bot.Pushes(ctx, w.db.Read(ctx), 1)
			if err != nil || time.Now().After(end) {
				t.Fatalf("%+v, %v", list, err)
			}
			if list[0].Status == bot.PushPlanned {
				break
			}
			var after int64
			if err := w.db.Read(ctx).Table("pushes").Select("planned_to").Scan(&after).Error; err != nil {
				t.Fatal(err)
			}
			var workers sync.WaitGroup // a job that was rescued runs beside itself
			for range 3 {
				workers.Go(func() {
					if err := w.bot.PlanPushPage(ctx, id, after); err != nil {
						t.Error(err)
					}
				})
			}
			workers.Wait()
		}
		var messages, addresses, deliveries, jobs int64
		for query, n := range map[string]*int64{
			"SELECT COUNT(*) FROM messages WHERE push_id IS NOT NULL":                                                  &messages,
			"SELECT COUNT(DISTINCT address_id) FROM messages WHERE push_id IS NOT NULL":                                &addresses,
			"SELECT COUNT(*) FROM deliveries d JOIN messages m ON m.id = d.message_id AND m.address_id = d.address_id": &deliveries,
			"SELECT COUNT(*) FROM river_job WHERE kind = 'push_plan'":                                                  &jobs,
		} {
			if err := w.db.Read(ctx).Raw(query).Scan(n).Error; err != nil {
				t.Fatal(err)
			}
		}
		if messages != people || addresses != people || deliveries != people || jobs != 3 {
			t.Errorf("%d messages to %d addresses in %d deliveries by %d jobs, want %d and 3 jobs", messages, addresses, deliveries, jobs, people)
		}
	})
}

// underWay is how long a push may be on its way already when STOP is heard.
const underWay = 500 * time.Millisecond

// Who says STOP while a push goes out gets nothing more, though it was planned
// and queued for him.
func TestStopIsHonouredInTheMiddleOfAPush(t *testing.T) {
	eachWorld(t, func(w *world) {
		const people = 80
		w.crowd(people)
		m := &messenger{takes: 10 * time.Millisecond}
		w.dispatch(m, fast)
		w.must(func(ctx context.Context, tx *store.Tx) error { return outbox.Pause(ctx, tx, "telegram", outbox.Push) })
		w.push("Акварель первая", "First watercolour")
		w.push("Акварель вторая", "Second watercolour")
		stopped := map[string]time.Time{}
		stop := func(i int) {
			p := w.messenger(fmt.Sprint(5000 + i))
			p.says([]string{"СТОП", "STOP", "стоп", "Stop"}[i%4])
			stopped[p.name] = time.Now()
		}
		early := []int{0, 1, 2, 77, 78, 79}
		for _, i := range early {
			stop(i)
		}
		w.must(func(ctx context.Context, tx *store.Tx) error { return outbox.Resume(ctx, tx, "telegram", outbox.Push) })
		for i := 70; i > 20; i -= 8 { // they leave from the front, the words come from the back
			stop(i)
		}
		w.drained()
		w.push("Акварель третья", "Third watercolour")
		w.drained()
		got := m.all("Акварель")
		for name, at := range stopped {
			for _, s := range got[name] {
				if s.at.After(at.Add(underWay)) {
					t.Errorf("%s was sent %q %s after STOP", name, s.Text, s.at.Sub(at))
				}
			}
		}
		for _, i := range early {
			if list := got[fmt.Sprint(5000+i)]; len(list) > 0 {
				t.Errorf("%d said STOP before the start and got %+v", i, list)
			}
		}
		for i := range people {
			name := fmt.Sprint(5000 + i)
			if _, ok := stopped[name]; !ok && len(got[name]) != 3 {
				t.Errorf("%s got %d pushes, want three", name, len(got[name]))
			}
		}
		ctx := context.Background()
		list, err := bot.Pushes(ctx, w.db.Read(ctx), 3)
		if err != nil || list[1].Fared[outbox.Dropped] < 6 || list[0].Messages != int64(people-len(stopped)) {
			t.Errorf("%+v, %v: want at least 6 dropped of the second, and none written for who said STOP of the third", list, err)
		}
	})
}

package providers_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/providers"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

// noon in Moscow is when these tests begin.
var noon = time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)

// world is two providers behind routers of several replicas.
type world struct {
	*testing.T
	db     *store.DB
	now    *atomic.Int64
	first  *service
	second *service
	log    *bytes.Buffer
	quota  int
	perSec float64
}

// service is a provider that answers from memory.
type service struct {
	mu       sync.Mutex
	sendErr  error
	pollErr  error
	answer   fns.Answer
	sends    int
	polls    int
	onlyPoll bool
}

func (s *service) set(change func(s *service)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *service) count() (sends, polls int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sends, s.polls
}

// Send takes a question.
func (s *service) Send(context.Context, fns.QR) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.onlyPoll {
		return "all", nil
	}
	s.sends++
	return fmt.Sprint(s.sends), s.sendErr
}

// Poll answers it.
func (s *service) Poll(context.Context, string) (fns.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.polls++
	return s.answer, s.pollErr
}

func eachWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) {
		clock := &atomic.Int64{}
		clock.Store(noon.UnixMicro())
		db, err := store.Open(context.Background(), url, func() time.Time { return time.UnixMicro(clock.Load()) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		test(&world{T: t, db: db, now: clock, first: &service{}, second: &service{onlyPoll: true}, log: &bytes.Buffer{}, perSec: 1000})
	})
}

func (w *world) pass(d time.Duration) { w.now.Add(d.Microseconds()) }

// router is a replica's.
func (w *world) router() *providers.Router {
	return providers.New(w.db, []providers.Provider{
		{Name: "fns", Client: w.first, DailyQuota: w.quota, SendsPerSecond: w.perSec, Official: true},
	}, providers.Options{Log: slog.New(slog.NewTextHandler(w.log, nil))})
}

// both is a replica's with a second provider.
func (w *world) both() *providers.Router {
	return providers.New(w.db, []providers.Provider{
		{Name: "fns", Client: w.first, DailyQuota: w.quota, SendsPerSecond: w.perSec, Official: true},
		{Name: "resale", Client: w.second, SendsPerSecond: w.perSec, PaidPolls: true},
	}, providers.Options{})
}

func (w *world) board(name string) providers.Board {
	w.Helper()
	boards, err := providers.Boards(context.Background(), w.db.Read(context.Background()), w.db.Now())
	if err != nil {
		w.Fatal(err)
	}
	for _, b := range boards {
		if b.Provider == name {
			return b
		}
	}
	w.Fatalf("no board of %s", name)
	return providers.Board{}
}

// about is a context for a question about a receipt.
func about(id int, retry bool) context.Context {
	return fns.WithPurpose(context.Background(), fns.Purpose{Subject: fmt.Sprint("receipt:", id), Retry: retry})
}

package webchat_test

import (
	"context"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"promobot/internal/store"
)

// work works the talk's jobs until the test ends.
func (s *site) work(t *testing.T) {
	t.Helper()
	workers := river.NewWorkers()
	s.bot.Register(workers)
	w, err := s.db.NewWorker(store.WorkerConfig{Workers: workers, Parallel: 8, Lease: time.Second, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

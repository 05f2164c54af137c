package receipts_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/receipts"
)

// TestQueueSettlesThirtyAtOnce: the whole machine with the wall clock: the
// queue, its workers, the client and the simulator.
func TestQueueSettlesThirtyAtOnce(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		w := newWorld(t, url)
		db, err := store.Open(context.Background(), url, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		w.db = db // with the wall clock, for the queue
		terms, today := spring(), time.Now().UTC().Truncate(24*time.Hour)
		terms.Starts, terms.Ends = today.AddDate(0, 0, -1), today.AddDate(0, 0, 2)
		w.apply(terms)
		sim := w.simulated(time.Now, fnssim.Options{ReadyMin: 10 * time.Millisecond, ReadyMax: 500 * time.Millisecond})
		w.work()

		ids, people := make([]int64, 30), make([]int64, 30)
		for i := range ids {
			people[i] = w.person()
		}
		codes := make([]fns.QR, len(ids))
		for i := range codes {
			codes[i] = w.mint(sim, fnssim.Order{At: time.Now().UTC().Add(-time.Minute), Items: basket})
		}
		begun := time.Now()
		atOnce(len(ids), func(i int) {
			sub := receipts.Submission{Source: fmt.Sprint("queue:", i), ParticipantID: people[i], Way: receipts.ByPhoto, Picture: []byte(codes[i].String())}
			ids[i] = w.send(sub).ID
		})
		for i, id := range ids {
			for w.get(id).Status != receipts.Accepted {
				if time.Since(begun) > 40*time.Second {
					w.Fatalf("receipt %d of thirty is %+v", i, w.get(id))
				}
				time.Sleep(50 * time.Millisecond)
			}
			w.told(id, receipts.NoticeRead, receipts.NoticeAccepted)
			if got := w.balance(people[i]).Available; got != 80 {
				w.Errorf("participant %d has %d points, want 80", people[i], got)
			}
		}
		t.Logf("thirty receipts in %s, %+v", time.Since(begun).Round(time.Millisecond), sim.Counts())
		w.whole()
	})
}

// work runs the workers of this room until the test ends.
func (w world) work() {
	w.Helper()
	logger := slog.New(slog.NewTextHandler(io.Discard, nil))
	workers := river.NewWorkers()
	river.AddWorker(workers, &receipts.ScanWorker{Receipts: w.receipts, Logger: logger})
	river.AddWorker(workers, &receipts.CheckWorker{Receipts: w.receipts, Logger: logger})
	worker, err := w.db.NewWorker(store.WorkerConfig{Workers: workers, Parallel: 10, Lease: 5 * time.Second, Logger: logger})
	if err != nil {
		w.Fatal(err)
	}
	if err := worker.Start(context.Background()); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		if err := worker.Stop(context.Background()); err != nil {
			w.Error(err)
		}
	})
}

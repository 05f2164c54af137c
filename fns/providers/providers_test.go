package providers_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/providers"
)

var errDown = &fns.TemporaryError{Op: "send", Err: errors.New("HTTP 503")}

// TestQuotaIsSharedAndKept: whatever replicas and restarts there are, a day has
// as many calls as its quota, and old receipts have their tenth.
func TestQuotaIsSharedAndKept(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.quota, w.perSec = 20, 1e7
		var asked atomic.Int64
		ask := func(retry bool) (granted int64) {
			var group sync.WaitGroup
			var n atomic.Int64
			for range 4 {
				r := w.router() // a replica, or the same one after a restart
				group.Go(func() {
					for range 10 {
						w.pass(time.Millisecond)
						_, err := r.Send(about(int(asked.Add(1)), retry), fns.QR{})
						var quota *fns.QuotaError
						var rate *fns.RateError
						switch {
						case err == nil:
							n.Add(1)
						case !errors.As(err, &quota) && !errors.As(err, &rate):
							w.Error(err)
						}
					}
				})
			}
			group.Wait()
			return n.Load()
		}
		if n := ask(false); n != 18 {
			w.Errorf("%d fresh questions, want 18 of 20", n)
		}
		if n := ask(true); n != 2 {
			w.Errorf("%d retries after those, want the 2 that were kept", n)
		}
		if sends, _ := w.first.count(); sends != 20 {
			w.Errorf("the service got %d, its quota is 20", sends)
		}
		if b := w.board("fns"); b.Used != 20 || b.Left == nil || *b.Left != 0 || b.Why != string(providers.NoQuota) {
			w.Errorf("the board says %+v", b)
		}
		if got := strings.Count(w.log.String(), "quota of the day is low"); got != 1 {
			w.Errorf("%d alerts, want one", got)
		}
		w.pass(12*time.Hour + time.Minute) // a minute past Moscow midnight
		if _, err := w.router().Send(about(1, false), fns.QR{}); err != nil {
			w.Errorf("on the next day: %v", err)
		}
	})
}

// TestQuotaFaultStopsAllReplicas: what one hears holds for all, until midnight.
func TestQuotaFaultStopsAllReplicas(t *testing.T) {
	eachWorld(t, func(w *world) {
		midnight := noon.Add(12 * time.Hour)
		w.first.set(func(s *service) { s.sendErr = &fns.QuotaError{Until: midnight} })
		for range 5 {
			var quota *fns.QuotaError
			if _, err := w.router().Send(context.Background(), fns.QR{}); !errors.As(err, &quota) || !quota.Until.Equal(midnight) {
				w.Fatalf("%v, want no quota until midnight", err)
			}
			w.pass(time.Hour)
		}
		if sends, _ := w.first.count(); sends != 1 {
			w.Errorf("%d calls, want the one that was refused", sends)
		}
		if _, err := w.router().Poll(context.Background(), "fns:1"); err != nil {
			w.Errorf("a poll of what was sent before: %v", err)
		}
	})
}

// TestGatesAreShared: access refused, and a bare 429.
func TestGatesAreShared(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		wait time.Duration
	}{
		"access refused": {&fns.AccessError{Text: "IP"}, 30 * time.Second},
		"too many":       {&fns.RateError{RetryIn: 2 * time.Minute, All: true}, 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			eachWorld(t, func(w *world) {
				w.first.set(func(s *service) { s.sendErr = tt.err })
				if _, err := w.router().Send(context.Background(), fns.QR{}); err == nil {
					w.Fatal("it was sent")
				}
				w.first.set(func(s *service) { s.sendErr = nil })
				w.pass(tt.wait - time.Second)
				_, err := w.router().Send(context.Background(), fns.QR{})
				_, err2 := w.router().Poll(context.Background(), "fns:1")
				if sends, polls := w.first.count(); err == nil || err2 == nil || sends != 1 || polls != 0 {
					w.Errorf("%v, %v, %d sends and %d polls; want both refused", err, err2, sends, polls)
				}
				w.pass(time.Second)
				if _, err := w.router().Send(context.Background(), fns.QR{}); err != nil {
					w.Errorf("afterwards: %v", err)
				}
			})
		})
	}
}

func TestPaceIsShared(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.perSec = 5
		sent := 0
		for range 100 { // ten seconds, two replicas
			for _, r := range []*providers.Router{w.router(), w.router()} {
				if _, err := r.Send(context.Background(), fns.QR{}); err == nil {
					sent++
				}
			}
			w.pass(100 * time.Millisecond)
		}
		if sent != 50 {
			w.Errorf("%d sends in ten seconds at five a second", sent)
		}
	})
}

// TestCrashAfterTheReservation costs one call: what was reserved stays so.
func TestCrashAfterTheReservation(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.quota = 5
		func() {
			defer func() { _ = recover() }()
			_, _ = providers.New(w.db, []providers.Provider{{Name: "fns", Client: crashing{}, DailyQuota: 5, SendsPerSecond: 1000, Official: true}},
				providers.Options{}).Send(about(1, false), fns.QR{})
		}()
		w.pass(time.Second)
		var temporary *fns.TemporaryError
		if _, err := w.router().Send(about(1, false), fns.QR{}); !errors.As(err, &temporary) || !temporary.Unasked || temporary.RetryIn != fns.AnswerGone-time.Second {
			w.Errorf("the same receipt: %v, want it parked", err)
		}
		for i := range 10 {
			w.pass(time.Second)
			_, _ = w.router().Send(about(10+i, true), fns.QR{})
		}
		if sends, _ := w.first.count(); sends != 4 {
			w.Errorf("%d calls after the one that crashed, the quota is 5", sends)
		}
	})
}

type crashing struct{}

func (crashing) Send(context.Context, fns.QR) (string, error)     { panic("killed") }
func (crashing) Poll(context.Context, string) (fns.Answer, error) { panic("killed") }

// TestUnknownIsParkedAndReconciled: the new question names the old one. What
// has surely not left costs nothing and may go again at once.
func TestUnknownIsParkedAndReconciled(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.quota = 10
		w.first.set(func(s *service) { s.sendErr = &fns.TemporaryError{Op: "send", NotSent: true, Err: errors.New("dial")} })
		for range 3 {
			_, _ = w.router().Send(about(1, false), fns.QR{})
			w.pass(time.Second)
		}
		if b := w.board("fns"); b.Used != 0 || b.Outcomes[providers.NotSent] != 3 {
			w.Errorf("%+v, want three calls that cost nothing", b)
		}
		w.first.set(func(s *service) {
			s.sendErr = &fns.TemporaryError{Op: "send", Unknown: true, Err: errors.New("timeout")}
		})
		_, _ = w.router().Send(about(1, false), fns.QR{})
		w.first.set(func(s *service) { s.sendErr = nil })
		w.pass(fns.AnswerGone - time.Second)
		if _, err := w.router().Send(about(1, false), fns.QR{}); err == nil {
			w.Error("it is sent again while the first answer may still be kept")
		}
		if _, err := w.router().Send(about(2, false), fns.QR{}); err != nil {
			w.Errorf("another receipt is held up: %v", err)
		}
		w.pass(time.Second)
		if _, err := w.router().Send(about(1, false), fns.QR{}); err != nil {
			w.Errorf("after its time: %v", err)
		}
		var calls []struct {
			ID      int64
			Outcome providers.Outcome
			Follows *int64
		}
		err := w.db.Read(context.Background()).Raw("SELECT id, outcome, follows FROM fiscal_calls WHERE subject = 'receipt:1' ORDER BY id DESC LIMIT 2").Scan(&calls).Error
		if err != nil || calls[0].Follows == nil || *calls[0].Follows != calls[1].ID || calls[1].Outcome != providers.Unknown {
			w.Errorf("%+v, %v; want the last to follow the unknown one", calls, err)
		}
		if b := w.board("fns"); b.Used != 3 {
			w.Errorf("%d calls counted, want the unknown one too", b.Used)
		}
	})
}

// TestFailOver: the second provider is asked while the first rests, has no
// quota or little of it, and no longer.
func TestFailOver(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.quota = 100
		for i := range 20 {
			w.first.set(func(s *service) { s.sendErr = errDown })
			if _, err := w.router().Send(about(i, false), fns.QR{}); err == nil {
				w.Fatal("it was sent")
			}
			w.pass(time.Second)
		}
		if b := w.board("fns"); b.Breaker != providers.Open || b.Why != "breaker" {
			w.Errorf("%+v, want an open breaker", b)
		}
		id, err := w.both().Send(about(50, false), fns.QR{})
		if err != nil || !strings.HasPrefix(id, "resale:") {
			w.Errorf("%q, %v; want the second provider", id, err)
		}
		official := fns.WithPurpose(context.Background(), fns.Purpose{Official: true})
		var temporary *fns.TemporaryError
		if _, err := w.both().Send(official, fns.QR{}); !errors.As(err, &temporary) || !temporary.Unasked {
			w.Errorf("%v, want only the first to do", err)
		}
		w.first.set(func(s *service) { s.sendErr = nil })
		w.pass(time.Minute)
		for i := range 3 {
			if id, err := w.both().Send(about(60+i, false), fns.QR{}); err != nil || !strings.HasPrefix(id, "fns:") {
				w.Errorf("probe %d: %q, %v; want the first provider", i, id, err)
			}
			w.pass(time.Second)
		}
		if b := w.board("fns"); b.Breaker != providers.Closed {
			w.Errorf("%+v, want it closed after three probes", b)
		}
		for i := range 100 {
			w.pass(time.Second)
			id, err = w.both().Send(about(100+i, true), fns.QR{})
		}
		if b := w.board("fns"); err != nil || !strings.HasPrefix(id, "resale:") || b.Used != 96 {
			w.Errorf("%q after %d of 100, %v; want the second below a twentieth", id, b.Used, err)
		}
	})
}

// TestPaidPollsCountAndGiveWay: a provider that answers at once is paid by the
// poll; where it may not be asked, the question is to be put anew.
func TestPaidPollsCountAndGiveWay(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.first.set(func(s *service) { s.sendErr = &fns.QuotaError{Until: noon.Add(12 * time.Hour)} })
		id, err := w.both().Send(context.Background(), fns.QR{})
		if err != nil {
			w.Fatal(err)
		}
		if _, err := w.both().Poll(context.Background(), id); err != nil {
			w.Fatal(err)
		}
		if b := w.board("resale"); b.Used != 1 || b.Polls != 0 {
			w.Errorf("%+v, want one paid call", b)
		}
		w.pass(time.Second)
		w.second.set(func(s *service) { s.pollErr = &fns.QuotaError{Until: noon.Add(12 * time.Hour)} })
		for range 3 {
			if _, err := w.both().Poll(context.Background(), id); !errors.Is(err, fns.ErrMessageGone) {
				w.Errorf("%v, want a question to be put anew", err)
			}
			w.pass(time.Second)
		}
		if _, polls := w.second.count(); polls != 2 {
			w.Errorf("%d calls, want none after the quota's fault", polls)
		}
		if _, err := w.router().Poll(context.Background(), id); !errors.Is(err, fns.ErrMessageGone) {
			w.Errorf("%v, want the message of a provider that is configured no longer to be gone", err)
		}
	})
}

// TestPaidPollsKeepThePace: only as many questions go on to their polls as the
// pace lets through; all others stay in the line.
func TestPaidPollsKeepThePace(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.perSec = 1
		w.first.set(func(s *service) { s.sendErr = &fns.QuotaError{Until: noon.Add(12 * time.Hour)} })
		for second := range 3 {
			passed := 0
			for range 5 {
				id, err := w.both().Send(context.Background(), fns.QR{})
				var rate *fns.RateError
				if err == nil {
					passed++
					_, err = w.both().Poll(context.Background(), id)
				}
				if err != nil && (!errors.As(err, &rate) || rate.Every != time.Second) {
					w.Errorf("%v, want a turn later", err)
				}
			}
			if _, polls := w.second.count(); passed != 1 || polls != second+1 {
				w.Errorf("second %d: %d questions passed, %d calls in all; want one a second", second, passed, polls)
			}
			w.pass(time.Second)
		}
	})
}

// TestThePaceIsWaitedFor: the second provider is not paid because the first is
// to be asked a moment later.
func TestThePaceIsWaitedFor(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.perSec, w.quota = 1, 30
		if id, err := w.both().Send(about(1, false), fns.QR{}); err != nil || !strings.HasPrefix(id, "fns:") {
			w.Fatalf("%q, %v; want the first", id, err)
		}
		id, err := w.both().Send(about(2, false), fns.QR{})
		var rate *fns.RateError
		if !errors.As(err, &rate) || rate.RetryIn != time.Second {
			w.Errorf("%q, %v; want a turn in a second", id, err)
		}
		w.first.set(func(s *service) { s.sendErr = &fns.RateError{RetryIn: time.Second, All: true} })
		w.pass(time.Second)
		for range 2 { // asks to wait for all, and is waited for
			if id, err := w.both().Send(about(2, false), fns.QR{}); !errors.As(err, &rate) {
				w.Errorf("%q, %v; want to wait for the first", id, err)
			}
		}
		if b := w.board("fns"); b.Used != 2 || b.Why != string(providers.TooFast) {
			w.Errorf("%+v, want two calls and a provider that asks to wait", b)
		}
	})
}

// TestOneQuestionAtOnce: jobs about one receipt that run at the same moment, in
// several replicas, put one question.
func TestOneQuestionAtOnce(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.first.set(func(s *service) { s.sendErr = &fns.TemporaryError{Op: "send", Unknown: true, Err: errors.New("cut")} })
		w.perSec = 1e9
		var group sync.WaitGroup
		start := make(chan struct{})
		for range 8 {
			r := w.router()
			group.Go(func() { <-start; _, _ = r.Send(about(1, false), fns.QR{}) })
		}
		close(start)
		group.Wait()
		if sends, _ := w.first.count(); sends != 1 {
			w.Errorf("%d questions, want one", sends)
		}
	})
}

// TestStoppingProcessBlamesNobody: the outcome is unknown, the provider well.
func TestStoppingProcessBlamesNobody(t *testing.T) {
	eachWorld(t, func(w *world) {
		ctx, stop := context.WithCancel(about(1, false))
		r := providers.New(w.db, []providers.Provider{{Name: "fns", Client: stopping{stop}, SendsPerSecond: 1000, Official: true}}, providers.Options{})
		if _, err := r.Send(ctx, fns.QR{}); !errors.Is(err, context.Canceled) {
			w.Errorf("%v", err)
		}
		if b := w.board("fns"); b.Outcomes[providers.Calling] != 1 || b.Failures != 0 {
			w.Errorf("%+v, want a call that nobody heard of again, and no failure", b)
		}
	})
}

type stopping struct{ stop func() }

func (s stopping) Send(context.Context, fns.QR) (string, error) {
	s.stop()
	return "", &fns.TemporaryError{Op: "send", Err: context.Canceled}
}
func (s stopping) Poll(context.Context, string) (fns.Answer, error) { return fns.Answer{}, nil }

package soap_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/fns/soap"
)

func TestSendAndPoll(t *testing.T) {
	w := newWorld(t)
	q := w.mint(fnssim.Order{Sum: 587_40})
	id := w.send(q)
	if a, err := w.client.Poll(t.Context(), id); err != nil || a.State != fns.Pending {
		t.Fatalf("at once: %+v, %v; want pending", a, err)
	}
	w.clock.Advance(7 * time.Second)
	for range 2 { // an answer may be fetched again
		a, err := w.client.Poll(t.Context(), id)
		if err != nil || a.State != fns.Found || a.Code != 200 {
			t.Fatalf("got %+v, %v; want the ticket", a, err)
		}
		if err := fns.Agree(q, a.Ticket); err != nil {
			t.Error(err)
		}
		w.clock.Advance(time.Second)
	}
}

func TestTokenIsFetchedOnceByACrowd(t *testing.T) {
	w := newWorld(t)
	q := w.mint(fnssim.Order{})
	crowd := func() {
		t.Helper()
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if _, err := w.client.Send(t.Context(), q); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	crowd()
	if n := w.sim.Counts().Auths; n != 1 {
		t.Errorf("%d authentications for 100 calls, want 1", n)
	}
	w.control(`{"tokenRevoked":true}`)
	crowd()
	if c := w.sim.Counts(); c.Auths != 2 || c.Sends != 200 {
		t.Errorf("after a revocation: %+v; want 2 authentications and 200 sends", c)
	}
}

func TestTokenIsRenewedBeforeItDies(t *testing.T) {
	w := newWorld(t)
	q := w.mint(fnssim.Order{})
	w.send(q)
	w.clock.Advance(54*time.Minute + 59*time.Second)
	w.send(q)
	if n := w.sim.Counts().Auths; n != 1 {
		t.Errorf("%d authentications while more than five minutes are left, want 1", n)
	}
	w.control(`{"fault":"internal@1"}`)
	w.clock.Advance(61 * time.Second)
	if _, err := w.client.Send(t.Context(), q); err == nil {
		t.Error("a fault was not seen")
	}
	w.control(`{"fault":null}`)
	w.send(q) // the renewal went wrong; the old token still serves
	w.clock.Advance(time.Minute)
	w.send(q)
	if c := w.sim.Counts(); c.Auths != 3 || c.TokenFaults != 0 {
		t.Errorf("%+v; want a failed and a good renewal and no refused token", c)
	}
}

func TestTokenWithSkewedClocks(t *testing.T) {
	for _, skew := range []string{"-3h", "3h", "-57m"} {
		w := newWorld(t)
		w.control(`{"clockSkew":%q}`, skew)
		for range 20 {
			w.send(w.mint(fnssim.Order{}))
			w.clock.Advance(5 * time.Second)
		}
		if c := w.sim.Counts(); c.Auths > 2 {
			t.Errorf("skew %s: %d authentications in 100 s", skew, c.Auths)
		}
		w.clock.Advance(2 * time.Hour) // dead for the service, perhaps alive for us
		w.send(w.mint(fnssim.Order{}))
	}
}

func TestTokenRefusedTwiceIsAnOperatorsMatter(t *testing.T) {
	w := newWorld(t)
	q := w.mint(fnssim.Order{})
	w.send(q)
	w.control(`{"fault":"token@1"}`)
	_, err := w.client.Send(t.Context(), q)
	var access *fns.AccessError
	if !errors.As(err, &access) {
		t.Errorf("got %v, want an AccessError", err)
	}
	if c := w.sim.Counts(); c.Auths != 2 || c.TokenFaults != 2 {
		t.Errorf("%+v; want one renewal and one repetition", c)
	}
}

func TestWrongMasterToken(t *testing.T) {
	w := newWorld(t)
	w.config.MasterToken = "wrong"
	_, err := soap.NewClient(w.config).Send(t.Context(), w.mint(fnssim.Order{}))
	var access *fns.AccessError
	if !errors.As(err, &access) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("got %v, want an AccessError without the token", err)
	}
}

func TestForeignAddress(t *testing.T) {
	w := newWorld(t, fnssim.App{ID: "far", MasterToken: masterToken, IPs: []string{"203.0.113.7"}})
	_, err := w.client.Send(t.Context(), w.mint(fnssim.Order{}))
	var access *fns.AccessError
	if !errors.As(err, &access) || !strings.Contains(err.Error(), "IP") {
		t.Errorf("got %v, want an AccessError about the address", err)
	}
}

// TestPollsKeepTheRate polls as fast as the client lets it, for five minutes.
func TestPollsKeepTheRate(t *testing.T) {
	w := newWorld(t)
	w.control(`{"stuckProcessing":true}`)
	q := w.mint(fnssim.Order{})
	polls, refusals := 0, 0
	for range 6 {
		id := w.send(q)
		for range 300 {
			_, err := w.client.Poll(t.Context(), id)
			var rate *fns.RateError
			switch {
			case err == nil:
				polls++
			case errors.As(err, &rate) && rate.RetryIn > 0 && rate.RetryIn <= time.Minute:
				refusals++
			case errors.Is(err, fns.ErrMessageGone):
			default:
				t.Fatal(err)
			}
			w.clock.Advance(170 * time.Millisecond)
		}
	}
	if c := w.sim.Counts(); c.RateFaults != 0 || polls != 6*12 || refusals == 0 {
		t.Errorf("%d polls, %d refused here, %d refused there; want 72, some, 0", polls, refusals, c.RateFaults)
	}
}

func TestOneIDIsPolledByOneAtATime(t *testing.T) {
	w := newWorld(t)
	id := w.send(w.mint(fnssim.Order{}))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, err := w.client.Poll(t.Context(), id)
			var rate *fns.RateError
			if err != nil && !errors.As(err, &rate) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if c := w.sim.Counts(); c.Polls != 1 {
		t.Errorf("%d polls at one moment, want 1", c.Polls)
	}
}

func TestSendsKeepTheRate(t *testing.T) {
	w := newWorld(t, fnssim.App{ID: "slow", MasterToken: masterToken, SendPerSecond: 4})
	w.config.SendsPerSecond = 4
	w.client = soap.NewClient(w.config)
	q := w.mint(fnssim.Order{})
	waiting := map[time.Duration]bool{}
	for range 200 {
		_, err := w.client.Send(t.Context(), q)
		var rate *fns.RateError
		if errors.As(err, &rate) {
			waiting[rate.RetryIn] = true
		} else if err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(20 * time.Millisecond)
	}
	if c := w.sim.Counts(); c.RateFaults != 0 || c.Sends < 15 || c.Sends > 16 {
		t.Errorf("%+v; want 15 or 16 sends in 4 s and no fault", c)
	}
	if len(waiting) < 10 {
		t.Errorf("refused callers were told only %d different pauses: they come back together", len(waiting))
	}
}

func TestSendsSlowDownWhenTold(t *testing.T) {
	w := newWorld(t, fnssim.App{ID: "slow", MasterToken: masterToken, SendPerSecond: 1})
	w.config.SendsPerSecond = 8
	w.client = soap.NewClient(w.config)
	q := w.mint(fnssim.Order{})
	var last int
	for second := range 20 {
		for range 20 {
			_, err := w.client.Send(t.Context(), q)
			var rate *fns.RateError
			if err != nil && !errors.As(err, &rate) {
				t.Fatal(err)
			}
			w.clock.Advance(50 * time.Millisecond)
		}
		if second == 9 {
			last = w.sim.Counts().RateFaults
		}
	}
	if c := w.sim.Counts(); c.RateFaults-last > 3 || c.Sends < 10 {
		t.Errorf("%d faults in the second ten seconds, %d sends in all", c.RateFaults-last, c.Sends)
	}
}

func TestClockSetBack(t *testing.T) {
	w := newWorld(t)
	w.config.SendsPerSecond = 1
	w.client = soap.NewClient(w.config)
	q := w.mint(fnssim.Order{})
	id := w.send(q)
	if _, err := w.client.Poll(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(-24 * time.Hour)
	w.send(q)
	_, err := w.client.Poll(t.Context(), id)
	var rate *fns.RateError // the simulator's clock went back too, and it minds
	if err != nil && (!errors.As(err, &rate) || rate.RetryIn > 5*time.Second) {
		t.Errorf("after the clock was set back: %v", err)
	}
}

func TestLostAnswerIsSentAnew(t *testing.T) {
	w := newWorld(t)
	q := w.mint(fnssim.Order{})
	id := w.send(q)
	w.clock.Advance(time.Minute)
	if _, err := w.client.Poll(t.Context(), id); !errors.Is(err, fns.ErrMessageGone) {
		t.Errorf("after a minute: %v, want ErrMessageGone", err)
	}
	w.control(`{"lostAnswer":true}`)
	if _, err := w.ask(q); !errors.Is(err, fns.ErrMessageGone) {
		t.Errorf("lost: %v, want ErrMessageGone", err)
	}
	w.control(`{"lostAnswer":false}`)
	w.found(q)
}

// TestQuotaStopsSends sees that nothing is sent until midnight, while the
// answers to what was sent before are still fetched.
func TestQuotaStopsSends(t *testing.T) {
	for _, tt := range []struct {
		name string
		app  fnssim.App
	}{
		{"of the application", fnssim.App{ID: "small", MasterToken: masterToken, DayQuota: 2}},
		{"of the method", fnssim.App{ID: "small", MasterToken: masterToken, MethodQuota: 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, tt.app)
			q := w.mint(fnssim.Order{})
			id := w.send(q)
			w.send(q)
			var quota *fns.QuotaError
			if _, err := w.client.Send(t.Context(), q); !errors.As(err, &quota) {
				t.Fatalf("got %v, want a QuotaError", err)
			}
			midnight := time.Date(2026, 3, 14, 21, 0, 0, 0, time.UTC)
			if !quota.Until.Equal(midnight) {
				t.Errorf("until %s, want midnight in Moscow", quota.Until)
			}
			w.clock.Advance(7 * time.Second)
			if a, err := w.client.Poll(t.Context(), id); err != nil || a.State != fns.Found {
				t.Errorf("got %+v, %v; want the ticket that was paid for", a, err)
			}
			calls := w.sim.Counts().Calls
			for range 50 {
				if _, err := w.client.Send(t.Context(), q); !errors.As(err, &quota) {
					t.Fatalf("got %v, want a QuotaError", err)
				}
				w.clock.Advance(10 * time.Minute)
			}
			if n := w.sim.Counts().Calls; n != calls {
				t.Errorf("%d calls after the quota fault, want none", n-calls)
			}
			w.clock.Advance(midnight.Sub(w.clock.Now()))
			w.send(q)
		})
	}
}

func TestQuotaOfPollsStopsEverything(t *testing.T) {
	w := newWorld(t)
	q := w.mint(fnssim.Order{})
	id := w.send(q)
	w.control(`{"fault":"methodQuota"}`)
	var quota *fns.QuotaError
	if _, err := w.client.Poll(t.Context(), id); !errors.As(err, &quota) {
		t.Fatalf("got %v, want a QuotaError", err)
	}
	w.control(`{"fault":null}`)
	w.clock.Advance(2 * time.Second)
	calls := w.sim.Counts().Calls
	_, sendErr := w.client.Send(t.Context(), q)
	_, pollErr := w.client.Poll(t.Context(), id)
	if !errors.As(sendErr, &quota) || !errors.As(pollErr, &quota) || w.sim.Counts().Calls != calls {
		t.Errorf("got %v and %v after %d calls, want QuotaErrors without one", sendErr, pollErr, w.sim.Counts().Calls-calls)
	}
}

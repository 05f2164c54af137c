package receipts_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"promobot/fns"
	"promobot/points"
	"promobot/receipts"
)

// untilFound makes the store lack documents until a moment.
func (o *office) untilFound(at time.Time) {
	o.set(func() {
		o.answer = func(fns.QR) (fns.Answer, error, bool) {
			return fns.Answer{State: fns.NotYet, Code: 404}, nil, o.clock().Before(at)
		}
	})
}

func TestNotInTheStoreYet(t *testing.T) {
	cases := []struct {
		name   string
		after  time.Duration
		status receipts.Status
		reason string
		n      points.Amount
	}{
		{"after two hours", 2 * time.Hour, receipts.Accepted, "", 80},
		{"after 71 hours", 71 * time.Hour, receipts.Accepted, "", 80},
		{"after 73 hours", 73 * time.Hour, receipts.Rejected, receipts.ReasonNotFound, 0},
	}
	eachWorld(t, nil, func(w world) {
		for _, tt := range cases {
			w.each(tt.name, func(w world) {
				w.office.untilFound(noon.Add(tt.after))
				r := w.text(w.person(), w.office.good().String())
				pauses := w.pauses(r.ID)
				last := tt.reason
				if last == "" {
					last = receipts.NoticeAccepted
				}
				w.told(r.ID, receipts.NoticeRead, receipts.NoticeWaiting, last)
				w.is(w.get(r.ID), tt.status, tt.reason, tt.n)
				if !slices.IsSorted(pauses[:len(pauses)-1]) {
					w.Errorf("pauses %v do not grow", pauses)
				}
				if total := w.clock().Sub(noon); total > 72*time.Hour+time.Minute || len(pauses) > 15 {
					w.Errorf("%d questions in %s, want few and 72 hours at most", len(pauses), total)
				}
			})
		}
	})
}

// pauses steps a receipt to its end and returns the pauses longer than those
// between two polls.
func (w world) pauses(id int64) (long []time.Duration) {
	w.Helper()
	for range 400 {
		again := w.step(id)
		if again == 0 {
			return long
		}
		if again > 5*time.Second {
			long = append(long, again)
			if r := w.get(id); r.Status != receipts.Waiting || r.Reason != receipts.ReasonNotYet {
				w.Errorf("%s %q during a pause of %s, want waiting", r.Status, r.Reason, again)
			}
		}
		w.pass(again)
	}
	w.Fatalf("receipt %d does not end", id)
	return nil
}

// TestAnswerMayAskForALongerPause: the code 544 wants a day.
func TestAnswerMayAskForALongerPause(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.office.always(fns.Answer{State: fns.NotYet, Code: 544, RetryIn: 24 * time.Hour}, nil)
		r := w.text(w.person(), w.office.good().String())
		w.pass(w.step(r.ID))
		if got := w.step(r.ID); got != 24*time.Hour {
			w.Errorf("a pause of %s, want a day", got)
		}
	})
}

// TestTroubleIsNeverARejection: whatever fails, the receipt is being checked,
// the person hears of it once, and is paid when the service is back.
func TestTroubleIsNeverARejection(t *testing.T) {
	outage := &fns.TemporaryError{Op: "send", Err: errors.New("connection refused")}
	cases := []struct {
		name   string
		err    error
		pauses []time.Duration // of the first troubles in a row
		told   string
	}{
		{"outage", outage, seconds(5, 10, 20, 40, 80, 160, 300, 300), receipts.NoticeUnavailable},
		{"outage that asks for two minutes", &fns.TemporaryError{Op: "send", RetryIn: 2 * time.Minute, Err: errors.New("503")}, seconds(120, 120, 120, 120, 120, 160, 300), receipts.NoticeUnavailable},
		{"quota of the day", &fns.QuotaError{Until: noon.Add(9 * time.Hour)}, seconds(9*3600, 5, 5), receipts.NoticeQueued},
		{"access refused", &fns.AccessError{Text: "IP"}, seconds(300, 300), receipts.NoticeUnavailable},
		{"an error nobody knows", errors.New("strange"), seconds(300, 300), receipts.NoticeUnavailable},
		{"too fast", &fns.RateError{RetryIn: 3 * time.Second}, seconds(3, 3, 3), ""},
		{"too fast by a hair", &fns.RateError{RetryIn: time.Millisecond}, []time.Duration{50 * time.Millisecond, 50 * time.Millisecond}, ""},
	}
	eachWorld(t, nil, func(w world) {
		for _, tt := range cases {
			for _, at := range []string{"send", "poll"} {
				w.each(tt.name+" at "+at, func(w world) {
					r := w.text(w.person(), w.office.good().String())
					if at == "send" {
						w.office.set(func() { w.office.sendErr = tt.err })
					} else {
						w.pass(w.step(r.ID))
						w.office.always(fns.Answer{}, tt.err)
					}
					w.suffers(r.ID, tt.pauses, at)
					want := []string{receipts.NoticeRead}
					if tt.told != "" {
						want = append(want, tt.told)
					}
					w.told(r.ID, want...)
					w.office.set(func() { w.office.sendErr, w.office.answer = nil, nil })
					w.is(w.check(r.ID), receipts.Accepted, "", 80)
					w.told(r.ID, append(want, receipts.NoticeAccepted)...)
				})
			}
		}
	})
}

func seconds(list ...int) (pauses []time.Duration) {
	for _, n := range list {
		pauses = append(pauses, time.Duration(n)*time.Second)
	}
	return pauses
}

// suffers steps through troubles and compares their pauses. Polls that are
// repeated after the answer's life are a question anew, two seconds later.
func (w world) suffers(id int64, want []time.Duration, at string) {
	w.Helper()
	var got []time.Duration
	for range 3 * len(want) {
		if len(got) == len(want) {
			break
		}
		again := w.step(id)
		w.pass(again)
		if at == "poll" && again == 2*time.Second {
			continue
		}
		got = append(got, again)
		if r := w.get(id); r.Status != receipts.Checking {
			w.Fatalf("%s %q, want checking", r.Status, r.Reason)
		}
	}
	if at == "send" && !slices.Equal(got, want) || at == "poll" && want[0]-got[0] > 2*time.Second {
		w.Errorf("pauses %v, want %v", got, want)
	}
}

// TestOverloadIsWaitedOut: the service itself says that it is busy.
func TestOverloadIsWaitedOut(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.office.always(fns.Answer{State: fns.Busy, Code: 528, Text: "нет ключа", RetryIn: 3 * time.Hour}, nil)
		r := w.text(w.person(), w.office.good().String())
		w.pass(w.step(r.ID))
		if got := w.step(r.ID); got != 3*time.Hour {
			w.Errorf("a pause of %s, want three hours", got)
		}
		w.told(r.ID, receipts.NoticeRead, receipts.NoticeUnavailable)
		w.pass(3 * time.Hour)
		w.office.set(func() { w.office.answer = nil })
		w.is(w.check(r.ID), receipts.Accepted, "", 80)
		if w.office.sent() != 2 {
			w.Errorf("%d questions, want a second one after the pause", w.office.sent())
		}
	})
}

// TestTroubleWhileWaitingIsNotTold: who waits for the store need not hear of
// an outage.
func TestTroubleWhileWaitingIsNotTold(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.office.untilFound(noon.Add(time.Minute))
		r := w.text(w.person(), w.office.good().String())
		for range 2 {
			w.pass(w.step(r.ID))
		}
		w.office.set(func() { w.office.sendErr = &fns.TemporaryError{Op: "send", Err: errors.New("down")} })
		for range 3 {
			w.pass(w.step(r.ID))
		}
		w.office.set(func() { w.office.sendErr = nil })
		w.is(w.check(r.ID), receipts.Accepted, "", 80)
		w.told(r.ID, receipts.NoticeRead, receipts.NoticeWaiting, receipts.NoticeAccepted)
	})
}

// TestAnswerThatNeverComes: a message is polled at the allowed pace and for
// less than a minute; then the question is put anew, twice, then with pauses.
func TestAnswerThatNeverComes(t *testing.T) {
	answers := map[string]struct {
		a   fns.Answer
		err error
	}{"stuck": {fns.Answer{State: fns.Pending}, nil}, "gone": {fns.Answer{}, fns.ErrMessageGone}}
	eachWorld(t, nil, func(w world) {
		for name, answer := range answers {
			w.each(name, func(w world) {
				w.office.always(answer.a, answer.err)
				r := w.text(w.person(), w.office.good().String())
				for w.clock().Before(noon.Add(20 * time.Minute)) {
					w.pass(w.step(r.ID))
				}
				w.is(w.get(r.ID), receipts.Checking, receipts.ReasonUnavailable, 0)
				w.told(r.ID, receipts.NoticeRead, receipts.NoticeUnavailable)
				if n := w.office.sent(); n < 4 || n > 30 {
					w.Errorf("%d questions in twenty minutes, want some and ever fewer", n)
				}
				w.office.set(func() { w.office.answer = nil })
				w.is(w.check(r.ID), receipts.Accepted, "", 80)
			})
		}
	})
}

// TestLostAnswerIsAskedForAgain: one message gets lost on the way.
func TestLostAnswerIsAskedForAgain(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		first := true
		w.office.set(func() {
			w.office.answer = func(fns.QR) (fns.Answer, error, bool) {
				lost := first
				first = false
				return fns.Answer{}, fns.ErrMessageGone, lost
			}
		})
		r := w.bought(w.person(), w.office.good())
		w.is(r, receipts.Accepted, "", 80)
		w.told(r.ID, receipts.NoticeRead, receipts.NoticeAccepted)
		if w.office.sent() != 2 {
			w.Errorf("%d questions, want two", w.office.sent())
		}
	})
}

// TestCrashBetweenSendAndPoll: a new process goes on with the same message
// while it lives, and asks anew when it does not.
func TestCrashBetweenSendAndPoll(t *testing.T) {
	cases := []struct {
		name  string
		down  time.Duration
		sends int
	}{{"back at once", 0, 1}, {"back after 50 seconds", 50 * time.Second, 1}, {"back after an hour", time.Hour, 2}}
	eachWorld(t, nil, func(w world) {
		for _, tt := range cases {
			w.each(tt.name, func(w world) {
				r := w.text(w.person(), w.office.good().String())
				w.step(r.ID)
				w.pass(tt.down)
				w.receipts = w.service(w.office)
				w.is(w.check(r.ID), receipts.Accepted, "", 80)
				if w.office.sent() != tt.sends {
					w.Errorf("%d questions, want %d", w.office.sent(), tt.sends)
				}
			})
		}
	})
}

// TestStepsBesideEachOther: a job that was rescued may run beside the old one.
func TestStepsBesideEachOther(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		id := w.person()
		r := w.text(id, w.office.good().String())
		w.pass(w.step(r.ID))
		w.office.clock = func() time.Time { w.pass(2 * time.Second); return w.clock() }
		atOnce(8, func(int) {
			if _, err := w.receipts.Check(context.Background(), r.ID); err != nil {
				w.Error(err)
			}
		})
		w.is(w.get(r.ID), receipts.Accepted, "", 80)
		w.told(r.ID, receipts.NoticeRead, receipts.NoticeAccepted)
		if got := w.balance(id).Available; got != 80 {
			w.Errorf("%d points, want 80", got)
		}
	})
}

func TestStoppingProcessBlamesNobody(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		r := w.text(w.person(), w.office.good().String())
		ctx, stop := context.WithCancel(context.Background())
		w.office.set(func() { w.office.sendErr = context.Canceled })
		service := w.service(stopping{w.office, stop})
		if again, err := service.Check(ctx, r.ID); again != 0 || !errors.Is(err, context.Canceled) {
			w.Errorf("%s, %v; want the job to run again", again, err)
		}
		w.told(r.ID, receipts.NoticeRead)
		w.office.set(func() { w.office.sendErr = nil })
		w.is(w.check(r.ID), receipts.Accepted, "", 80)
	})
}

// stopping stops the process during a call.
type stopping struct {
	*office
	stop func()
}

func (s stopping) Send(ctx context.Context, q fns.QR) (string, error) {
	s.stop()
	return s.office.Send(ctx, q)
}

package receipts_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/fns/providers"
	"promobot/fns/resale"
	"promobot/fns/resalesim"
	"promobot/fns/soap"
	"promobot/receipts"
)

// routed puts the tax service's simulator and one of a resale service behind a
// router, over sockets.
func (w *world) routed(quota int) (*fnssim.Sim, *resalesim.Sim) {
	w.Helper()
	sim := w.simulated(w.clock, fnssim.Options{})
	official, second := httptest.NewServer(sim), resalesim.New("token")
	other := httptest.NewServer(second)
	w.Cleanup(func() { official.Close(); other.Close() })
	w.receipts = w.service(providers.New(w.db, []providers.Provider{
		{Name: "fns", Official: true, DailyQuota: quota, SendsPerSecond: 20,
			Client: soap.NewClient(soap.Config{BaseURL: official.URL, MasterToken: fnssim.DefaultMasterToken, Clock: w.clock, SendsPerSecond: 1e6})},
		{Name: "resale", PaidPolls: true, SendsPerSecond: 20,
			Client: resale.NewClient(resale.Config{BaseURL: other.URL, Token: "token", Clock: w.clock})},
	}, providers.Options{}))
	return sim, second
}

// ticketOf is what the resale service has of a purchase.
func ticketOf(q fns.QR) fns.Ticket {
	return fns.Ticket{Key: q.Key, Operation: q.Operation, At: q.At, Total: q.Total, SellerINN: "7700000001", Seller: "ООО Пример", Items: basket}
}

// TestUnknownOutcomeIsNotSentAgainBlindly: the service has taken the question,
// and its answer is cut. It is put once more when the first answer is gone.
func TestUnknownOutcomeIsNotSentAgainBlindly(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		sim, _ := w.routed(10)
		id := w.person()
		r := w.text(id, w.mint(sim, fnssim.Order{Items: basket}).String())
		sim2 := w.mint(sim, fnssim.Order{Items: basket}) // so that the token is there before the trouble
		w.is(w.check(w.text(w.person(), sim2.String()).ID), receipts.Accepted, "", 80)
		w.control(sim, `{"truncatedBody":1}`)
		begun, before := w.clock(), sim.Counts().Sends
		if again := w.step(r.ID); again != fns.AnswerGone {
			w.Errorf("again after %s, want %s", again, fns.AnswerGone)
		}
		w.control(sim, `{"truncatedBody":0}`)
		w.pass(20 * time.Second)
		if again := w.step(r.ID); again <= 0 || sim.Counts().Sends != before+1 {
			w.Errorf("a job that runs beside it: again after %s, %d questions taken, want one and a pause", again, sim.Counts().Sends-before)
		}
		w.now.Store(begun.Add(fns.AnswerGone).UnixMicro())
		w.is(w.check(r.ID), receipts.Accepted, "", 80)
		w.told(r.ID, receipts.NoticeRead, receipts.NoticeUnavailable, receipts.NoticeAccepted)
		if n := sim.Counts().Sends - before; n != 2 {
			w.Errorf("%d questions, want two", n)
		}
		if got := w.balance(id).Available; got != 80 {
			w.Errorf("%d points, want 80 once", got)
		}
	})
}

// TestTheSecondProviderAnswers while the first has no quota; its denial alone
// rejects nothing.
func TestTheSecondProviderAnswers(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		w.each("a receipt", func(w world) {
			sim, second := w.routed(0)
			w.control(sim, `{"quotaLeft":0}`)
			q := w.mint(sim, fnssim.Order{Items: basket})
			second.Put(ticketOf(q))
			w.is(w.bought(w.person(), q), receipts.Accepted, "", 80)
			if n := sim.Counts().Sends; n != 0 || second.Calls() != 1 {
				w.Errorf("%d questions to the first and %d to the second", n, second.Calls())
			}
		})
	})
}

func TestADenialByHearsayIsParked(t *testing.T) {
	for name, tt := range map[string]struct {
		back   time.Duration // when the official service has quota again
		status receipts.Status
		reason string
	}{
		"the official service confirms the receipt": {9 * time.Hour, receipts.Accepted, ""},
		"nobody else answers for a day":             {80 * time.Hour, receipts.Review, receipts.ReasonStrange},
	} {
		t.Run(name, func(t *testing.T) {
			eachWorld(t, nil, func(w world) {
				sim, second := w.routed(0)
				w.control(sim, `{"quotaLeft":0}`)
				r := w.text(w.person(), w.mint(sim, fnssim.Order{Items: basket}).String())
				for range 500 {
					if w.clock().Sub(noon) < tt.back {
						w.control(sim, `{"quotaLeft":0}`) // the switch is for a day
					}
					again := w.step(r.ID)
					if again == 0 {
						break
					}
					if got := w.get(r.ID).Status; got != receipts.Checking {
						w.Fatalf("%s, want it to be checked", got)
					}
					w.pass(again)
				}
				if got := w.get(r.ID); got.Status != tt.status || got.Reason != tt.reason {
					w.Errorf("%s %q, want %s %q", got.Status, got.Reason, tt.status, tt.reason)
				}
				if second.Calls() != 1 {
					w.Errorf("the second service was asked %d times, want once", second.Calls())
				}
			})
		})
	}
}

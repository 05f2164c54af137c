package receipts_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/fns/soap"
	"promobot/points"
	"promobot/receipts"
)

// simulated puts the real client and the real simulator, over a socket, in the
// place of the office.
func (w *world) simulated(clock func() time.Time, o fnssim.Options) *fnssim.Sim {
	w.Helper()
	o.Clock, o.StoreDepth, o.Seed = clock, -1, uint64(sources.Add(1)) // so that no two sell the same document
	sim := fnssim.New(o)
	server := httptest.NewServer(sim)
	w.Cleanup(func() { sim.Close(); server.Close() })
	w.receipts = w.service(soap.NewClient(soap.Config{BaseURL: server.URL, MasterToken: fnssim.DefaultMasterToken, Clock: clock, SendsPerSecond: 20}))
	return sim
}

func (w world) control(sim *fnssim.Sim, switches string) {
	w.Helper()
	if err := sim.Control([]byte(switches)); err != nil {
		w.Fatal(err)
	}
}

func (w world) mint(sim *fnssim.Sim, o fnssim.Order) fns.QR {
	w.Helper()
	if o.At.IsZero() {
		o.At = noon.Add(-time.Hour)
	}
	q, err := sim.Mint(o)
	if err != nil {
		w.Fatal(err)
	}
	return q
}

var basket = []fns.Item{kola(3, 300), bread(700)}

// TestWithTheSimulator walks the simulator's troubles with the product's own
// client: none of them rejects a genuine receipt, and its limits are kept.
func TestWithTheSimulator(t *testing.T) {
	cases := []struct {
		name, before, after string // switches while the receipt is asked about, and five minutes later
		order               fnssim.Order
		status              receipts.Status
		reason              string
		points              points.Amount
		told                []string // between the first and the last
	}{
		{"found", `{}`, `{}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, nil},
		{"a wrong sign", `{}`, `{}`, fnssim.Order{Items: basket, Forged: true}, receipts.Rejected, receipts.ReasonForged, 0, nil},
		{"a wrong sign by the newer codes", `{"extendedCodes":true}`, `{}`, fnssim.Order{Items: basket, Forged: true}, receipts.Rejected, receipts.ReasonForged, 0, nil},
		{"never in the store", `{}`, `{}`, fnssim.Order{Items: basket, Unstored: true}, receipts.Rejected, receipts.ReasonNotFound, 0, []string{receipts.NoticeWaiting}},
		{"late by a day", `{"lateArrival":"24h"}`, `{}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeWaiting}},
		{"late by 71 hours, by the newer codes", `{"lateArrival":"71h","extendedCodes":true}`, `{}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeWaiting}},
		{"down for five minutes", `{"fault":"http503"}`, `{"fault":""}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeUnavailable}},
		{"internal errors", `{"fault":"internal"}`, `{"fault":""}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeUnavailable}},
		{"connections dropped", `{"fault":"drop"}`, `{"fault":""}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeUnavailable}},
		{"our address is not let in", `{"fault":"ip"}`, `{"fault":""}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeUnavailable}},
		{"busy by code 503", `{"fault":"code503"}`, `{"fault":""}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeUnavailable}},
		{"answers cut in the middle", `{"truncatedBody":1}`, `{"truncatedBody":0}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeUnavailable}},
		{"tickets that are no JSON", `{"fault":"wrongJSON"}`, `{"fault":""}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeUnavailable}},
		{"a ticket of another receipt", `{"fault":"otherReceipt"}`, `{"fault":""}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeUnavailable}},
		{"too fast", `{"fault":"rate"}`, `{"fault":""}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeQueued}},
		{"a bare 429", `{"http429":1}`, `{"http429":0}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeQueued}},
		{"answers that get lost", `{"lostAnswer":1}`, `{"lostAnswer":0}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeUnavailable}},
		{"answers that never come", `{"stuckProcessing":1}`, `{"stuckProcessing":0}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeUnavailable}},
		{"a token that was revoked", `{"tokenRevoked":true}`, `{}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, nil},
		{"no quota today", `{"quotaLeft":0}`, `{}`, fnssim.Order{Items: basket}, receipts.Accepted, "", 80, []string{receipts.NoticeQueued}},
	}
	eachWorld(t, nil, func(w world) {
		for _, tt := range cases {
			w.each(tt.name, func(w world) {
				sim := w.simulated(w.clock, fnssim.Options{})
				id := w.person()
				r := w.text(id, w.mint(sim, tt.order).String())
				w.control(sim, tt.before)
				r = w.checkAmid(r.ID, func() { w.control(sim, tt.after) })
				w.is(r, tt.status, tt.reason, tt.points)
				last := tt.reason
				if last == "" {
					last = receipts.NoticeAccepted
				}
				w.told(r.ID, append(append([]string{receipts.NoticeRead}, tt.told...), last)...)
			})
		}
	})
}

// checkAmid steps to the end; after five minutes the troubles are mended.
func (w world) checkAmid(id int64, mend func()) receipts.Receipt {
	w.Helper()
	for range 600 {
		again := w.step(id)
		if again == 0 {
			return w.get(id)
		}
		before := w.clock()
		w.pass(again)
		if mended := noon.Add(5 * time.Minute); before.Before(mended) && !w.clock().Before(mended) {
			mend()
		}
	}
	w.Fatalf("receipt %d does not end: %+v", id, w.get(id))
	return receipts.Receipt{}
}

// TestAStrangeAnswerIsNotPaid: the service insists on another receipt than the
// one that was asked for, or on a code that nobody knows: a person looks.
func TestAStrangeAnswerIsNotPaid(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		for _, switches := range []string{`{"fault":"otherReceipt"}`, `{"fault":"code777"}`} {
			w.each(switches, func(w world) {
				sim := w.simulated(w.clock, fnssim.Options{})
				w.control(sim, switches)
				r := w.bought(w.person(), w.mint(sim, fnssim.Order{Items: basket}))
				if r.Status != receipts.Review || r.Reason != receipts.ReasonStrange || r.Points != 0 || r.VerifiedAt != nil {
					w.Errorf("%s %s with %d points, want a review as %s", r.Status, r.Reason, r.Points, receipts.ReasonStrange)
				}
			})
		}
	})
}

// TestPollsKeepTheServicesLimits: a message that is never ready, by the
// simulator's own count.
func TestPollsKeepTheServicesLimits(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		sim := w.simulated(w.clock, fnssim.Options{})
		w.control(sim, `{"stuckProcessing":1}`)
		r := w.text(w.person(), w.mint(sim, fnssim.Order{Items: basket}).String())
		for w.clock().Before(noon.Add(10 * time.Minute)) {
			w.pass(w.step(r.ID))
		}
		n := sim.Counts()
		if n.RateFaults != 0 || n.Polls < 20 || n.Polls > 12*n.Sends {
			w.Errorf("%+v, want no complaint and twelve polls a message at most", n)
		}
	})
}

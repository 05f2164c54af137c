package receipts_test

import (
	"cmp"
	"container/heap"
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"promobot/fns/fnssim"
	"promobot/fns/providers"
	"promobot/fns/soap"
	"promobot/fraud"
	"promobot/internal/store/storetest"
	"promobot/receipts"
	"promobot/rewards"
)

// How the fiscal service fails in the stress: about half of all its answers.
const (
	stormy = `{"fault":"http500@0.07,http502@0.06,http503@0.07,internal@0.06,timeout@0.05,drop@0.05,otherReceipt@0.08,wrongJSON@0.08,code503@0.1,code527@0.05,rate@0.005,notFound@0.03",
		"truncatedBody":0.06,"stuckProcessing":0.05,"lostAnswer":0.05,"http429":0.003}`
	stressHours = 72
)

// alarm is when a receipt is to be checked.
type alarm struct {
	at time.Time
	id int64
}

// alarms are in the order of time.
type alarms []alarm

func (a alarms) Len() int           { return len(a) }
func (a alarms) Less(i, j int) bool { return a[i].at.Before(a[j].at) }
func (a alarms) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *alarms) Push(x any)        { *a = append(*a, x.(alarm)) }
func (a *alarms) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// gatekeeper counts the questions that reach the simulator by Moscow day,
// whatever becomes of them.
type gatekeeper struct {
	http.Handler
	clock func() time.Time
	mu    sync.Mutex
	days  map[string]int
}

var moscow = time.FixedZone("MSK", 3*60*60)

func (g *gatekeeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("SOAPAction") == `"urn:SendMessageRequest"` {
		g.mu.Lock()
		g.days[g.clock().In(moscow).Format(time.DateOnly)]++
		g.mu.Unlock()
	}
	g.Handler.ServeHTTP(w, r)
}

// stress is n receipts, a simulator that fails, and two replicas.
type stress struct {
	world
	sim      *fnssim.Sim
	gate     *gatekeeper
	url      string
	quota    int
	replicas []*receipts.Service
	due      alarms
	rng      *rand.Rand
	outcomes map[providers.Outcome]int
	calls    int
}

func stressSize() int {
	if n, err := strconv.Atoi(os.Getenv("PROMOBOT_FISCAL_RECEIPTS")); err == nil && n > 0 {
		return n
	}
	return 60
}

// TestStressOfTheFiscalService: three days of a service of whose answers half
// fail, with a quota that does not suffice for a day, with two replicas. No
// receipt is refused or lost, the quota is kept, and everybody is answered.
//
//	PROMOBOT_FISCAL_RECEIPTS=5000 go test ./receipts -run TestStressOfTheFiscalService -v -timeout 60m
func TestStressOfTheFiscalService(t *testing.T) {
	n := stressSize()
	s := newStress(t, n)
	began := time.Now()
	s.submit(n)
	s.run()
	s.report(n, time.Since(began))
	s.whole()
}

func newStress(t *testing.T, n int) *stress {
	s := &stress{world: newWorld(t, storetest.SQLiteURL(t)), quota: n + n/5, rng: rand.New(rand.NewPCG(7, 7)), outcomes: map[providers.Outcome]int{}}
	s.apply(spring())
	s.sim = fnssim.New(fnssim.Options{Clock: s.clock, StoreDepth: -1, Seed: 7})
	s.gate = &gatekeeper{Handler: s.sim, clock: s.clock, days: map[string]int{}}
	server := httptest.NewServer(s.gate)
	t.Cleanup(func() { s.sim.Close(); server.Close() })
	s.url = server.URL
	limits, err := json.Marshal(map[string]int{"dayQuota": s.quota, "sendPerSecond": 20})
	if err != nil {
		t.Fatal(err)
	}
	s.control(s.sim, string(limits))
	s.control(s.sim, stormy)
	s.restart()
	return s
}

// restart starts both replicas anew: what they know is in the database.
func (s *stress) restart() {
	s.replicas = nil
	for range 2 {
		client := soap.NewClient(soap.Config{BaseURL: s.url, MasterToken: fnssim.DefaultMasterToken, Clock: s.clock, SendsPerSecond: 1e6})
		router := providers.New(s.db, []providers.Provider{{Name: "fns", Client: client, DailyQuota: s.quota, SendsPerSecond: 5, Official: true}},
			providers.Options{Watch: func(c providers.Call) { s.outcomes[c.Outcome]++; s.calls++ }})
		s.replicas = append(s.replicas, receipts.NewService(s.db, receipts.Outside{Fiscal: router}, s.people, s.book, fraud.Rules{}, rewards.NewDesk(s.shop, s.people)))
	}
	s.receipts = s.replicas[0]
}

// submit has half of the receipts come within ten minutes and the others within
// a day; a twentieth are of one person.
func (s *stress) submit(n int) {
	flood := s.person()
	for i := range n {
		at := noon.Add(time.Duration(s.rng.Int64N(int64(10 * time.Minute))))
		if i%2 == 1 {
			at = noon.Add(time.Duration(s.rng.Int64N(int64(24 * time.Hour))))
		}
		who := flood
		if i%20 != 0 {
			who = s.person()
		}
		s.now.Store(at.UnixMicro())
		r := s.text(who, s.mint(s.sim, fnssim.Order{Items: basket, At: noon.Add(-time.Hour)}).String())
		s.due = append(s.due, alarm{at, r.ID})
	}
	heap.Init(&s.due)
}

// run lets three days pass. In the second the quota is gone early once, and
// for some hours documents reach the store late.
func (s *stress) run() {
	at := func(hours float64) time.Time { return noon.Add(time.Duration(hours * float64(time.Hour))) }
	plan := []struct {
		at       time.Time
		switches string
	}{
		{at(5), `{"lateArrival":"2h"}`}, {at(8), `{"lateArrival":0}`},
		{at(14), `{"quotaLeft":0}`}, {at(15), `{"quotaLeft":null}`},
		{at(16), `{"fault":"ip"}`}, {at(16.1), stormy},
	}
	restarts := 0
	for len(s.due) > 0 {
		next := heap.Pop(&s.due).(alarm)
		if next.at.After(at(stressHours)) {
			heap.Push(&s.due, next)
			return
		}
		s.now.Store(next.at.UnixMicro())
		for len(plan) > 0 && !next.at.Before(plan[0].at) {
			s.control(s.sim, plan[0].switches)
			plan = plan[1:]
		}
		if hours := int(next.at.Sub(noon).Hours()); hours/6 > restarts {
			restarts = hours / 6
			s.restart()
		}
		again, err := s.replicas[s.rng.IntN(2)].Check(context.Background(), next.id)
		if err != nil && again == 0 {
			s.Fatal(err)
		}
		if again > 0 {
			heap.Push(&s.due, alarm{next.at.Add(again), next.id})
		}
	}
}

func (s *stress) report(n int, took time.Duration) {
	s.Helper()
	ctx := context.Background()
	g := s.db.Read(ctx)
	var all []receipts.Receipt
	if err := g.Order("id").Find(&all).Error; err != nil {
		s.Fatal(err)
	}
	ends, waits := map[receipts.Status]int{}, []time.Duration{}
	for _, r := range all {
		ends[r.Status]++
		if r.Status != receipts.Accepted {
			s.Errorf("receipt %d after three days: %s %s", r.ID, r.Status, r.Reason)
			continue
		}
		waits = append(waits, r.DecidedAt.Sub(r.SubmittedAt))
	}
	for day, calls := range s.gate.days {
		if calls > s.quota {
			s.Errorf("%d questions on %s, the quota is %d", calls, day, s.quota)
		}
	}
	bad := 0
	for outcome, k := range s.outcomes {
		if outcome != providers.Answered {
			bad += k
		}
	}
	slices.Sort(waits)
	s.Logf("%d receipts, %v, %s; questions by day %v of %d; %d calls, %d of them failed: %v; answered after p50 %s p95 %s max %s",
		n, ends, took.Round(time.Millisecond), s.gate.days, s.quota, s.calls, bad, s.outcomes,
		quantile(waits, 0.5), quantile(waits, 0.95), quantile(waits, 1))
	s.toldSoon(len(all))
}

func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(q*float64(len(sorted)-1))].Round(time.Second)
}

// toldSoon: whoever has no verdict within a minute has heard by then that his
// receipt is being checked; that the code was read is told at once.
func (s *stress) toldSoon(n int) {
	s.Helper()
	var rows []struct {
		Subject   string
		Key       string
		CreatedAt time.Time
	}
	if err := s.db.Read(context.Background()).Raw(`SELECT subject, key, created_at FROM notices WHERE subject LIKE 'receipt:%' ORDER BY id`).Scan(&rows).Error; err != nil {
		s.Fatal(err)
	}
	read, second := map[string]time.Time{}, map[string]time.Duration{}
	for _, row := range rows {
		if _, known := read[row.Subject]; !known {
			read[row.Subject] = row.CreatedAt
			continue
		}
		if _, known := second[row.Subject]; !known {
			second[row.Subject] = row.CreatedAt.Sub(read[row.Subject])
		}
	}
	if len(read) != n {
		s.Errorf("%d receipts were told that they are checked, want %d", len(read), n)
	}
	list := []time.Duration{}
	for _, d := range second {
		list = append(list, d)
	}
	slices.SortFunc(list, cmp.Compare[time.Duration])
	s.Logf("the second word came after p50 %s p95 %s max %s", quantile(list, 0.5), quantile(list, 0.95), quantile(list, 1))
}

package receipts_test

import (
	"container/heap"
	"context"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/providers"
	"promobot/fraud"
	"promobot/receipts"
	"promobot/rewards"
)

// narrow is a world whose service takes few questions; it notes whose.
type narrow struct {
	world
	router *providers.Router
	asked  []fns.Key // in the order in which questions were sent
	due    alarms
}

// noting notes the questions that are sent.
type noting struct {
	*office
	n *narrow
}

// Send notes the question.
func (s noting) Send(ctx context.Context, q fns.QR) (string, error) {
	s.n.asked = append(s.n.asked, q.Key)
	return s.office.Send(ctx, q)
}

func newNarrow(w world, perSecond float64, quota int) *narrow {
	n := &narrow{world: w}
	n.router = providers.New(w.db, []providers.Provider{{Name: "fns", Client: noting{w.office, n}, DailyQuota: quota, SendsPerSecond: perSecond, Official: true}}, providers.Options{})
	// Without rules: those about typed receipts have turns of their own.
	n.receipts = receipts.NewService(w.db, receipts.Outside{Fiscal: n.router}, w.people, w.book, fraud.Rules{}, rewards.NewDesk(w.shop, w.people))
	return n
}

// come submits a good receipt now.
func (n *narrow) come(participant int64) (fns.Key, int64) {
	n.Helper()
	q := n.office.good()
	r := n.text(participant, q.String())
	heap.Push(&n.due, alarm{n.clock(), r.ID})
	return q.Key, r.ID
}

// until works what is due in its order until a moment.
func (n *narrow) until(end time.Time) {
	n.Helper()
	for steps := 0; len(n.due) > 0 && !n.due[0].at.After(end); steps++ {
		if steps > 5000 {
			n.Fatalf("five thousand steps, at %s", n.clock())
		}
		next := heap.Pop(&n.due).(alarm)
		n.now.Store(max(n.now.Load(), next.at.UnixMicro()))
		if again := n.step(next.id); again > 0 {
			heap.Push(&n.due, alarm{n.clock().Add(again), next.id})
		}
	}
	n.now.Store(end.UnixMicro())
}

func (n *narrow) place(k fns.Key) int {
	for i, asked := range n.asked {
		if asked == k {
			return i
		}
	}
	return -1
}

// TestAFloodKeepsNobodyWaiting: beside forty receipts of one person, each
// of five others is asked about within a few calls after it came, and the flood
// goes on in its order.
func TestAFloodKeepsNobodyWaiting(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		n := newNarrow(w, 1, 0)
		flood := n.person()
		floods := make([]fns.Key, 40)
		for i := range floods {
			floods[i], _ = n.come(flood)
		}
		n.until(noon.Add(10 * time.Second))
		for i := range 5 {
			before := len(n.asked)
			single, _ := n.come(n.person())
			n.until(n.clock().Add(5 * time.Second))
			if at := n.place(single); at < 0 || at > before+2 {
				n.Errorf("single receipt %d came after %d calls and had call %d, want one of the next two", i, before, at)
			}
		}
		n.until(noon.Add(5 * time.Minute))
		last := -1
		for i, k := range floods {
			at := n.place(k)
			if at < last {
				n.Errorf("receipt %d of the flood had call %d, after one that came later with %d", i, at, last)
			}
			last = at
		}
		if len(n.asked) != 45 {
			n.Errorf("%d questions for 45 receipts", len(n.asked))
		}
	})
}

// TestTheBacklogIsDrainedInTurns: when the quota of the day is spent, all wait
// for the next one, and then go one of each person after another, at the pace.
func TestTheBacklogIsDrainedInTurns(t *testing.T) {
	eachWorld(t, nil, func(w world) {
		n := newNarrow(w, 2, 20)
		flood := n.person()
		for range 40 {
			n.come(flood)
		}
		n.until(noon.Add(time.Minute)) // 18 of the quota go, 2 are kept
		var singles []fns.Key
		var ids []int64
		for range 6 {
			k, id := n.come(n.person())
			singles, ids = append(singles, k), append(ids, id)
		}
		n.until(noon.Add(2 * time.Minute))
		for _, id := range ids {
			n.told(id, receipts.NoticeRead, receipts.NoticeQueued)
		}
		if len(n.asked) != 18 {
			n.Fatalf("%d questions, want eighteen of a quota of twenty", len(n.asked))
		}
		freed := noon.Add(8 * time.Hour) // an hour before Moscow midnight
		n.until(freed.Add(time.Minute))
		n.until(freed.Add(2 * time.Hour))
		for i, k := range singles {
			if at := n.place(k); at < 18 || at >= 18+7 {
				n.Errorf("single receipt %d had call %d, want one of the first seven after the quota came back", i, at)
			}
		}
		if len(n.asked) != 20+18 {
			n.Errorf("%d questions in two days with a quota of twenty, want all of the first and what is not kept of the second", len(n.asked))
		}
	})
}

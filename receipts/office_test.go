package receipts_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"promobot/fns"
	"promobot/internal/money"
)

func kopecks(roubles int) money.Kopecks { return money.Kopecks(roubles) * 100 }

// office is a fiscal service that answers from memory. It fails the test when
// an id is polled faster than once a second or twelve times a minute.
type office struct {
	*testing.T
	clock func() time.Time

	mu       sync.Mutex
	tickets  map[fns.Key]fns.Ticket
	messages map[string]*message
	sends    int
	sendErr  error                                    // what Send answers instead
	answer   func(q fns.QR) (fns.Answer, error, bool) // what Poll answers instead, if true
}

type message struct {
	q     fns.QR
	polls []time.Time
}

// documents numbers what is bought.
var documents atomic.Int64

// sell registers a purchase of an hour ago and returns its code.
func (o *office) sell(items ...fns.Item) fns.QR { return o.sellAt(noon.Add(-time.Hour), items...) }

func (o *office) sellAt(at time.Time, items ...fns.Item) fns.QR {
	fd := documents.Add(1)
	t := fns.Ticket{Key: fns.Key{FN: "9999000000000001", FD: fd, FP: fd + 7}, Operation: fns.Sale, At: at, SellerINN: "7700000001", Seller: "ООО Пример", Items: items}
	for _, item := range items {
		t.Total += item.Sum
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tickets[t.Key] = t
	return fns.QR{Key: t.Key, Operation: t.Operation, At: t.At, Total: t.Total}
}

// good sells three kolas among other things for a thousand roubles: 30 points.
func (o *office) good() fns.QR { return o.sell(kola(3, 300), bread(700)) }

// forged is the code of a purchase that nobody made.
func (o *office) forged() fns.QR {
	q := o.good()
	o.set(func() { delete(o.tickets, q.Key) })
	return q
}

// always makes every poll answer the same.
func (o *office) always(a fns.Answer, err error) {
	o.set(func() { o.answer = func(fns.QR) (fns.Answer, error, bool) { return a, err, true } })
}

func (o *office) set(change func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change()
}

func (o *office) sent() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sends
}

// Send takes a question.
func (o *office) Send(_ context.Context, q fns.QR) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sendErr != nil {
		return "", o.sendErr
	}
	o.sends++
	id := fmt.Sprint("message-", len(o.messages))
	o.messages[id] = &message{q: q}
	return id, nil
}

// Poll answers it.
func (o *office) Poll(_ context.Context, id string) (fns.Answer, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	m := o.messages[id]
	o.keepPace(id, m)
	if o.answer != nil {
		if a, err, instead := o.answer(m.q); instead {
			return a, err
		}
	}
	if t, known := o.tickets[m.q.Key]; known {
		return fns.Answer{State: fns.Found, Code: 200, Ticket: t}, nil
	}
	return fns.Answer{State: fns.Forged, Code: 406}, nil
}

func (o *office) keepPace(id string, m *message) {
	now := o.clock()
	if n := len(m.polls); n > 0 && now.Sub(m.polls[n-1]) < time.Second {
		o.Errorf("%s is polled after %s", id, now.Sub(m.polls[n-1]))
	}
	if n := len(m.polls); n >= 12 && now.Sub(m.polls[n-12]) < time.Minute {
		o.Errorf("%s is polled thirteen times in %s", id, now.Sub(m.polls[n-12]))
	}
	m.polls = append(m.polls, now)
}

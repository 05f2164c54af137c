package torture

import (
	"context"
	"sync"
	"testing"
	"time"
)

// crowd are the people of a house, all at once.
type crowd struct {
	house  *house
	at     entrance
	wants  map[string]int64 // how many messages answer each step when nothing fails
	people []*person

	webhook bool // that is how updates of the messenger come

	ctx    context.Context
	end    context.CancelFunc
	living sync.WaitGroup
	mu     sync.Mutex
	errs   []error
}

// newCrowd begins with one person whom nothing disturbs: what he is answered,
// everybody else is to be answered too.
func newCrowd(t *testing.T, h *house) *crowd {
	t.Helper()
	c := &crowd{house: h}
	c.ctx, c.end = context.WithCancel(context.WithoutCancel(t.Context()))
	t.Cleanup(func() { c.end(); c.living.Wait() })
	p := launch(t, h.environment("PROMOBOT_DATABASE_URL="+h.url)).serving(t)
	c.at.open(p.url)
	c.join(1)
	c.done(t, 3*time.Minute)
	h.rests(t, 3*time.Minute)
	c.at.open()
	p.drain(t)
	c.wants = map[string]int64{}
	for _, a := range h.answers(t) {
		for _, p := range c.people {
			if name, said := p.acked[a.EventID]; said {
				c.wants[name] = a.Messages
			}
		}
	}
	c.check(t)
	return c
}

// join lets n more people begin, and n more in the messenger if there is one.
func (c *crowd) join(n int) {
	for range n {
		p := c.more()
		c.begin(func() error { return p.live(c.ctx) })
		if c.house.telegram != nil {
			c.joinMessenger()
		}
	}
}

// joinMessenger lets one more person begin in the messenger.
func (c *crowd) joinMessenger() {
	p := c.more()
	c.begin(func() error { return p.chats(c.ctx, c.house.telegram, c.webhook) })
}

// chatter lets n people talk until the returned function is called.
func (c *crowd) chatter(n int) (quiet func()) {
	silence := make(chan struct{})
	for range n {
		p := c.more()
		c.begin(func() error { return p.chatter(c.ctx, silence) })
	}
	return sync.OnceFunc(func() { close(silence) })
}

func (c *crowd) more() *person {
	p := newPerson(len(c.people)+1, &c.at)
	c.people = append(c.people, p)
	return p
}

func (c *crowd) begin(life func() error) {
	c.living.Go(func() {
		if err := life(); err != nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.errs = append(c.errs, err)
		}
	})
}

// done waits until everybody has said everything.
func (c *crowd) done(t *testing.T, within time.Duration) {
	t.Helper()
	late := time.AfterFunc(within, c.end)
	c.living.Wait()
	late.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.errs) > 0 {
		t.Fatalf("%d people were not heard within %s: %v", len(c.errs), within, c.errs[0])
	}
}

// answer is how an update ended.
type answer struct {
	EventID  string
	Status   string
	Messages int64
	Receipt  *string // the status of the receipt that it was
}

// answers reads how all updates ended.
func (h *house) answers(t *testing.T) []answer {
	t.Helper()
	var list []answer
	err := h.db.Read(t.Context()).Raw(`SELECT u.event_id, u.status,
		(SELECT COUNT(*) FROM messages m WHERE m.update_id = u.id) AS messages,
		(SELECT r.status FROM receipts r WHERE r.source = 'update:' || u.id) AS receipt FROM updates u`).Scan(&list).Error
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// check wants every acknowledged update handled and answered as often as when
// nothing fails, and each receipt to have its verdict, once.
func (c *crowd) check(t *testing.T) {
	t.Helper()
	ended := map[string]answer{}
	for _, a := range c.house.answers(t) {
		if _, twice := ended[a.EventID]; twice {
			t.Errorf("update %s is stored twice", a.EventID)
		}
		ended[a.EventID] = a
	}
	for _, p := range c.people {
		for id, name := range p.acked {
			a, stored := ended[id]
			switch {
			case !stored:
				t.Errorf("update %s was acknowledged and is lost", id)
			case a.Status != "handled":
				t.Errorf("update %s is %s, want handled", id, a.Status)
			case a.Messages != c.wants[name]:
				t.Errorf("update %s has %d answers, want %d", id, a.Messages, c.wants[name])
			}
			if got := status(a); got != verdicts[name] {
				t.Errorf("the receipt of update %s is %q, want %q", id, got, verdicts[name])
			}
		}
	}
	c.paid(t)
	c.letters(t)
}

func status(a answer) string {
	if a.Receipt == nil {
		return ""
	}
	return *a.Receipt
}

// paid wants one receipt for each that was sent, and one document, one posting
// and one notice for each that was accepted.
func (c *crowd) paid(t *testing.T) {
	t.Helper()
	var sent, accepted int64
	for _, p := range c.people {
		for _, name := range p.acked {
			if verdicts[name] != "" {
				sent++
			}
			if verdicts[name] == "accepted" {
				accepted++
			}
		}
	}
	for query, want := range map[string]int64{
		"receipts":         sent,
		"fiscal_documents": accepted,
		"postings WHERE source LIKE 'receipt:%/lines'": accepted,
		"notices WHERE key = 'receipt.accepted'":       accepted,
	} {
		n, err := c.house.count(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		if n != want {
			t.Errorf("%d %s, want %d", n, query, want)
		}
	}
}

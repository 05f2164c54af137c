package soap_test

import (
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/fns/soap"
)

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// masterToken is of an application without limits, so that only those under
// test are met.
const masterToken = "M4sterT0ken"

// world is a client and the simulator it talks to over a real socket, on one
// clock.
type world struct {
	t      *testing.T
	clock  *clock
	sim    *fnssim.Sim
	client *soap.Client
	config soap.Config
}

func newWorld(t *testing.T, apps ...fnssim.App) *world {
	t.Helper()
	c := &clock{at: time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)}
	if len(apps) == 0 {
		apps = []fnssim.App{{ID: "free", MasterToken: masterToken}}
	}
	sim := fnssim.New(fnssim.Options{Apps: apps, Clock: c.Now})
	server := httptest.NewServer(sim)
	t.Cleanup(func() { sim.Close(); server.Close() })
	w := &world{t: t, clock: c, sim: sim}
	w.config = soap.Config{BaseURL: server.URL, MasterToken: masterToken, Clock: c.Now, SendsPerSecond: 1e10, HTTP: server.Client()}
	w.client = soap.NewClient(w.config)
	return w
}

// control sets switches of the simulator.
func (w *world) control(format string, args ...any) {
	w.t.Helper()
	if err := w.sim.Control(fmt.Appendf(nil, format, args...)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) mint(o fnssim.Order) fns.QR {
	w.t.Helper()
	if o.At.IsZero() {
		o.At = time.Date(2026, 3, 14, 10, 42, 0, 0, time.UTC)
	}
	q, err := w.sim.Mint(o)
	if err != nil {
		w.t.Fatal(err)
	}
	return q
}

func (w *world) send(q fns.QR) string {
	w.t.Helper()
	id, err := w.client.Send(w.t.Context(), q)
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// ask sends a code and polls once when the answer must be ready.
func (w *world) ask(q fns.QR) (fns.Answer, error) {
	w.t.Helper()
	id := w.send(q)
	w.clock.Advance(7 * time.Second)
	return w.client.Poll(w.t.Context(), id)
}

// found asks and expects a ticket that agrees with the code.
func (w *world) found(q fns.QR) fns.Ticket {
	w.t.Helper()
	a, err := w.ask(q)
	if err != nil || a.State != fns.Found {
		w.t.Fatalf("got %+v, %v; want a ticket", a, err)
	}
	if err := fns.Agree(q, a.Ticket); err != nil {
		w.t.Fatal(err)
	}
	return a.Ticket
}

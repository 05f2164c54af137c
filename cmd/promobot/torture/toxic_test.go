package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"
)

// poison is trouble on a connection, by toxiproxy's names. Times are in
// milliseconds.
type poison struct {
	name, kind string
	attributes func(dice *rand.Rand) map[string]any
}

var poisons = []poison{
	{"latency", "latency", func(d *rand.Rand) map[string]any { return map[string]any{"latency": 40 + d.IntN(1961)} }},
	{"jitter", "latency", func(d *rand.Rand) map[string]any { return map[string]any{"latency": 300, "jitter": 40 + d.IntN(260)} }},
	{"reset_peer", "reset_peer", func(d *rand.Rand) map[string]any { return map[string]any{"timeout": d.IntN(200)} }},
	{"timeout", "timeout", func(d *rand.Rand) map[string]any { return map[string]any{"timeout": 0} }}, // half-open until it is removed
	{"limit_data", "limit_data", func(d *rand.Rand) map[string]any { return map[string]any{"bytes": 1 + d.IntN(4000)} }},
	{"slicer", "slicer", func(d *rand.Rand) map[string]any {
		return map[string]any{"average_size": 2 + d.IntN(60), "size_variation": 1, "delay": 100}
	}},
	{"slow_close", "slow_close", func(d *rand.Rand) map[string]any { return map[string]any{"delay": 200 + d.IntN(800)} }},
}

// toxicity is the part of the connections that a poison meets.
const toxicity = 0.7

// dose is a poison in one direction of one road.
type dose struct {
	poison
	road, stream string
}

func (d dose) String() string { return "poisoned " + d.road + " " + d.stream + " with " + d.name }

// The bot's connections to its database, the fiscal service and the messenger
// are slowed, sliced, cut, held and reset under load. Afterwards everything
// acknowledged is answered once, and no goroutine is left behind.
func TestPoisonedNetwork(t *testing.T) {
	t.Parallel()
	cluster := ownServer(t)
	h := newHouse(t, cluster.URL)
	h.openMessenger(t)
	c := newCrowd(t, h)
	roads := h.poisonable(t)
	usual := h.goroutines(t, c)
	p := launch(t, h.environment()).serving(t)
	c.at.open(p.url)
	quiet := c.chatter(3)
	dice := rand.New(rand.NewPCG(*seed, 3))
	doses := deck(dice, roads)
	for i := range *cycles {
		if i%8 == 0 {
			c.join(1)
		}
		roads[doses[i%len(doses)].road].suffer(t, doses[i%len(doses)], dice)
	}
	quiet()
	c.done(t, 2*time.Minute)
	began := time.Now()
	h.rests(t, 5*time.Minute)
	t.Logf("%d poisons; all settled %s after the last word", *cycles, time.Since(began).Round(100*time.Millisecond))
	if n := atRest(t, p); n > usual+slack {
		t.Errorf("%d goroutines at rest, %d before the poisons:\n%s", n, usual, stacks(p.log.whole()))
	}
	c.check(t)
	h.verify(t)
	for _, d := range doses[:min(len(doses), *cycles)] {
		if seen.of(d.String()) == 0 {
			t.Errorf("%s: no connection has met it", d)
		}
	}
}

// deck are all doses, shuffled.
func deck(dice *rand.Rand, roads map[string]*road) []dose {
	var all []dose
	for _, p := range poisons {
		for _, name := range []string{"database", "fiscal", "messenger"} {
			if roads[name] != nil {
				all = append(all, dose{p, name, "upstream"}, dose{p, name, "downstream"})
			}
		}
	}
	dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// road is what the bot's connections to one service go through.
type road struct {
	proxy *toxiproxy.Proxy
	name  string
}

// poisonable puts proxies before everything that the bot connects to.
func (h *house) poisonable(t *testing.T) map[string]*road {
	t.Helper()
	roads := map[string]*road{}
	for name, address := range map[string]*string{"database": &h.seenBy, "fiscal": &h.fiscal, "messenger": &h.messenger} {
		roads[name] = lay(t, name, address)
	}
	return roads
}

// lay puts a proxy before the service and changes its address.
func lay(t *testing.T, name string, address *string) *road {
	t.Helper()
	u, err := url.Parse(*address)
	if err != nil {
		t.Fatal(err)
	}
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	r := &road{name: name, proxy: toxiproxy.NewProxy(server, name, "127.0.0.1:0", u.Host)}
	counted := zerolog.New(&met{name: name}).Level(zerolog.InfoLevel)
	r.proxy.Logger = &counted
	if err := r.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.proxy.Stop)
	u.Host = r.proxy.Listen
	*address = u.String()
	return r
}

// met counts new connections by the proxy's log.
type met struct{ name string }

// Write looks at a line of the log.
func (m *met) Write(line []byte) (int, error) {
	if strings.Contains(string(line), "Accepted client") {
		seen.add("connections to "+m.name, 1)
	}
	return len(line), nil
}

// suffer poisons the road for a moment, and again if nothing came along.
func (r *road) suffer(t *testing.T, d dose, dice *rand.Rand) {
	t.Helper()
	before := seen.of(d.String())
	for range 40 {
		r.poison(t, d, dice)
		if seen.of(d.String()) > before {
			return
		}
	}
}

func (r *road) poison(t *testing.T, d dose, dice *rand.Rand) {
	t.Helper()
	attributes := d.attributes(dice)
	attributes["met_as"], attributes["kind"] = d.String(), d.kind
	kind := "counted"
	if d.kind == "reset_peer" { // toxiproxy breaks only connections of its own type harshly
		kind = d.kind
	}
	order, err := json.Marshal(map[string]any{"name": d.name, "type": kind, "stream": d.stream, "toxicity": toxicity, "attributes": attributes})
	if err != nil {
		t.Fatal(err)
	}
	before := seen.of("connections to " + r.name)
	if _, err := r.proxy.Toxics.AddToxicJson(strings.NewReader(string(order))); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Duration(150+dice.IntN(250)) * time.Millisecond)
	if err := r.proxy.Toxics.RemoveToxic(context.WithoutCancel(t.Context()), d.name); err != nil {
		t.Fatal(err)
	}
	if d.kind == "reset_peer" { // what was reset comes again
		time.Sleep(50 * time.Millisecond)
		seen.add(d.String(), seen.of("connections to "+r.name)-before)
	}
}

// counted is any of toxiproxy's poisons, counting the connections that meet it.
type counted struct {
	toxics.Toxic
	name string
}

func init() { toxics.Register("counted", new(counted)) }

// UnmarshalJSON reads which poison it is and what that takes.
func (c *counted) UnmarshalJSON(text []byte) error {
	var of struct {
		Kind  string `json:"kind"`
		MetAs string `json:"met_as"`
	}
	if err := json.Unmarshal(text, &of); err != nil {
		return err
	}
	inner := toxics.New(&toxics.ToxicWrapper{Type: of.Kind})
	if inner == nil {
		return fmt.Errorf("no poison %q", of.Kind)
	}
	c.Toxic, c.name = inner, of.MetAs
	return json.Unmarshal(text, inner)
}

// Pipe counts the connection and poisons it.
func (c *counted) Pipe(stub *toxics.ToxicStub) {
	seen.add(c.name, 1)
	c.Toxic.Pipe(stub)
}

// GetBufferSize is that of the poison with the largest one.
func (c *counted) GetBufferSize() int { return 1024 }

// NewState is the poison's, if it has one.
func (c *counted) NewState() any {
	if s, ok := c.Toxic.(toxics.StatefulToxic); ok {
		return s.NewState()
	}
	return nil
}

// Cleanup is the poison's, if it has one.
func (c *counted) Cleanup(stub *toxics.ToxicStub) {
	if s, ok := c.Toxic.(toxics.CleanupToxic); ok {
		s.Cleanup(stub)
	}
}

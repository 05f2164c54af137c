package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"testing"
	"time"

	"promobot/internal/bench"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

// A yardstick that writes less would flatter nobody but itself.
func TestYardstickWritesTheRowsOfTheProduct(t *testing.T) {
	server := storetest.PostgresURL(t)
	if server == "" {
		t.Skip("no PostgreSQL server: only there receipts are settled beside a yardstick")
	}
	ctx := context.Background()
	b := &benchRun{postgres: server, config: testConfig(t, ""), err: t.Output()}
	h, err := b.newSettling(ctx, 100)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close(ctx)
	rows, err := h.work.SameRows(ctx, h.settle, h.work.ByHand)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"receipts", "fiscal_documents", "fiscal_requests", "receipt_lines", "sightings", "sighted_keys", "events", "postings", "ledger_entries", "lots", "ledger_links", "balances", "notices", "river_job"} {
		if rows[table] == 0 {
			t.Errorf("no row of %s among %v", table, rows)
		}
	}
	lazy := func(context.Context, int64) error { return nil }
	if _, err := h.work.SameRows(ctx, h.settle, lazy); err == nil {
		t.Error("a yardstick that writes nothing passes")
	}
}

// Every figure is one line with the keys that other programs read.
func TestFigureHasItsKeys(t *testing.T) {
	var out bytes.Buffer
	b := &benchRun{asJSON: true, out: &out}
	if err := b.print(bench.Figure{Name: "settle", Goal: "none"}); err != nil {
		t.Fatal(err)
	}
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"name": true, "value": true, "unit": true, "yardstick": true, "ratio": true, "p50": true, "p99": true, "n": true}
	got := map[string]bool{}
	for key := range line {
		got[key] = true
	}
	if !maps.Equal(got, want) {
		t.Errorf("a line has the keys %v", got)
	}
}

// A wrong call and a name that cannot run here end with 2.
func TestBenchRefusals(t *testing.T) {
	t.Setenv(serverVariable, "")
	for _, args := range [][]string{{"bench"}, {"bench", "nothing"}, {"bench", "settle"}} {
		root := newRootCommand()
		root.SetArgs(args)
		root.SetErr(t.Output())
		if code := exit(root.Execute()); code != exitUsage {
			t.Errorf("%v ends with %d, want %d", args, code, exitUsage)
		}
	}
}

// The whole product answers a photo in the bench's house, also with no velocity
// rule at all, and acknowledges texts beside bare inserts.
func TestBenchHouse(t *testing.T) {
	ctx := context.Background()
	b := &benchRun{config: testConfig(t, ""), err: t.Output()}
	h, err := b.newHouse(ctx, store.SQLite)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	stop, err := h.work(ctx)
	if err != nil {
		t.Fatal(err)
	}
	people, err := h.registered(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer people.Close()
	p := &photos{house: h, people: people, pictures: [][]byte{printed(0)}}
	answered, err := p.answer(ctx, 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := p.readPlainly(ctx, 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if f := bench.Tail("photo", []bench.Tally{answered}, []bench.Tally{plain}, 0.95); p.accepted.Load() != 1 || f.Value <= 0 || f.Value > 60_000 || f.Yardstick <= 0 {
		t.Errorf("%d accepted of one photo: %+v", p.accepted.Load(), f)
	}
	bare, err := bench.NewBare(ctx, h.bare)
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close()
	steady, err := bench.Open(ctx, 50, 200*time.Millisecond, func(ctx context.Context) error { return people.Write(ctx, benchText) })
	if err != nil || len(steady.Latencies) != 10 {
		t.Errorf("%d texts acknowledged (%v), want 10", len(steady.Latencies), err)
	}
	if t1, err := bench.Closed(ctx, 2, 50*time.Millisecond, bare.Accept); err != nil || t1.Rate() <= 0 {
		t.Errorf("bare inserts: %v, %v", t1.Rate(), err)
	}
	if _, err := h.drained(ctx); err != nil {
		t.Error(err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

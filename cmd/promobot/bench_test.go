package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"testing"

	"promobot/internal/bench"
	"promobot/internal/store/storetest"
)

// A yardstick that writes less would flatter nobody but itself.
func TestYardstickWritesTheRowsOfTheProduct(t *testing.T) {
	server := storetest.PostgresURL(t)
	if server == "" {
		t.Skip("no PostgreSQL server: only there receipts are settled beside a yardstick")
	}
	ctx := context.Background()
	b := &benchRun{postgres: server, err: t.Output()}
	h, err := b.newSettling(ctx, 100)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close(ctx)
	rows, err := h.work.SameRows(ctx, h.settle, h.work.ByHand)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"receipts", "fiscal_documents", "fiscal_requests", "receipt_lines", "events", "postings", "ledger_entries", "balances", "notices", "river_job"} {
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

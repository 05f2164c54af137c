package main

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"promobot/internal/bench"
	"promobot/internal/bench/names"
)

// matchTable has one row that is matched, one of another size, one that a
// person has to look at and one that nobody scores.
const matchTable = "name\tsku_id\tnote\n" +
	"Йогурт ВЕСЕЛКА груша 200г\tA1\tmatch\n" +
	"Йогурт ВЕСЕЛКА груша 400г\t-\thard_neg\n" +
	"Йогурт ВЕСЕЛКА груша\tA1\tmatch\n" +
	"Веселка\t-\tambiguous:A1\n"

func TestBenchMatch(t *testing.T) {
	table := filepath.Join(t.TempDir(), "names.tsv")
	if err := os.WriteFile(table, []byte(matchTable), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, err := runBench(t, "match", "--json", "--for", "20ms", "--assortment", goodsFile(t, matchGoods), "--names", table)
	if err != nil {
		t.Fatal(err)
	}
	figures := map[string]bench.Figure{}
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var f bench.Figure
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		figures[f.Name] = f
	}
	sum := func(name string) float64 {
		return figures[path.Join("match", "work", name)].Value + figures[path.Join("match", "check", name)].Value
	}
	for name, want := range map[string]float64{"right": 1, "wrong": 0, "missed": 1, "unsure": 1} {
		if got := sum(name); got != want {
			t.Errorf("%s: %g lines, want %g", name, got, want)
		}
	}
	half := "match/" + names.HalfOf("Йогурт ВЕСЕЛКА груша 200г") + "/"
	if f := figures[half+"precision"]; f.Value != 100 || f.N != 1 {
		t.Errorf("precision: %+v", f)
	}
	if f := figures["match/lines"]; f.Value <= 0 || f.Yardstick <= 0 || f.N == 0 {
		t.Errorf("speed: %+v", f)
	}
}

func TestBenchMatchRefuses(t *testing.T) {
	goods, folder := goodsFile(t, matchGoods), t.TempDir()
	for _, tt := range []struct {
		why  string
		args []string
		says string
	}{
		{"a half that is none", []string{"--half", "other"}, "--half"},
		{"no such assortment", []string{"--assortment", filepath.Join(folder, "none.csv")}, "none.csv"},
		{"no such names", []string{"--assortment", goods, "--names", filepath.Join(folder, "none.tsv")}, "none.tsv"},
		{"a table that is none", []string{"--assortment", goods, "--names", goods}, "no three columns"},
	} {
		if _, _, err := runBench(t, append([]string{"match"}, tt.args...)...); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", tt.why, err, tt.says)
		}
	}
}

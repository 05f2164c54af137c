package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"promobot/demo/paper"
)

// benchCorpus holds a receipt that is read, one whose label is of another, and
// a link, with a manifest of either layout.
func benchCorpus(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	receipt := paper.JPEG(paper.Photo(paper.Receipt{Shop: "РОМАШКА", Code: scannedReceipt}, 1))
	link := paper.PNG(paper.Photo(paper.Receipt{Shop: "МЕНЮ", Code: "https://example.com/menu"}, 2))
	for name, content := range map[string][]byte{
		"manifest.tsv": []byte("path\tcorpus\tcategory\texpected_texts_json\tquads_json\n" +
			"link.png\tzxing\tqrcode-1\t[\"https://example.com/menu\"]\t\n"),
		"link.png": link,
		"synthetic/manifest.tsv": []byte("path\texpected\tfamily\tseverity\n" +
			"a.jpg\t" + scannedReceipt + "\tblur\t1\n" +
			"b.jpg\t" + strings.Replace(scannedReceipt, "1499", "1498", 1) + "\tblur\t2\n"),
		"synthetic/a.jpg": receipt,
		"synthetic/b.jpg": receipt,
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// runBench is `promobot bench` with these arguments; it returns what was
// printed and said.
func runBench(t *testing.T, args ...string) (out, errs string, err error) {
	t.Helper()
	cmd := newBenchCommand()
	var printed, said bytes.Buffer
	cmd.SetOut(&printed)
	cmd.SetErr(&said)
	cmd.SetArgs(args)
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	err = cmd.ExecuteContext(t.Context())
	return printed.String(), said.String(), err
}

func TestBenchScan(t *testing.T) {
	out, errs, err := runBench(t, "scan", "--json", "--peers", "none", "--budget", "30s", benchCorpus(t))
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for line := range strings.Lines(out) {
		values[figureName(t, line)] = figureValue(t, line)
	}
	for name, want := range map[string]float64{
		"scan/zxing/rate":                        100,
		"scan/zxing/wrong":                       0,
		"scan/synthetic/rate":                    50,
		"scan/synthetic/severity-1/rate":         100,
		"scan/synthetic/severity-2/rate":         0,
		"scan/synthetic/blur-2/rate":             0,
		"scan/synthetic/wrong":                   1,
		"scan/synthetic/severity-1/rate/gozxing": 100,
		"scan/synthetic/wrong/gozxing-multi":     1,
	} {
		if got, there := values[name]; !there || got != want {
			t.Errorf("%s is %v (there: %t), want %v", name, got, there, want)
		}
	}
	for _, name := range []string{"scan/zxing/cpu-median", "scan/synthetic/cpu-p95", "scan/synthetic/cpu-p95/gozxing"} {
		if values[name] <= 0 {
			t.Errorf("%s is %v, want a time", name, values[name])
		}
	}
	if !strings.Contains(errs, "not on the label: \""+scannedReceipt) {
		t.Errorf("it said %q, want the wrong text", errs)
	}
}

// figure is a line of the contract, with exactly its keys.
func figure(t *testing.T, line string) map[string]any {
	t.Helper()
	var f map[string]any
	if err := json.Unmarshal([]byte(line), &f); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	for _, key := range []string{"name", "value", "unit", "yardstick", "ratio", "p50", "p99", "n"} {
		if _, there := f[key]; !there || len(f) != 8 {
			t.Fatalf("%s: no %s, or more than the contract's keys", line, key)
		}
	}
	return f
}

func figureName(t *testing.T, line string) string { return figure(t, line)["name"].(string) }

func figureValue(t *testing.T, line string) float64 { return figure(t, line)["value"].(float64) }

func TestBenchScanTableOfHalves(t *testing.T) {
	folder := benchCorpus(t)
	rows := 0
	for _, half := range []string{"work", "check"} {
		out, _, err := runBench(t, "scan", "--peers", "none", "--half", half, filepath.Join(folder, "synthetic"))
		if err != nil {
			t.Fatalf("%s: %v", half, err)
		}
		head, _, _ := strings.Cut(out, "\n")
		if want := []string{"NAME", "N", "UNIT", "promobot", "gozxing", "gozxing-multi"}; !slices.Equal(strings.Fields(head), want) {
			t.Errorf("the table begins with %q", head)
		}
		rows += strings.Count(out, "severity-")
	}
	if rows != 2 {
		t.Errorf("the halves have %d severities, want each in one", rows)
	}
}

// A folder without labels says how many pictures are read, whatever they say;
// naming a picture twice counts it once.
func TestBenchScanOfUnlabelledPictures(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "mine")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for i, picture := range [][]byte{paper.JPEG(paper.Photo(paper.Receipt{Code: scannedReceipt}, 1)), []byte("no picture")} {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprint(i, ".jpg")), picture, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, errs, err := runBench(t, "scan", "--json", "--peers", "none", folder, folder)
	first, _, _ := strings.Cut(out, "\n")
	if err != nil || figureName(t, first) != "scan/mine/rate" || figureValue(t, first) != 50 || figure(t, first)["n"] != 2.0 {
		t.Errorf("%s (%v), want half of two", first, err)
	}
	if !strings.Contains(errs, "1.jpg: qr:") {
		t.Errorf("it said %q, want what is wrong with the second", errs)
	}
}

func TestBenchScanRefusals(t *testing.T) {
	folder := benchCorpus(t)
	for _, args := range [][]string{
		{"scan"},
		{"scan", filepath.Join(folder, "nowhere")},
		{"scan", t.TempDir()},
		{"scan", "--half", "third", folder},
		{"scan", "--peers", "all", folder},
		{"scan", "--budget", "0s", folder},
		{"all", "scan"},
	} {
		_, _, err := runBench(t, args...)
		var outcome exitError
		if !errors.As(err, &outcome) || outcome.ExitCode() != exitUsage {
			t.Errorf("%v ends with %v, want a wrong call", args, err)
		}
	}
}

// A rate that other work of the machine pressed down is said to be one.
func TestBenchScanNoticesABusyMachine(t *testing.T) {
	m := &scanMeasure{benchScan: &benchScan{budget: time.Second}}
	for _, tt := range []struct{ took, cpu time.Duration }{
		{time.Second, 750 * time.Millisecond},            // the budget's end, all of it used
		{900 * time.Millisecond, 100 * time.Millisecond}, // slow, but done
		{time.Second, 749 * time.Millisecond},
	} {
		m.watch(tt.took, tt.cpu)
	}
	if m.starved != 1 {
		t.Errorf("%d searches cut short, want one", m.starved)
	}
}

// TestBenchKnowsItsFigures: they stand beside its commands.
func TestBenchKnowsItsFigures(t *testing.T) {
	root := newRootCommand()
	root.SetArgs([]string{"bench", "nonsense"})
	if err := root.Execute(); err == nil || !strings.Contains(err.Error(), "settle") {
		t.Errorf("%v, want the names of the figures", err)
	}
}

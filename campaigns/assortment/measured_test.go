package assortment_test

import (
	"bufio"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"promobot/campaigns/assortment"
)

// tally counts as the shared README does: ambiguous rows are not scored, an
// unsure line is not predicted.
type tally struct{ right, wrong, missed int }

func (c tally) precision() float64 { return float64(c.right) / float64(max(c.right+c.wrong, 1)) }
func (c tally) recall() float64    { return float64(c.right) / float64(max(c.right+c.missed, 1)) }

// TestMeasuredOnRealNames halves the shared names by a hash of the name. The
// rules were written with the work half in view only; both halves must pass.
func TestMeasuredOnRealNames(t *testing.T) {
	folder := sharedItems(t)
	file, err := os.Open(filepath.Join(folder, "assortment.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	a, err := assortment.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	halves := map[string]*tally{"work": {}, "check": {}}
	for _, row := range rows(t, filepath.Join(folder, "dev.tsv")) {
		half := halfOf(row[0])
		score(t, halves[half], a.Match(assortment.Line{Name: row[0]}), row, half)
	}
	for half, c := range halves {
		t.Logf("%s half: precision %.3f recall %.3f (right %d, wrong %d, missed %d)", half, c.precision(), c.recall(), c.right, c.wrong, c.missed)
		if c.precision() < 0.99 || c.recall() < 0.90 {
			t.Errorf("%s half: precision %.3f and recall %.3f, want 0.99 and 0.90", half, c.precision(), c.recall())
		}
	}
}

func score(t *testing.T, c *tally, m assortment.Match, row []string, half string) {
	label := row[1]
	if strings.HasPrefix(row[2], "ambiguous") {
		return
	}
	show := testing.Verbose() && half == "work"
	if m.SKU == label {
		c.right++
		return
	}
	if m.SKU != "" {
		c.wrong++
	}
	if label != "-" {
		c.missed++
	}
	if show && (m.SKU != "" || label != "-") {
		t.Logf("%q is %s, got %q: %s", row[0], label, m.SKU, m.Reason)
	}
}

func halfOf(name string) string {
	h := fnv.New32a()
	h.Write([]byte(name))
	if h.Sum32()>>16&1 == 0 {
		return "work"
	}
	return "check"
}

func sharedItems(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("PROMOBOT_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	if _, err := os.Stat(shared); os.IsNotExist(err) {
		t.Skipf("the shared test material is not at %s", shared)
	}
	return filepath.Join(shared, "data", "items")
}

// rows reads a table with a head row and at least three columns.
func rows(t testing.TB, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out [][]string
	for in := bufio.NewScanner(file); in.Scan(); {
		row := strings.Split(in.Text(), "\t")
		if len(row) < 3 {
			t.Fatalf("%s: %q has no three columns", path, in.Text())
		}
		out = append(out, row)
	}
	if len(out) < 100 {
		t.Fatalf("%s: only %d rows", path, len(out))
	}
	return out[1:]
}

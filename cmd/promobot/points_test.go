package main

import (
	"strings"
	"testing"

	"promobot/internal/store/storetest"
)

// Points by hand: alone up to the limit, beyond it with another person who names
// what he has read.
func TestPointsAreChangedByHand(t *testing.T) {
	d := newDesk(t, storetest.SQLiteURL(t))
	d.person("Анна Иванова", "+79990000001")
	d.p.run(0, "points", "adjust", "1", "--points", "50", "--reason", "goodwill", "--by", "olga")
	out := d.p.run(0, "points", "adjust", "1", "--points", "1001", "--reason", "mistake", "--by", "olga", "--note", "a lost receipt")
	_, hash, _ := strings.Cut(out, "--hash ")
	hash, _, _ = strings.Cut(hash, " ")
	if !strings.Contains(out, "waiting") || hash == "" {
		t.Fatalf("%q, want it to wait and the next step", out)
	}
	d.p.run(1, "points", "approve", "2", "--hash", hash, "--by", "olga")
	d.p.run(1, "points", "approve", "2", "--hash", "0", "--by", "boris")
	d.p.run(0, "points", "approve", "2", "--hash", hash, "--by", "boris")
	d.p.run(1, "points", "refuse", "2", "--by", "boris")
	d.p.run(1, "points", "adjust", "1", "--points", "-5000", "--reason", "whim", "--by", "olga")
	if list := d.p.run(0, "points", "list"); !strings.Contains(list, "approved") || !strings.Contains(list, "a lost receipt") {
		t.Errorf("what was done is not listed:\n%s", list)
	}
	d.p.run(0, "verify")
	d.p.execute("UPDATE adjustments SET status = 'posted' WHERE id = 2")
	if out := d.p.run(1, "verify"); !strings.Contains(out, "adjustment:2") {
		t.Errorf("a change by one person beyond the limit is not seen:\n%s", out)
	}
}

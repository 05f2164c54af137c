package main

import (
	"strings"
	"testing"

	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/internal/store/storetest"
	"promobot/receipts"
)

// A manager sees which name people wait for, sees what teaching it would do,
// and teaches it: the refused receipt is paid while the house works.
func TestAliasIsTaught(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		q, err := d.sim.Mint(fnssim.Order{Sum: 1400_00, Items: []fns.Item{{Name: "НП ФНТ К 15", Quantity: 2 * fns.Unit, Sum: 1400_00, PaymentType: 4}}})
		if err != nil {
			t.Fatal(err)
		}
		r := d.sends(d.person("Анна Иванова", "+79990000001"), q.String())
		if r.Status != receipts.Rejected {
			t.Fatalf("%s %s, want no promo goods", r.Status, r.Reason)
		}
		queue := d.p.run(0, "alias", "queue")
		line, _, _ := strings.Cut(strings.Split(queue, "\n")[1], " ")
		if !strings.Contains(queue, "НП ФНТ К 15") {
			t.Fatalf("the name does not wait:\n%s", queue)
		}
		teach := []string{"alias", "teach", line, "--sku", "fontanych-cola-15", "--by", "olga"}
		if out := d.p.run(0, append(teach, "--preview")...); !strings.Contains(out, "receipts judged otherwise: 1") || !strings.Contains(out, "points: +") {
			t.Errorf("the effect is not shown:\n%s", out)
		}
		d.p.run(0, teach...) // or the house at work is quicker
		if r = d.decided(r.ID); r.Status != receipts.Accepted || r.Points == 0 {
			t.Errorf("%s with %d points, want it paid", r.Status, r.Points)
		}
		if list := d.p.run(0, "alias", "list"); !strings.Contains(list, "olga") {
			t.Errorf("what was taught is not listed:\n%s", list)
		}
		d.p.run(1, "alias", "teach", line, "--sku", "hrumzel-chips-150")
		d.p.run(2, "alias", "teach", line)
		d.p.run(2, "alias", "teach", "--sku", "fontanych-cola-15")
		d.p.run(0, "verify")
	})
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/fns/fnssim"
	"promobot/internal/config"
	"promobot/internal/money"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/prizes"
	"promobot/rewards"
)

// locked runs fn as the talk does: with the participant locked and the newest
// terms at hand.
func (d desk) locked(person int64, fn func(ctx context.Context, tx *store.Tx, v campaigns.Version) error) {
	d.Helper()
	ctx := context.Background()
	err := d.app.db.InTx(ctx, func(tx *store.Tx) error {
		if err := d.app.people.Lock(ctx, tx, person); err != nil {
			return err
		}
		v, err := d.app.book.Newest(ctx, tx.DB)
		if err != nil {
			return err
		}
		return fn(ctx, tx, v)
	})
	if err != nil {
		d.Fatal(err)
	}
}

// chooses gives the person the points and lets him take the prize.
func (d desk) chooses(person int64, prize string, n int) (c rewards.Choice) {
	d.Helper()
	d.locked(person, func(ctx context.Context, tx *store.Tx, v campaigns.Version) (err error) {
		if _, err = d.app.desk.Grant(ctx, tx, v, person, fmt.Sprintf("receipt:%d", 900+n), campaigns.Reward{Points: 2000}); err != nil {
			return err
		}
		c, err = d.app.desk.Choose(ctx, tx, v, person, prize, fmt.Sprintf("update:%d", 900+n))
		return err
	})
	return c
}

func (d desk) opens(person, certificate int64) (code prizes.Code) {
	d.Helper()
	d.locked(person, func(ctx context.Context, tx *store.Tx, _ campaigns.Version) (err error) {
		addresses, err := d.app.people.Addresses(ctx, tx.DB, person)
		if err != nil {
			return err
		}
		code, _, err = d.app.shop.Open(ctx, tx, person, certificate, prizes.View{AddressID: addresses[0].ID, Source: "update:950"})
		return err
	})
	return code
}

// verifyBooks checks the invariants of certificates and of the ledger alone: the
// points of these tests come from no receipt.
func (d desk) verifyBooks() {
	d.Helper()
	rows, err := verify(context.Background(), d.app.db)
	if err != nil {
		d.Fatal(err)
	}
	for _, row := range rows {
		if row.Broken > 0 {
			d.Errorf("%s: %v", row.ID, row.Examples)
		}
	}
}

// A code that does not work becomes a case with the proof of its first view, and
// one replacement.
func TestCodeThatFailsIsReplacedAtTheDesk(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		anna := d.person("Анна Иванова", "+79990000001")
		complain := func(certificate int64) {
			d.locked(anna, func(ctx context.Context, tx *store.Tx, _ campaigns.Version) error {
				return d.app.desk.Complain(ctx, tx, anna, certificate, prizes.ProblemUsed)
			})
		}
		first := d.chooses(anna, "ozon-300", 1)
		code := d.opens(anna, first.Certificate.ID)
		complain(first.Certificate.ID)
		if list := d.p.run(0, "case", "list"); !strings.Contains(list, "certificate") {
			t.Errorf("no case in %s", list)
		}
		d.verifyBooks() // a case about a certificate holds no receipt, and is no stuck work
		shown := d.p.run(0, "case", "show", "1")
		for _, want := range []string{"certificate of certificate:", "Анна Иванова", "+7•••••••01", "used", "code " + code.String(), "in webchat/", "by update:950", "demo-ozon-300.csv", "certificate.complained"} {
			if !strings.Contains(shown, want) {
				t.Errorf("%q is not shown:\n%s", want, shown)
			}
		}
		object := d.p.run(0, "case", "show", "1", "--json")
		if strings.Contains(shown+object, code.Reveal()) || strings.Contains(object, "9990000001") || !strings.Contains(object, `"problem":"used"`) {
			t.Errorf("the code or the phone stands open, or the problem is missing:\n%s%s", shown, object)
		}
		d.p.run(0, "case", "approve", "1", "--by", "olga", "--note", "the shop confirms")
		d.p.run(1, "case", "approve", "1")
		list, err := d.app.shop.Issued(context.Background(), d.app.db.Read(context.Background()), anna)
		if err != nil || len(list) != 1 || list[0].ID == first.Certificate.ID {
			t.Fatalf("%+v, %v; want the replacement alone", list, err)
		}
		if shown := d.p.run(0, "case", "show", "1"); !strings.Contains(shown, "by olga") || !strings.Contains(shown, "replaced by") || !strings.Contains(shown, "void") {
			t.Errorf("the decision is not shown:\n%s", shown)
		}
		if again := d.opens(anna, list[0].ID); again == code {
			t.Error("the replacement has the old code")
		}
		complain(list[0].ID)
		d.p.run(0, "case", "refuse", "2", "--by", "olga")
		d.verifyBooks()
	})
}

// A prize over the year's free sum waits for documents; the register tells the
// base and the tax to the kopeck.
func TestTaxGateAtTheDesk(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		d := newDesk(t, url)
		anna, boris := d.person("Анна Иванова", "+79990000001"), d.person("=Борис", "+79990000002")
		ctx, year := context.Background(), fmt.Sprint(prizes.YearOf(time.Now()))
		worth := func(value money.Kopecks) {
			d.locked(anna, func(ctx context.Context, tx *store.Tx, _ campaigns.Version) error {
				p, err := d.app.shop.Prize(ctx, tx.DB, "ozon-300")
				p.Value = value
				if err != nil {
					return err
				}
				return d.app.shop.Put(ctx, tx, p)
			})
		}
		worth(4000_00)
		if c := d.chooses(anna, "ozon-300", 1); !c.Issued {
			t.Fatalf("%+v, want 4000.00 free", c)
		}
		worth(1000_00)
		if c := d.chooses(anna, "ozon-300", 2); !c.Gated {
			t.Fatalf("%+v, want it gated", c)
		}
		if c := d.chooses(boris, "ozon-300", 3); !c.Issued {
			t.Fatalf("%+v, want another person's issued", c)
		}
		d.verifyBooks()
		if shown := d.p.run(0, "case", "show", "1"); !strings.Contains(shown, "tax of tax:") || !strings.Contains(shown, "1000.00 ₽") {
			t.Errorf("the case does not tell what waits:\n%s", shown)
		}
		var row taxRow
		if err := json.Unmarshal([]byte(strings.SplitN(d.p.run(0, "prizes", "tax", "--year", year, "--json"), "\n", 2)[0]), &row); err != nil {
			t.Fatal(err)
		}
		if row.Sum != 5000_00 || row.Base != 1000_00 || row.Tax != 350_00 || row.Gated != 1 || row.Cleared || row.Phone != "+7•••••••01" || row.Name != "А." {
			t.Errorf("%+v", row)
		}
		if out := d.p.run(0, "prizes", "tax", "clear", fmt.Sprint(anna), "--by", "olga"); !strings.Contains(out, "1 prizes") {
			t.Errorf("%q", out)
		}
		list, err := d.app.shop.Issued(ctx, d.app.db.Read(ctx), anna)
		if err != nil || len(list) != 2 {
			t.Errorf("%d certificates, %v; want 2", len(list), err)
		}
		sheet := d.p.run(0, "prizes", "tax", "--year", year, "--csv", "--reveal")
		if !strings.Contains(sheet, "participants,name,phone") || !strings.Contains(sheet, ",5000.00,1000.00,350.00,true") || !strings.Contains(sheet, "'=Борис,'+79990000002") {
			t.Errorf("%s", sheet)
		}
		if masked := d.p.run(0, "prizes", "tax", "--csv"); strings.Contains(masked, "Иванова") || strings.Contains(masked, "79990000001") {
			t.Errorf("a name stands open:\n%s", masked)
		}
		d.p.run(1, "case", "refuse", "1")
		d.p.run(2, "prizes", "tax", "--csv", "--json")
		d.verifyBooks()
	})
}

// The demo's suppliers deliver to a house with its jobs at work: one at once, one
// by its webhook.
func TestSuppliersDeliverToTheHouse(t *testing.T) {
	storetest.EachURL(t, func(t *testing.T, url string) {
		h := newHouse(t, url)
		v, err := vault.OpenFile(h.keyset)
		if err != nil {
			t.Fatal(err)
		}
		db, err := store.Open(context.Background(), url, nil)
		if err != nil {
			t.Fatal(err)
		}
		c := testConfig(t, url)
		c.FNS.URL, c.FNS.MasterToken = h.fiscal.URL, config.Secret(fnssim.DefaultMasterToken)
		shops, err := demoSuppliers(&c)
		if err != nil {
			t.Fatal(err)
		}
		a, err := newApp(c, db, v, quietLogger())
		if err != nil {
			t.Fatal(err)
		}
		if err := shops.hear(a); err != nil {
			t.Fatal(err)
		}
		if err := a.worker.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.worker.Stop(context.Background()); shops.stop(); _ = db.Close() })
		d := desk{t, h, a, program{t, h.environment()}}
		anna := d.person("Анна Иванова", "+79990000001")
		for i, prize := range []string{"cinema-500", "books-700"} {
			if c := d.chooses(anna, prize, i); !c.Ordered {
				t.Fatalf("%s: %+v, want it ordered", prize, c)
			}
		}
		d.verifyBooks()
		ctx, owned := context.Background(), 0
		for deadline := time.Now().Add(30 * time.Second); owned < 2 && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
			list, err := a.shop.Issued(ctx, db.Read(ctx), anna)
			if err != nil {
				t.Fatal(err)
			}
			owned = len(list)
		}
		if owned != 2 {
			t.Errorf("%d certificates came, want 2", owned)
		}
		d.verifyBooks()
		if out := d.p.run(0, "prizes", "stock", "--json"); !strings.Contains(out, `"prize_id":"cinema-500","sources":["supplier:demo-instant/cinema-two","pool"],"free":300,"expired":0,"reserved":0,"issued":1`) {
			t.Errorf("%s", out)
		}
	})
}

func TestSuppliersThatCannotBeReadAreNamed(t *testing.T) {
	if _, err := readSuppliers(config.Suppliers{File: "no such file"}); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("%v", err)
	}
	if list, err := readSuppliers(config.Suppliers{}); err != nil || list != nil {
		t.Errorf("%v, %v; want none", list, err)
	}
	catalogue := []prizes.Prize{{ID: "a", Sources: []string{"pool", "supplier:alpha", "supplier:beta/x"}}, {ID: "b", Sources: []string{"supplier:beta"}}}
	if got := (suppliers{}).unknown(catalogue); strings.Join(got, " ") != "alpha beta" {
		t.Errorf("unknown: %v", got)
	}
}

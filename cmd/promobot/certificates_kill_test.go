package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/prizes/supply"
	"promobot/prizes/supply/supplysim"
)

// The program is killed with SIGKILL again and again while it orders: whatever
// was under way, every award gets one certificate, and as many codes have left
// the suppliers.
func TestKilledWhileOrdering(t *testing.T) {
	const awards, kills = 12, 4
	url := storetest.SQLiteURL(t)
	h := newHouse(t, url)
	fast := supplysim.NewInstant(supplysim.Options{Key: "k", Delay: 150 * time.Millisecond})
	late := supplysim.NewSlow(supplysim.Options{Key: "k", Secret: "s", Delay: 100 * time.Millisecond, Ready: 100 * time.Millisecond})
	fastServer, lateServer := httptest.NewServer(fast), httptest.NewServer(late)
	t.Cleanup(func() { late.Close(); lateServer.Close(); fastServer.Close() })
	fast.Meet(supplysim.Hidden, supplysim.Lost)
	late.Meet(supplysim.Lost, supplysim.Hidden)
	file := filepath.Join(t.TempDir(), "suppliers.yaml")
	text := fmt.Sprintf("suppliers:\n- {name: fast, kind: instant, url: %q, token: {env: TEST_KEY}}\n"+
		"- {name: late, kind: slow, url: %q, token: {env: TEST_KEY}, webhook_secret: {env: TEST_KEY}}\n", fastServer.URL, lateServer.URL)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	environment := append(h.environment(), "PROMOBOT_SUPPLIERS_FILE="+file, "TEST_KEY=k")
	d := h.asleep(t)
	for i := range awards {
		d.sources("cinema-500", []string{"supplier:fast", "supplier:late"}[i%2])
		if c := d.chooses(d.person("Анна", fmt.Sprintf("+7999000%04d", i)), "cinema-500", i); !c.Ordered {
			t.Fatalf("%+v, want it ordered", c)
		}
	}
	open := func() (n int64) {
		if err := d.app.db.Read(context.Background()).Table("supply_orders").Where("status IN ('new', 'sent')").Count(&n).Error; err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range kills {
		p := startProgram(t, environment, "serve")
		time.Sleep(time.Duration(20+rand.IntN(250)) * time.Millisecond)
		if err := p.command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-p.done
		d.verifyBooks()
	}
	p := startProgram(t, environment, "serve")
	for deadline := time.Now().Add(60 * time.Second); open() > 0 && time.Now().Before(deadline); {
		time.Sleep(50 * time.Millisecond)
	}
	p.drain(t)
	var owned int64
	err := d.app.db.Read(context.Background()).Raw("SELECT COUNT(DISTINCT c.award_id) FROM certificates c JOIN awards a ON a.id = c.award_id WHERE a.status = 'issued' AND c.order_id IS NOT NULL").Scan(&owned).Error
	if err != nil || owned != awards || fast.Delivered()+late.Delivered() != awards {
		t.Errorf("%d awards have their certificate (%v), %d and %d codes have left; want %d", owned, err, fast.Delivered(), late.Delivered(), awards)
	}
	d.verifyBooks()
}

// asleep is the house with its services open here and nobody at work.
func (h *house) asleep(t *testing.T) desk {
	t.Helper()
	v, err := vault.OpenFile(h.keyset)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), h.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	a, err := newApp(testConfig(t, h.url), db, v, quietLogger())
	if err != nil {
		t.Fatal(err)
	}
	return desk{t, h, a, program{t, h.environment()}}
}

func (d desk) sources(prizeID string, sources ...string) {
	d.Helper()
	err := d.app.db.InTx(context.Background(), func(tx *store.Tx) error {
		p, err := d.app.shop.Prize(context.Background(), tx.DB, prizeID)
		if err != nil {
			return err
		}
		p.Sources, p.Value = sources, 0
		return d.app.shop.Put(context.Background(), tx, p)
	})
	if err != nil {
		d.Fatal(err)
	}
}

func TestSupplySimKinds(t *testing.T) {
	for _, kind := range []string{supply.KindInstant, supply.KindSlow} {
		sim, err := newSupplySim(kind, supplysim.Options{})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(sim)
		client := supply.Entry{Kind: kind, URL: server.URL}.Open("")
		a, err := client.Order(context.Background(), supply.Order{ExternalID: "a", SKU: "tea"})
		if err != nil || a.State == supply.Failed {
			t.Errorf("%s: %+v, %v", kind, a, err)
		}
		server.Close()
		sim.Close()
	}
	if _, err := newSupplySim("fast", supplysim.Options{}); err == nil {
		t.Error("a kind that nobody knows is simulated")
	}
}

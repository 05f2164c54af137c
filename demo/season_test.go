package demo_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/demo"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/internal/vault"
	"promobot/prizes"
)

func TestSeasonIsWhatTheContractsSay(t *testing.T) {
	terms, catalogue, err := demo.Season()
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case !terms.Starts.Equal(time.Date(2016, 11, 1, 0, 0, 0, 0, time.UTC)), terms.Ends.Year() < 2090:
		t.Errorf("from %s until %s", terms.Starts, terms.Ends)
	case terms.Minimum != 1000_00, terms.MinimumOn != campaigns.OnReceipt, terms.MaxAgeDays != 0:
		t.Errorf("%s on %s, at most %d days old", terms.Minimum, terms.MinimumOn, terms.MaxAgeDays)
	case terms.ReceiptsDay != 0, terms.ReceiptsTotal != 0, terms.UnitsReceipt != 0:
		t.Error("a limit would stop the demonstration")
	case terms.PerProduct != 6, terms.Welcome != 10, terms.FirstReceipt != 50, terms.Zone != "Europe/Moscow":
		t.Errorf("rates %d, %d, %d in %s", terms.PerProduct, terms.Welcome, terms.FirstReceipt, terms.Zone)
	}
	prices := map[string]int64{}
	for _, p := range catalogue {
		prices[p.ID] = p.Price
	}
	for _, o := range terms.Offers {
		if prices[o.PrizeID] == 0 {
			t.Errorf("%s is offered and not in the catalogue", o.PrizeID)
		}
	}
	if first := terms.Offers[0]; first.PrizeID != "ozon-300" || first.Issue != campaigns.Automatically || prices["ozon-300"] != 60 {
		t.Errorf("the first prize is %+v at %d", first, prices[first.PrizeID])
	}
}

func TestStock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, shop := t.Context(), newShop(t, db)
		terms, catalogue, err := demo.Season()
		if err != nil {
			t.Fatal(err)
		}
		terms.Offers = append(terms.Offers, campaigns.Offer{PrizeID: "nobody-knows"})
		for range 2 { // a second start finds the shelves full
			stock(t, db, func(tx *store.Tx) error { return demo.Stock(ctx, tx, shop, terms, catalogue) })
		}
		list, err := shop.List(ctx, db.Read(ctx))
		if err != nil || len(list) != len(terms.Offers) {
			t.Fatalf("%d prizes, %v; want %d", len(list), err, len(terms.Offers))
		}
		for _, p := range list {
			if p.Free != 300 {
				t.Errorf("%s has %d certificates, want 300", p.ID, p.Free)
			}
			if p.ID == "nobody-knows" && (p.Title != p.ID || p.Price != 60) {
				t.Errorf("a prize that nobody described is %+v", p)
			}
		}
	})
}

func TestStockLeavesAnEmptyShelfAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, shop := t.Context(), newShop(t, db)
		terms := campaigns.Terms{Offers: []campaigns.Offer{{PrizeID: "last"}}}
		stock(t, db, func(tx *store.Tx) error { return demo.Stock(ctx, tx, shop, terms, nil) })
		err := db.InTx(ctx, func(tx *store.Tx) error {
			return tx.Exec("UPDATE certificates SET valid_until = ?", tx.Now().Add(-time.Hour)).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		stock(t, db, func(tx *store.Tx) error { return demo.Stock(ctx, tx, shop, terms, nil) })
		list, err := shop.List(ctx, db.Read(ctx))
		if err != nil || list[0].Free != 0 {
			t.Errorf("%+v, %v; want nothing new", list, err)
		}
	})
}

func newShop(t *testing.T, db *store.DB) *prizes.Shop {
	t.Helper()
	v, err := vault.OpenOrCreate(filepath.Join(t.TempDir(), "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	return prizes.NewShop(db, v)
}

func stock(t *testing.T, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.InTx(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

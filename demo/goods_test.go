package demo_test

import (
	"testing"

	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/demo"
)

func season(t *testing.T) campaigns.Terms {
	t.Helper()
	terms, _, err := demo.Season()
	if err != nil {
		t.Fatal(err)
	}
	return terms
}

func TestEveryGoodIsMatchedByNameAndByCode(t *testing.T) {
	terms := season(t)
	matcher, err := assortment.New(terms.Products)
	if err != nil {
		t.Fatal(err)
	}
	goods := demo.Goods(terms)
	if len(goods) != len(terms.Products) {
		t.Errorf("%d goods of %d products", len(goods), len(terms.Products))
	}
	seen := map[string]bool{}
	for _, g := range goods {
		byName := matcher.Match(assortment.Line{Name: g.Name})
		both := matcher.Match(assortment.Line{Name: g.Name, GTIN: g.GTIN})
		if byName.SKU == "" || both.SKU != byName.SKU || seen[byName.SKU] {
			t.Errorf("%q is %+v by name and %+v with the code %q", g.Name, byName, both, g.GTIN)
		}
		if g.Price < 49_90 || g.Price > 199_90 {
			t.Errorf("%q costs %s", g.Name, g.Price)
		}
		seen[byName.SKU] = true
	}
}

func TestGoodsOfOtherCampaigns(t *testing.T) {
	for _, tt := range []struct {
		name     string
		products []assortment.Product
		want     int
	}{
		{"none", nil, 0},
		{"that lint would refuse", []assortment.Product{{SKU: "A"}}, 0},
		{"sold by the piece", []assortment.Product{{SKU: "EGG", Brand: "Несушкино", Title: "Яйцо куриное Несушкино С1", Volume: "10 шт"}}, 1},
		{"of a Latin brand", []assortment.Product{{SKU: "FOX", Brand: "Grumble Fox", Title: "Энергетик Grumble Fox классический ж/б", Volume: "0,449 л", GTIN: "4690000000016"}}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := demo.Goods(campaigns.Terms{Products: tt.products}); len(got) != tt.want {
				t.Errorf("%v, want %d", got, tt.want)
			}
		})
	}
}

package campaigns_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"promobot/campaigns"
	"promobot/points"
)

func TestDiff(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*campaigns.Terms)
		want   []string
	}{
		{"nothing", func(*campaigns.Terms) {}, nil},
		{"a title", func(t *campaigns.Terms) { t.Title = "Лето" }, []string{"title: Весна → Лето"}},
		{"the last day", func(t *campaigns.Terms) { t.Ends = wall("2026-05-01T00:00") }, []string{"ends: 2026-03-31 → 2026-04-30"}},
		{"in force from", func(t *campaigns.Terms) { t.EffectiveFrom = wall("2026-03-10T00:00") }, []string{"effective_from: none → 2026-03-10"}},
		{"amounts", func(t *campaigns.Terms) { t.Minimum, t.KopecksPerPoint = 500_00, 12_50 },
			[]string{"receipts.minimum: 1000.00 → 500.00", "points.roubles_per_point: 0.00 → 12.50"}},
		{"limits", func(t *campaigns.Terms) { t.MaxAgeDays, t.ReceiptsDay, t.UnitsReceipt = 0, 5, 24 },
			[]string{"receipts.max_age_days: 14 → none", "limits.receipts_per_day: none → 5", "limits.units_per_receipt: none → 24"}},
		{"shops", func(t *campaigns.Terms) { t.ShopsDenied = []string{"7700000002", "7700000001"} },
			[]string{"receipts.shops_denied.7700000001: none → listed", "receipts.shops_denied.7700000002: none → listed"}},
		{"rates of products", func(t *campaigns.Terms) { t.PerSKU = map[string]points.Amount{"kola": 0, "chips": 25} },
			[]string{"points.products.chips: none → 25", "points.products.kola: none → 0"}},
		{"a prize more", func(t *campaigns.Terms) {
			t.Offers = append(t.Offers, campaigns.Offer{PrizeID: "mug", Issue: campaigns.ByChoice})
		},
			[]string{"prizes.mug: none → choice"}},
		{"a prize by itself", func(t *campaigns.Terms) { t.Offers[0].Issue = campaigns.Automatically }, []string{"prizes.tea: choice → automatic"}},
		{"prizes in another order", func(t *campaigns.Terms) { slices.Reverse(t.Offers) }, []string{"prizes: another order"}},
		{"a product less and another's volume", func(t *campaigns.Terms) { t.Products = t.Products[1:]; t.Products[0].Volume = "70 г" },
			[]string{"assortment.chips: Хрустик / Чипсы Хрустик / 140 г / 04609990000029 / any_flavour → Хрустик / Чипсы Хрустик / 70 г / 04609990000029 / any_flavour",
				"assortment.kola: Ясный Ключ / Кола Ясный Ключ / 0,5 л / 04609990000012 /  → none"}},
	} {
		old, changed := march(), march()
		for _, terms := range []*campaigns.Terms{&old, &changed} {
			terms.Offers = []campaigns.Offer{{PrizeID: "tea", Issue: campaigns.ByChoice}, {PrizeID: "cap", Issue: campaigns.ByChoice}}
		}
		tt.change(&changed)
		if got := campaigns.Diff(old, changed); !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n%q, want\n%q", tt.name, got, tt.want)
		}
	}
}

// told are the disclosure and the texts with every key.
const told = `disclosure: {prizes: 1200, claim: Приходит в чат., claim_en: Comes to the chat.}
texts: {rules: Покупайте., rules_en: Buy.}
`

// TestDiffSeesEveryField: a field of the terms that is forgotten in Diff would
// change unseen.
func TestDiffSeesEveryField(t *testing.T) {
	full, problems := parse(strings.Replace(whole, "  welcome: 100", "  value: 5.00\n  welcome: 100", 1)+extras+told, sheet)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for i := range reflect.TypeFor[campaigns.Terms]().NumField() {
		changed := full
		reflect.ValueOf(&changed).Elem().Field(i).SetZero()
		if len(campaigns.Diff(full, changed)) == 0 {
			t.Errorf("a change of %s is not seen", reflect.TypeFor[campaigns.Terms]().Field(i).Name)
		}
	}
}

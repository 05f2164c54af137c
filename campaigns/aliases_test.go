package campaigns_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/fns"
)

func TestBrandAliasesOfACampaign(t *testing.T) {
	for _, tt := range []struct{ why, table, says string }{
		{"good", "brand,alias\nЯсный Ключ,Чистая Слеза\n", ""},
		{"another brand", "brand,alias\nЯсный Ключ,Хрустик\n", "brand_aliases: assortment: invalid: column alias: \"Хрустик\" of Ясный Ключ is another brand"},
		{"no such brand", "brand,alias\nЯрый Ключ,ЯРК\n", "brand_aliases: assortment: invalid: column brand: \"Ярый Ключ\""},
		{"a bad row", "brand,alias\nЯсный Ключ,\n", "brand_aliases: row 2"},
	} {
		_, problems := campaigns.Parse(fstest.MapFS{
			"a/spring.yaml":       {Data: []byte(whole)},
			"a/goods/spring.csv":  {Data: []byte(sheet)},
			"a/goods/aliases.csv": {Data: []byte(tt.table)},
		}, "a/spring.yaml")
		switch {
		case tt.says == "" && len(problems) > 0:
			t.Errorf("%s: %v", tt.why, problems)
		case tt.says != "" && (len(problems) != 1 || !strings.HasPrefix(problems[0].String(), tt.says)):
			t.Errorf("%s: got %v, want %q", tt.why, problems, tt.says)
		}
	}
}

func TestBrandAliasesPay(t *testing.T) {
	terms := march()
	terms.Products = goods()
	ticket := fns.Ticket{Items: []fns.Item{{Name: "Кола ЧИСТАЯ СЛЕЗА 0,5л", Quantity: fns.Unit, Sum: 100_00}}}
	for _, tt := range []struct {
		aliases []assortment.BrandAlias
		want    string
	}{{nil, ""}, {[]assortment.BrandAlias{{Brand: terms.Products[0].Brand, Alias: "Чистая Слеза"}}, terms.Products[0].SKU}} {
		terms.BrandAliases = tt.aliases
		judge, err := campaigns.NewJudge(terms)
		if err != nil {
			t.Fatal(err)
		}
		if got := judge.Reward(ticket, campaigns.History{}).Lines[0]; got.SKU != tt.want {
			t.Errorf("with %v the line is %q, want %q: %s", tt.aliases, got.SKU, tt.want, got.Reason)
		}
	}
}

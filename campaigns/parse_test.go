package campaigns_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/points"
)

// whole is a campaign with every key but those of extras.
const whole = `id: spring-2026
title: Весна с Ясным Ключом
title_en: Spring
organiser: ООО «Пример»
rules_url: https://example.org/rules
starts: 2026-03-01
ends: 2026-03-31
zone: Europe/Moscow
effective_from: 2026-03-10
receipts:
  minimum: 1000.00
  minimum_on: promo
  max_age_days: 14
  grace_days_new: 7
  shops_allowed: ["7700000001"]
  shops_denied: [770000000002]
points:
  per_product: 10
  products: {chips: 25}
  roubles_per_point: 12.50
  welcome: 100
  first_receipt: 50
limits:
  receipts_per_day: 5
  receipts: 50
  units_per_receipt: 24
prizes:
  - id: mug
  - {id: tea, issue: automatic}
returns: {points: debt, prizes: withdraw, window_days: 14}
pay: {share: 70, roubles_per_point: "1.00", hold_minutes: 15}
assortment: goods/spring.csv
expiry: {after_days: 90}
brand_aliases: goods/aliases.csv
`

const sheet = `sku_id,brand,title,volume,gtin,scope
kola,Ясный Ключ,Кола Ясный Ключ,"0,5 л",4609990000012,exact
chips,Хрустик,Чипсы Хрустик,140 г,4609990000029,any_flavour
`

// parse reads a campaign that lies beside the folder of its assortment.
func parse(text, csv string) (campaigns.Terms, []campaigns.Problem) {
	return campaigns.Parse(fstest.MapFS{
		"a/spring.yaml":      {Data: []byte(text)},
		"a/goods/spring.csv": {Data: []byte(csv)},

		"a/goods/aliases.csv": {Data: []byte("brand,alias\nЯсный Ключ,ЯК\n")},
	}, "a/spring.yaml")
}

func TestParseReadsEveryKey(t *testing.T) {
	got, problems := parse(whole, sheet)
	if len(problems) > 0 {
		t.Fatalf("problems %v, want none", problems)
	}
	for _, ok := range []bool{
		got.Slug == "spring-2026", got.Title == "Весна с Ясным Ключом", got.TitleEN == "Spring", got.Organiser == "ООО «Пример»",
		got.RulesURL == "https://example.org/rules", got.Zone == "Europe/Moscow",
		got.Starts.Equal(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)), got.Ends.Equal(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)),
		got.EffectiveFrom.Equal(time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)),
		got.Minimum == 1000_00, got.MinimumOn == campaigns.OnPromo, got.MaxAgeDays == 14, got.GraceDaysNew == 7,
		slices.Equal(got.ShopsAllowed, []string{"7700000001"}), slices.Equal(got.ShopsDenied, []string{"770000000002"}),
		got.PerProduct == 10, len(got.PerSKU) == 1, got.PerSKU["chips"] == points.Amount(25), got.KopecksPerPoint == 12_50,
		got.Welcome == 100, got.FirstReceipt == 50, got.ReceiptsDay == 5, got.ReceiptsTotal == 50, got.UnitsReceipt == 24,
		slices.Equal(got.Offers, []campaigns.Offer{{PrizeID: "mug", Issue: campaigns.ByChoice}, {PrizeID: "tea", Issue: campaigns.Automatically}}),
		len(got.Products) == 2, got.Products[0].GTIN == "04609990000012",
		slices.Equal(got.BrandAliases, []assortment.BrandAlias{{Brand: "Ясный Ключ", Alias: "ЯК"}}),
	} {
		if !ok {
			t.Fatalf("a key was read wrongly: %+v", got)
		}
	}
	if _, err := campaigns.NewJudge(got); err != nil {
		t.Error(err)
	}
}

func TestParseFindsWhatIsWrong(t *testing.T) {
	for _, tt := range []struct {
		name     string
		old, new string // what the file says instead
		field    string // of a problem that is found
		text     string
	}{
		{"an unknown key", "zone:", "time_zone:", "a/spring.yaml", "field time_zone not found"},
		{"an unknown key inside", "max_age_days", "max_age", "a/spring.yaml", "line 13: field max_age not found"},
		{"a key twice", "title_en: Spring", "title_en: Spring\ntitle_en: Lent", "a/spring.yaml", "already defined"},
		{"a word for a number", "per_product: 10", "per_product: ten", "a/spring.yaml", "cannot unmarshal"},
		{"a list for a word", "id: spring-2026", "id: [spring]", "a/spring.yaml", "cannot unmarshal"},
		{"a second document", "assortment:", "---\nassortment:", "a/spring.yaml", "second document"},
		{"not YAML", "title: ", "title: {", "a/spring.yaml", "yaml"},
		{"an id with capitals", "id: spring-2026", "id: Spring 2026", "id", "use a-z"},
		{"an id of 41 characters", "spring-2026", strings.Repeat("a", 41), "id", "at most 40"},
		{"no title", "title: Весна с Ясным Ключом\n", "", "title", "missing"},
		{"no English title", "title_en: Spring\n", "", "title_en", "missing"},
		{"a date that does not exist", "2026-03-31", "2026-02-30", "ends", "not a date"},
		{"a date in German", "starts: 2026-03-01", "starts: 01.03.2026", "starts", "YYYY-MM-DD"},
		{"no start", "starts: 2026-03-01\n", "", "starts", "not a date"},
		{"it ends before it starts", "ends: 2026-03-31", "ends: 2026-02-28", "ends", "before starts"},
		{"in force before the start", "2026-03-10", "2026-02-28", "effective_from", "outside the period"},
		{"in force after the end", "2026-03-10", "2026-04-01", "effective_from", "outside the period"},
		{"a zone that does not exist", "Europe/Moscow", "Europe/Moskva", "zone", "no time zone"},
		{"no zone", "zone: Europe/Moscow\n", "", "zone", "no time zone"},
		{"the machine's own zone", "Europe/Moscow", "Local", "zone", "no time zone"},
		{"an INN of eleven digits", "7700000001", "77000000011", "receipts.shops_allowed", "no INN"},
		{"an INN with a letter", "770000000002", "77000000000A", "receipts.shops_denied", "no INN"},
		{"a shop allowed and denied", "[770000000002]", "[7700000001]", "receipts.shops_denied", "allowed too"},
		{"a minimum of three decimals", "1000.00", "1000.001", "receipts.minimum", "amount in roubles"},
		{"a minimum below zero", "1000.00", "-1", "receipts.minimum", "amount in roubles"},
		{"a minimum on something else", "minimum_on: promo", "minimum_on: lines", "receipts.minimum_on", "write receipt or promo"},
		{"an age below zero", "max_age_days: 14", "max_age_days: -1", "receipts.max_age_days", "below 0"},
		{"a limit below zero", "units_per_receipt: 24", "units_per_receipt: -24", "limits.units_per_receipt", "below 0"},
		{"points below zero", "welcome: 100", "welcome: -100", "points.welcome", "not between"},
		{"a slip of the pen", "per_product: 10", "per_product: 10000000", "points.per_product", "not between"},
		{"points for a product that is not there", "{chips: 25}", "{crisps: 25}", "points.products.crisps", "not in the assortment"},
		{"nothing earns anything", "per_product: 10\n  products: {chips: 25}\n  roubles_per_point: 12.50\n  welcome: 100\n  first_receipt: 50", "welcome: 100", "points", "no receipt earns"},
		{"a prize twice", "id: tea", "id: mug", "prizes", "stands twice"},
		{"a prize without an id", "- id: mug", "- issue: choice", "prizes", "no prize id"},
		{"another way of issue", "issue: automatic", "issue: lottery", "prizes.tea", "write choice or automatic"},
		{"no assortment", "assortment: goods/spring.csv\n", "", "assortment", "missing"},
		{"an assortment that is not there", "goods/spring.csv", "goods/summer.csv", "assortment", "not exist"},
		{"an assortment outside the folder", "goods/spring.csv", "../../goods.csv", "assortment", "not exist"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(whole, tt.old) {
				t.Fatalf("the file does not say %q", tt.old)
			}
			_, problems := parse(strings.Replace(whole, tt.old, tt.new, 1), sheet)
			if !slices.ContainsFunc(problems, func(p campaigns.Problem) bool {
				return p.Field == tt.field && strings.Contains(p.Text, tt.text) && !p.Warning
			}) {
				t.Errorf("problems %v, want one of %s that says %q", problems, tt.field, tt.text)
			}
		})
	}
}

func TestParseFindsWhatIsWrongWithTheAssortment(t *testing.T) {
	for _, tt := range []struct{ name, csv, text string }{
		{"an empty file", "", "empty"},
		{"no goods", "sku_id,brand,title,volume,gtin,scope\n", "no product"},
		{"a column is missing", "sku_id,brand,title,volume,scope\n", "column gtin is missing"},
		{"a wrong check digit", strings.Replace(sheet, "4609990000012", "4609990000013", 1), "row 2"},
		{"a scope that does not exist", strings.Replace(sheet, "any_flavour", "any", 1), "row 3"},
		{"a SKU twice", strings.Replace(sheet, "chips", "kola", 1), "twice"},
	} {
		_, problems := parse(whole, tt.csv)
		if !slices.ContainsFunc(problems, func(p campaigns.Problem) bool {
			return p.Field == "assortment" && strings.Contains(p.Text, tt.text)
		}) {
			t.Errorf("%s: problems %v, want one that says %q", tt.name, problems, tt.text)
		}
	}
}

// TestParseTellsAllAtOnce: a manager mends a file once, and in its order.
func TestParseTellsAllAtOnce(t *testing.T) {
	text := strings.NewReplacer("zone:", "time_zone:", "per_product: 10", "per_product: ten", "2026-03-31", "31.03.2026",
		"welcome: 100", "welcome: -1", "receipts: 50", "receipts: -50", "issue: automatic", "issue: lottery").Replace(whole)
	csv := strings.NewReplacer("4609990000012", "4609990000013", "any_flavour", "any").Replace(sheet)
	_, problems := parse(text, csv)
	var fields []string
	for _, p := range problems {
		fields = append(fields, p.Field)
	}
	want := []string{"a/spring.yaml", "a/spring.yaml", "ends", "assortment", "assortment", "effective_from", "zone",
		"points.products.chips", "points.welcome", "limits.receipts", "prizes.tea"}
	if !slices.Equal(fields, want) {
		t.Errorf("problems of %v, want %v", fields, want)
	}
	for range 20 {
		if _, again := parse(text, csv); !slices.Equal(again, problems) {
			t.Fatalf("another order: %v", again)
		}
	}
}

func TestParseOfAnEmptyFileNamesWhatIsMissing(t *testing.T) {
	_, problems := parse("# nothing\n", sheet)
	for _, field := range []string{"id", "title", "title_en", "starts", "ends", "zone", "points", "assortment"} {
		if !slices.ContainsFunc(problems, func(p campaigns.Problem) bool { return p.Field == field && !p.Warning }) {
			t.Errorf("%s is not named: %v", field, problems)
		}
	}
	if _, problems := campaigns.Parse(fstest.MapFS{}, "none.yaml"); len(problems) != 1 || problems[0].Field != "none.yaml" {
		t.Errorf("no file: %v, want one problem", problems)
	}
}

func TestParseWarns(t *testing.T) {
	text := strings.NewReplacer("organiser: ООО «Пример»\n", "", "rules_url: https://example.org/rules\n", "",
		"receipts_per_day: 5\n  receipts: 50\n", "", "prizes:\n  - id: mug\n  - {id: tea, issue: automatic}\n", "").Replace(whole)
	_, problems := parse(text, sheet)
	var fields []string
	for _, p := range problems {
		if fields = append(fields, p.Field); !p.Warning {
			t.Errorf("%v keeps the terms from being applied", p)
		}
	}
	if want := []string{"organiser", "rules_url", "limits", "prizes"}; !slices.Equal(fields, want) {
		t.Errorf("warnings of %v, want %v", fields, want)
	}
}

func TestParseFillsInDefaults(t *testing.T) {
	text := strings.NewReplacer("  minimum_on: promo\n", "", "effective_from: 2026-03-10\n", "", "  minimum: 1000.00\n", "").Replace(whole)
	got, problems := parse(text, sheet)
	if len(problems) > 0 || got.MinimumOn != campaigns.OnReceipt || got.Minimum != 0 || !got.EffectiveFrom.IsZero() {
		t.Errorf("%+v, %v", got, problems)
	}
}

func TestParseOfOneDay(t *testing.T) {
	text := strings.NewReplacer("ends: 2026-03-31", "ends: 2026-03-01", "effective_from: 2026-03-10\n", "").Replace(whole)
	if got, problems := parse(text, sheet); len(problems) > 0 || got.Ends.Sub(got.Starts) != 24*time.Hour {
		t.Errorf("%v to %v, %v; want one day", got.Starts, got.Ends, problems)
	}
}

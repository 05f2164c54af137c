package assortment_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"promobot/campaigns/assortment"
)

const aliasGoods = `sku_id,brand,title,volume,gtin,scope
Y,Весёлка,"Йогурт Весёлка, любой вкус",200 г,,any_flavour
Z,Звонница,"Сок Звонница, любой вкус",1 л,,any_flavour
C,Coca-Cola,Coca-Cola классическая,"0,5 л",,exact
`

func withAliases(t *testing.T, table string) (*assortment.Assortment, error) {
	t.Helper()
	list, err := assortment.ParseBrandAliases(strings.NewReader(table))
	if err != nil {
		return nil, err
	}
	return assortment.Parse(strings.NewReader(aliasGoods), list...)
}

func TestBrandAliases(t *testing.T) {
	a, err := withAliases(t, "brand,alias\nВесёлка,ВСЛ\nВесёлка,Радуга Вкуса\nЗвонница,Bell Ringer\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Йогурт ВСЛ персик 200г":          "Y",
		"ВСЛ 200г":                        "", // three letters and no kind
		"Йогурт РАДУГА ВКУСА персик 200г": "Y",
		"ЙОГУРТ РАДУГАВКУСА 200Г":         "Y",
		"Йогурт РАД.ВКУСА персик 200г":    "Y",
		"Йогурт РАДУГА персик 200г":       "",
		"Сок BELL RINGER яблоко 1л":       "Z",
		"Сок ЗВОННИЦА яблоко 1л":          "Z",
		"НАП КК 0,5ПЭТ":                   "C", // of the built-in table
		"НАП КК ЗЕРО 0,5ПЭТ":              "",
	} {
		if m := a.Match(assortment.Line{Name: name}); m.SKU != want {
			t.Errorf("%q is %q, want %q: %s", name, m.SKU, want, m.Reason)
		}
	}
}

func TestBrandAliasesAreRefused(t *testing.T) {
	for _, tt := range []struct{ why, table, says string }{
		{"two brands", "brand,alias\nВесёлка,РВ\nЗвонница,р.в.\n", `"р.в." names two brands: ВЕСЕЛКА and Звонница`},
		{"another brand", "brand,alias\nВесёлка,Звонница\n", "is another brand: ЗВОННИЦА"},
		{"another brand in the other script", "brand,alias\nВесёлка,ZVONNITSA\n", "is another brand"},
		{"no such brand", "brand,alias\nВеслока,РВ\n", `"Веслока", named by the alias "РВ", is not in the assortment`},
		{"a common word", "brand,alias\nВесёлка,йогурт\n", "common word"},
		{"nothing", "brand,alias\nВесёлка,***\n", "row 2: assortment: invalid: column alias: \"***\" has no letter"},
		{"no brand", "brand,alias\n,РВ\n", "column brand"},
		{"no head", "Весёлка,РВ\n", "column brand is missing"},
		{"an empty file", "", "brand,alias"},
		{"a column too many", "brand,alias\nВесёлка,РВ,3\n", "row 2"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			_, err := withAliases(t, tt.table)
			if !errors.Is(err, assortment.ErrInvalid) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}

func TestBrandAliasesOfTheManagerGoFirst(t *testing.T) {
	a, err := withAliases(t, "brand,alias\nЗвонница,КК\n")
	if err != nil {
		t.Fatal(err)
	}
	if m := a.Match(assortment.Line{Name: "Сок КК яблоко 1л"}); m.SKU != "Z" {
		t.Errorf("got %q: %s", m.SKU, m.Reason)
	}
}

func TestBrandAliasesByTabs(t *testing.T) {
	list, err := assortment.ParseBrandAliases(strings.NewReader("\ufeffalias\tbrand\tby\nРадуга, вкуса\tВесёлка\tA\n"))
	if err != nil || len(list) != 1 || list[0] != (assortment.BrandAlias{Brand: "Весёлка", Alias: "Радуга, вкуса"}) {
		t.Errorf("got %+v, %v", list, err)
	}
}

// A row of the built-in table that is not seen would be dead.
func TestBuiltInAliasesAreSeen(t *testing.T) {
	file, err := os.Open("brands.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	list, err := assortment.ParseBrandAliases(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range list {
		a, err := assortment.New([]assortment.Product{{SKU: "A", Brand: row.Brand, Title: "Вода " + row.Brand, Volume: "1 л"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := a.BrandsIn("Вода " + row.Alias + " 1л"); len(got) != 1 || got[0] != row.Brand {
			t.Errorf("%s is not seen in %s: %q", row.Brand, row.Alias, got)
		}
	}
}

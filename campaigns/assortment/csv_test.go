package assortment_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"promobot/campaigns/assortment"
)

const head = "sku_id,brand,title,volume,gtin,scope\n"

func TestParse(t *testing.T) {
	want := []assortment.Product{
		{SKU: "A", Brand: "Zubr", Title: "Вода Zubr, газ.", Volume: "0,5 л", GTIN: "04690000000016", Scope: "exact"},
		{SKU: "B", Brand: "Зорька", Title: "Яйцо Зорька", Volume: "30 шт", Scope: "any_kind"},
	}
	for _, tt := range []struct{ name, text string }{
		{"as written", head + "A,Zubr,\"Вода Zubr, газ.\",\"0,5 л\",4690000000016,exact\nB,Зорька,Яйцо Зорька,30 шт,,any_kind\n"},
		{"other order, one more column", "note,scope,gtin,volume,title,brand,sku_id\n" +
			"x,exact,4690000000016,\"0,5 л\",\"Вода Zubr, газ.\",Zubr,A\n,any_kind,,30 шт,Яйцо Зорька,Зорька,B\n"},
		{"byte order mark, carriage returns, capitals, spaces", "\ufeffSKU_ID , brand,title,volume,gtin,scope\r\n" +
			" A ,Zubr,\"Вода Zubr, газ.\",\"0,5 л\",4690000000016,\r\nB,Зорька,Яйцо Зорька,30 шт,,any_kind\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := parse(t, tt.text).Products(); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		text string
		says []string
	}{
		{"nothing", "", []string{"empty"}},
		{"a column missing", "sku_id,brand,title,volume,gtin\n", []string{"scope"}},
		{"a column twice", "sku_id,brand,title,volume,gtin,scope,brand\n", []string{"brand"}},
		{"no SKU", head + ",Zubr,Вода,1 л,,\n", []string{"row 2", "sku_id"}},
		{"a SKU twice", head + "A,Zubr,Вода,1 л,,\nA,Zubr,Вода,2 л,,\n", []string{"row 3", "sku_id", "A"}},
		{"no brand", head + "A, ,Вода,1 л,,\n", []string{"row 2", "brand"}},
		{"a brand of signs", head + "A,***,Вода,1 л,,\n", []string{"row 2", "brand"}},
		{"no volume", head + "A,Zubr,Вода,,,\n", []string{"row 2", "volume"}},
		{"a volume of nothing", head + "A,Zubr,Вода,0 л,,\n", []string{"row 2", "volume"}},
		{"a volume without a unit", head + "A,Zubr,Вода,500,,\n", []string{"row 2", "volume"}},
		{"a volume in words", head + "A,Zubr,Вода,большая 1 л,,\n", []string{"row 2", "volume"}},
		{"two volumes", head + "A,Zubr,Вода,1 л 2 л,,\n", []string{"row 2", "volume"}},
		{"a percentage for a volume", head + "A,Zubr,Вода,5%,,\n", []string{"row 2", "volume"}},
		{"a wrong check digit", head + "A,Zubr,Вода,1 л,4690000000017,\n", []string{"row 2", "gtin"}},
		{"a GTIN of letters", head + "A,Zubr,Вода,1 л,46900000000AA,\n", []string{"row 2", "gtin"}},
		{"a GTIN twice", head + "A,Zubr,Вода,1 л,4690000000016,\nB,Zubr,Вода,2 л,04690000000016,\n", []string{"row 3", "gtin", "A"}},
		{"an unknown scope", head + "A,Zubr,Вода,1 л,,anything\n", []string{"row 2", "scope", "anything"}},
		{"a short row", head + "A,Zubr,Вода\n", []string{"row 2", "3 columns"}},
		{"open quotes", head + "A,\"Zubr,Вода,1 л,,\n", []string{"invalid"}},
		{"several rows at once", head + "A,Zubr,Вода,0 л,,\nB,,Вода,1 л,,\nC,Zubr,Вода,1 л,,x\n", []string{"row 2", "row 3", "row 4"}},
		{"a row behind one of two lines", head + "A,Zubr,\"Вода\nгаз.\",1 л,,\nB,Zubr,Вода,0 л,,\n", []string{"row 4"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := assortment.Parse(strings.NewReader(tt.text))
			if !errors.Is(err, assortment.ErrInvalid) {
				t.Fatalf("%v is not ErrInvalid", err)
			}
			for _, says := range tt.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("%q does not say %q", err, says)
				}
			}
		})
	}
}

func TestNewNamesTheProduct(t *testing.T) {
	_, err := assortment.New([]assortment.Product{
		{SKU: "A", Brand: "Zubr", Title: "Вода", Volume: "1 л"},
		{SKU: "B", Brand: "Zubr", Title: "Вода", Volume: "много"},
	})
	if !errors.Is(err, assortment.ErrInvalid) || !strings.Contains(err.Error(), "product 2") {
		t.Errorf("%v", err)
	}
	empty, err := assortment.New(nil)
	if err != nil || len(empty.Products()) != 0 || empty.Match(assortment.Line{Name: "Вода"}).SKU != "" {
		t.Errorf("an empty assortment: %v", err)
	}
}

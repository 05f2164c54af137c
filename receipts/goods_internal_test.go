package receipts

import (
	"fmt"
	"testing"

	"promobot/fns"
	"promobot/internal/money"
)

// TestUnsold: where in a sale the goods of a refund come from.
func TestUnsold(t *testing.T) {
	line := func(name, gtin string, units fns.Quantity, price money.Kopecks) Line {
		return Line{Name: name, GTIN: gtin, QuantityThousandths: units, PriceKopecks: price, SumKopecks: share(price, units, fns.Unit)}
	}
	sale := []Line{line("КОЛА 0,5Л", "04609990000012", 3*fns.Unit, 100_00), line("Хлеб  ржаной", "", fns.Unit, 50_00),
		line("КОЛА 0,5Л", "04609990000012", 2*fns.Unit, 100_00), line("Сыр, вес.", "", 294, 1000_00), line("КОЛА 0,5Л", "04609990000012", fns.Unit, 79_90)}
	half := append([]Line{}, sale...)
	half[0].ReturnedThousandths, half[0].ReturnedKopecks = 2*fns.Unit, 200_00
	odd := []Line{{Name: "Набор", QuantityThousandths: 3 * fns.Unit, SumKopecks: 100_00}}
	for _, tt := range []struct {
		name  string
		lines []Line
		goods []Goods
		want  string
	}{
		{"one of three", sale, []Goods{{Name: "x", GTIN: "04609990000012", Quantity: fns.Unit, PriceKopecks: 100_00}}, "[{0 1 10000}]"},
		{"more than one line holds", sale, []Goods{{GTIN: "04609990000012", Quantity: 4 * fns.Unit, PriceKopecks: 100_00}}, "[{0 3 30000} {2 1 10000}]"},
		{"exactly all of them", sale, []Goods{{GTIN: "04609990000012", Quantity: 5 * fns.Unit, PriceKopecks: 100_00}}, "[{0 3 30000} {2 2 20000}]"},
		{"one more than there are", sale, []Goods{{GTIN: "04609990000012", Quantity: 6 * fns.Unit, PriceKopecks: 100_00}}, "none"},
		{"two lines of one product", sale, []Goods{{GTIN: "04609990000012", Quantity: 3 * fns.Unit, PriceKopecks: 100_00},
			{GTIN: "04609990000012", Quantity: 3 * fns.Unit, PriceKopecks: 100_00}}, "none"},
		{"by its price", sale, []Goods{{GTIN: "04609990000012", Quantity: fns.Unit, PriceKopecks: 79_90}}, "[{4 1 7990}]"},
		{"at another price", sale, []Goods{{GTIN: "04609990000012", Quantity: fns.Unit, PriceKopecks: 99_98}}, "none"},
		{"a kopeck off", sale, []Goods{{GTIN: "04609990000012", Quantity: fns.Unit, PriceKopecks: 99_99}}, "[{0 1 10000}]"},
		{"by its name, printed otherwise", sale, []Goods{{Name: "ХЛЕБ РЖАНОЙ.", Quantity: fns.Unit, PriceKopecks: 50_00}}, "[{1 1 5000}]"},
		{"another article", sale, []Goods{{Name: "КОЛА 0,5Л", GTIN: "04609990000029", Quantity: fns.Unit, PriceKopecks: 100_00}}, "none"},
		{"a name and no article", sale, []Goods{{Name: "Кола 0.5л", Quantity: fns.Unit, PriceKopecks: 100_00}}, "[{0 1 10000}]"},
		{"by weight", sale, []Goods{{Name: "СЫР ВЕС", Quantity: 294, PriceKopecks: 1000_00}}, "[{3 0.294 29400}]"},
		{"part of a weight", sale, []Goods{{Name: "СЫР ВЕС", Quantity: 100, PriceKopecks: 1000_00}}, "[{3 0.1 10000}]"},
		{"what is left after another return", half, []Goods{{GTIN: "04609990000012", Quantity: 3 * fns.Unit, PriceKopecks: 100_00}}, "[{0 1 10000} {2 2 20000}]"},
		{"more than is left", half, []Goods{{GTIN: "04609990000012", Quantity: 4 * fns.Unit, PriceKopecks: 100_00}}, "none"},
		{"a price worked out of the sum", odd, []Goods{{Name: "НАБОР", Quantity: fns.Unit, SumKopecks: 33_33}}, "[{0 1 3333}]"},
		{"something that was not bought", sale, []Goods{{Name: "Чай", Quantity: fns.Unit, PriceKopecks: 50_00}}, "none"},
		{"nothing of it", sale, []Goods{{Name: "Хлеб ржаной", PriceKopecks: 50_00}}, "none"},
		{"less than nothing", sale, []Goods{{Name: "Хлеб ржаной", Quantity: -fns.Unit, PriceKopecks: 50_00}}, "none"},
		{"no goods", sale, nil, "none"},
	} {
		backs, ok := unsold(tt.lines, tt.goods)
		got := "none"
		if ok {
			got = ""
			for _, b := range backs {
				got += fmt.Sprintf(" {%d %s %d}", b.line, b.quantity, int64(b.sum))
			}
			got = "[" + got[1:] + "]"
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

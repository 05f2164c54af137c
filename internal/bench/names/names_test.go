package names_test

import (
	"testing"

	"promobot/campaigns/assortment"
	"promobot/internal/bench/names"
)

// Articles of a brand are the articles that every line of the brand is held
// against.
func BenchmarkMatch5000(b *testing.B) {
	b.Run("8 of a brand", func(b *testing.B) { match(b, names.Goods(5000, 8)) })
	b.Run("250 of a brand", func(b *testing.B) { match(b, names.Goods(5000, 250)) })
}

func match(b *testing.B, goods []assortment.Product) {
	a, err := assortment.New(goods)
	if err != nil {
		b.Fatal(err)
	}
	lines := names.Lines(goods, 20000)
	for i := 0; b.Loop(); i++ {
		a.Match(assortment.Line{Name: lines[i%len(lines)]})
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

func BenchmarkNew5000(b *testing.B) {
	goods := names.Goods(5000, 8)
	for b.Loop() {
		if _, err := assortment.New(goods); err != nil {
			b.Fatal(err)
		}
	}
}

func TestYardsticksAreWhatTheirNamesSay(t *testing.T) {
	goods, err := assortment.New([]assortment.Product{
		{SKU: "A", Brand: "Veselka", Title: "Йогурт Veselka, любой вкус", Volume: "200 г", Scope: "any_flavour"},
		{SKU: "B", Brand: "Veselka", Title: "Йогурт Veselka, любой вкус", Volume: "0,4 кг", Scope: "any_flavour"},
		{SKU: "C", Brand: "Hrustik", Title: "Чипсы Hrustik, любой вкус", Volume: "140-150 г", Scope: "any_flavour"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		want [3]string
	}{
		{"Йогурт Veselka 400г", [3]string{"A", "A", "B"}},
		{"Йогурт ВЕСЕЛКА 0,2 л", [3]string{"", "A", "A"}},
		{"Чипсы ХРУСТИК 145г", [3]string{"", "C", "C"}},
		{"Чипсы ХРУСТИК 160г", [3]string{"", "C", ""}},
		{"Хлеб 400г", [3]string{"", "", ""}},
	} {
		for i, y := range names.Yardsticks(goods) {
			if got, _ := y.Answer(tt.name); got != tt.want[i] {
				t.Errorf("%s of %q is %q, want %q", y.Name, tt.name, got, tt.want[i])
			}
		}
	}
}

func TestScoreAndReliability(t *testing.T) {
	rows := []names.Row{{"a", "A", "match"}, {"b", "B", "match"}, {"c", "", "hard_neg"}, {"d", "D", "match"}, {"e", "E", "ambiguous:E"}}
	answers := map[string]string{"a": "A", "b": "A", "c": "C", "e": "X"}
	got := names.Score(rows, func(name string) (string, bool) { return answers[name], name == "d" }, names.Same)
	if got != (names.Tally{Right: 1, Wrong: 2, Missed: 2, Unsure: 1, Of: 4}) {
		t.Errorf("got %+v", got)
	}
	if p, r := got.Precision(), got.Recall(); p != 1.0/3 || r != 1.0/3 {
		t.Errorf("precision %g, recall %g", p, r)
	}
}

func TestGoodsAreInventedAlike(t *testing.T) {
	goods := names.Goods(300, 8)
	a, err := assortment.New(goods)
	if err != nil {
		t.Fatal(err)
	}
	matched := 0
	for i, line := range names.Lines(goods, 300) {
		m := a.Match(assortment.Line{Name: line})
		if m.SKU != "" {
			matched++
		}
		if i%3 != 0 && m.SKU != "" {
			t.Errorf("%q is %s: %s", line, m.SKU, m.Reason)
		}
	}
	if matched < 50 {
		t.Errorf("%d of 100 lines of promo goods are matched", matched)
	}
}

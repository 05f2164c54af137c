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

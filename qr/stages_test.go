package qr

import (
	"testing"
	"time"

	"promobot/qr/internal/find"
	"promobot/qr/internal/gray"
	"promobot/qr/internal/soft"
	"promobot/qr/internal/tone"
	"promobot/qr/internal/worn"
)

// BenchmarkWorn scans a receipt of each damage.
func BenchmarkWorn(b *testing.B) {
	for _, family := range worn.Families() {
		b.Run(family, func(b *testing.B) {
			sheet := worn.Draw(family, 3, 0)
			b.ReportAllocs()
			for b.Loop() {
				r, err := Scanner{Accept: IsReceipt, Budget: time.Minute}.Scan(b.Context(), sheet.Picture)
				if err != nil || r.Text != "" && r.Text != sheet.Text {
					b.Fatalf("read %q, %v", r.Text, err)
				}
			}
		})
	}
}

// BenchmarkStages is what each part of a search costs, on a receipt that needs
// them all.
func BenchmarkStages(b *testing.B) {
	sheet := worn.Draw("combo", 3, 1)
	p := wornPlane(b, sheet).Fit(screen)
	b.Run("find", func(b *testing.B) { benchmarkFind(b, p) })
	b.Run("decided", func(b *testing.B) { benchmarkDecided(b, p) })
	b.Run("grid", func(b *testing.B) { benchmarkGrid(b, p) })
	b.Run("modules", func(b *testing.B) { benchmarkModules(b, sheet) })
}

func benchmarkFind(b *testing.B, p *gray.Plane) {
	b.Run("New", measured(func() { find.New(p) }))
	b.Run("Promising", afresh(p, func(s *find.Search) { s.Promising(mostPromising) }))
	b.Run("Candidates", afresh(p, func(s *find.Search) { s.Candidates(mostFound) }))
}

// benchmarkDecided is a pass over pixels that are decided first.
func benchmarkDecided(b *testing.B, p *gray.Plane) {
	b.Run("hybrid", measured(func() { hybrid(p) }))
	m := hybrid(p)
	b.Run("locate", measured(func() { locate(m) }))
}

func benchmarkGrid(b *testing.B, p *gray.Plane) {
	found := find.New(p).Candidates(1)
	if len(found) == 0 {
		b.Fatal("nothing like a symbol is found")
	}
	g := found[0].Grid
	b.Run("Fitted", measured(func() { g.Fitted(p) }))
	b.Run("Bent", measured(func() { g.Bent(p) }))
}

func benchmarkModules(b *testing.B, sheet worn.Sheet) {
	p, g := wornPlane(b, sheet), trueGrid(sheet)
	field := tone.Sample(p, g)
	dark := tone.Tempered(tone.Believed(field.Plain()), g.Dimension)
	symbol := soft.Symbol{Dimension: g.Dimension, Dark: dark}
	b.Run("Sample", measured(func() { tone.Sample(p, g) }))
	b.Run("Equalised", measured(func() { field.Equalised() }))
	b.Run("Believed", measured(func() { tone.Tempered(tone.Believed(field.Plain()), g.Dimension) }))
	b.Run("Quick", measured(func() { soft.Read(symbol, soft.Quick) }))
	b.Run("Thorough", measured(func() { soft.Read(symbol, soft.Thorough) }))
}

func measured(work func()) func(b *testing.B) {
	return func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			work()
		}
	}
}

// afresh measures a step of a search that nothing was asked before.
func afresh(p *gray.Plane, step func(s *find.Search)) func(b *testing.B) {
	return func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			s := find.New(p)
			b.StartTimer()
			step(s)
		}
	}
}

package qr

import (
	"context"
	"os"
	"testing"

	"promobot/qr/internal/find"
	"promobot/qr/internal/soft"
	"promobot/qr/internal/tone"
)

func BenchmarkCost(b *testing.B) {
	data, err := os.ReadFile(os.Getenv("PIC"))
	if err != nil {
		b.Skip()
	}
	p, _ := open(context.Background(), jpegFormat, data)
	p = p.Fit(screen)
	c := find.New(p).Candidates(8)
	b.Log(p.W, p.H, len(c))
	b.Run("find", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			find.New(p).Candidates(8)
		}
	})
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			find.New(p)
		}
	})
	fi := find.New(p)
	b.Run("promising", func(b *testing.B) {
		for b.Loop() {
			fi.Promising(1)
		}
	})
	m := hybrid(p)
	b.Run("locate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			locate(hybrid(p))
		}
	})
	tr, _ := locate(m)
	b.Run("grids", func(b *testing.B) {
		for b.Loop() {
			for _, t := range tr {
				grids(m, t)
			}
		}
	})
	b.Log(len(tr))
	g := c[0].Grid
	b.Run("refined", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g.Refined(p)
		}
	})
	b.Run("bent", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			g.Bent(p)
		}
	})
	b.Run("sample", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			tone.Sample(p, g)
		}
	})
	f := tone.Sample(p, g)
	b.Run("equalised", func(b *testing.B) {
		for b.Loop() {
			f.Equalised()
		}
	})
	b.Run("believed", func(b *testing.B) {
		for b.Loop() {
			tone.Tempered(tone.Believed(f.Plain()), g.Dimension)
		}
	})
	l := tone.Tempered(tone.Believed(f.Plain()), g.Dimension)
	b.Run("quick", func(b *testing.B) {
		for b.Loop() {
			soft.Read(soft.Symbol{Dimension: g.Dimension, Dark: l}, soft.Quick)
		}
	})
	b.Run("thorough", func(b *testing.B) {
		for b.Loop() {
			soft.Read(soft.Symbol{Dimension: g.Dimension, Dark: l}, soft.Thorough)
		}
	})
}

package fiscal

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"promobot/qr/internal/symbol"
	"promobot/qr/internal/worn"
)

// dataBitsOf are the data bits of a drawn symbol, read off its modules.
func dataBitsOf(t testing.TB, s worn.Sheet) (bits []bool) {
	t.Helper()
	level, err := decoder.ErrorCorrectionLevel_ValueOf(s.Level)
	if err != nil {
		t.Fatal(err)
	}
	shape := symbol.ShapeOf(s.Dimension)
	for _, b := range shape.Blocks(level) {
		for _, codeword := range b.Codewords[:b.Data] {
			for _, m := range shape.Bits[8*codeword : 8*codeword+8] {
				x, y := m%s.Dimension, m/s.Dimension
				bits = append(bits, s.Modules[y][x] != symbol.Masked(s.Mask, x, y))
			}
		}
	}
	return bits
}

// TestPlansOfDrawnSymbols reads what another hand wrote.
func TestPlansOfDrawnSymbols(t *testing.T) {
	seen := map[string]int{}
	r := rand.New(rand.NewPCG(6, 6))
	for seed := range uint64(8) {
		s := worn.Draw("fade", 0, seed)
		bits := dataBitsOf(t, s)
		seen[s.Segments]++
		plans := Plans(sure(bits), s.Version, 8)
		if len(plans) == 0 || !plans[0].Holds(bits) {
			t.Errorf("%s in style %s: the first of %d plans is not it", s.Text, s.Segments, len(plans))
			continue
		}
		damaged := sure(bits)
		for i := range damaged {
			switch r.IntN(10) {
			case 0, 1, 2:
				damaged[i] = 0
			case 3:
				damaged[i] = -damaged[i] / 3
			}
		}
		plans = Plans(damaged, s.Version, 8)
		if !slices.ContainsFunc(plans, func(p Plan) bool { return p.Holds(bits) }) {
			t.Errorf("%s in style %s: none of %d plans is it after damage", s.Text, s.Segments, len(plans))
		}
	}
	if len(seen) < 3 {
		t.Errorf("only the styles %v", seen)
	}
}

package soft

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/skip2/go-qrcode"
)

const receipt = "t=20260311T1405&s=1499.00&fn=9999078900005678&i=731&fp=1029384756&n=1"

// modules are those of a drawn symbol, without its quiet zone.
func modules(t testing.TB, text string, level qrcode.RecoveryLevel) (dark []bool, d int) {
	t.Helper()
	code, err := qrcode.New(text, level)
	if err != nil {
		t.Fatal(err)
	}
	code.DisableBorder = true
	for _, line := range code.Bitmap() {
		dark = append(dark, line...)
		d = len(line)
	}
	return dark, d
}

// damage makes a module's ratio of its colour.
type damage func(r *rand.Rand, i int, ratio float64) float64

func seen(dark []bool, d int, r *rand.Rand, how damage) Symbol {
	s := Symbol{Dimension: d, Dark: make([]float64, d*d)}
	for i, ink := range dark {
		ratio := -4.0
		if ink {
			ratio = 4
		}
		s.Dark[i] = how(r, i, ratio)
	}
	return s
}

// noise is what bells of the width, at a distance of 1, do to a module.
func noise(width float64) damage {
	return func(r *rand.Rand, _ int, ratio float64) float64 {
		return 2 * (math.Copysign(1, ratio) + width*r.NormFloat64()) / (width * width)
	}
}

// patch erases a square.
func patch(d, left, top, side int) damage {
	return func(_ *rand.Rand, i int, ratio float64) float64 {
		if x, y := i%d-left, i/d-top; x >= 0 && y >= 0 && x < side && y < side {
			return 0
		}
		return ratio
	}
}

func TestReadsDamagedReceipts(t *testing.T) {
	dark, d := modules(t, receipt, qrcode.Medium)
	for _, tt := range []struct {
		name   string
		damage damage
		how    string
	}{
		{"whole", patch(d, 0, 0, 0), "blocks"},
		{"a hole of a tenth", patch(d, 13, 13, d/3), "blocks"},
		{"a hole in the middle", patch(d, 10, 14, d/2), "receipt"},
		{"without its lower right", patch(d, d-d*5/9, d-d*5/9, d*5/9), "receipt"},
		{"noise", noise(0.4), "blocks"},
		{"much noise", noise(0.8), "receipt"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := seen(dark, d, rand.New(rand.NewPCG(1, 1)), tt.damage)
			r, ok := Read(s, Thorough)
			if !ok || r.Text != receipt || r.How != tt.how || r.Mirrored {
				t.Errorf("%v: %+v, want the receipt by %s", ok, r, tt.how)
			}
		})
	}
}

func TestReadsMirrored(t *testing.T) {
	dark, d := modules(t, receipt, qrcode.Low)
	s := seen(dark, d, rand.New(rand.NewPCG(1, 1)), noise(0.4))
	s.Dark = transposed(s)
	if r, ok := Read(s, Quick); !ok || r.Text != receipt || !r.Mirrored {
		t.Errorf("%v: %+v", ok, r)
	}
}

// TestNeverMisreads damages symbols up to what cannot be read and beyond: no
// text but the right one may come out, of receipts and of others.
func TestNeverMisreads(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	texts := []string{receipt, "t=20200101T101010&s=5.00&fn=8710000100256778&i=1&fp=68885226&n=2", "https://example.com/menu", "A"}
	read, tried := 0, 0
	for range 300 {
		text := texts[r.IntN(len(texts))]
		dark, d := modules(t, text, qrcode.RecoveryLevel(r.IntN(4)))
		side := r.IntN(d)
		hole, hiss := patch(d, r.IntN(d), r.IntN(d), side), noise(0.4+r.Float64())
		s := seen(dark, d, r, func(r *rand.Rand, i int, ratio float64) float64 { return hole(r, i, 1) * hiss(r, i, ratio) })
		got, ok := Read(s, Thorough)
		tried++
		if ok {
			read++
		}
		if ok && got.Text != text {
			t.Errorf("read %q by %s with %.1f bits, want %q", got.Text, got.How, got.Evidence, text)
		}
	}
	if t.Logf("read %d of %d", read, tried); read < tried/4 || read == tried {
		t.Errorf("read %d of %d: the damage tells nothing", read, tried)
	}
}

func TestReadsNothingInNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for i := range 300 {
		d := 21 + 4*r.IntN(8)
		s := Symbol{Dimension: d, Dark: make([]float64, d*d)}
		for j := range s.Dark {
			s.Dark[j] = 8 * r.NormFloat64()
		}
		if got, ok := Read(s, Thorough); ok {
			t.Errorf("noise %d of %d modules reads %q by %s with %.1f bits", i, d, got.Text, got.How, got.Evidence)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	dark, d := modules(b, receipt, qrcode.Low)
	for _, bb := range []struct {
		name   string
		damage damage
	}{{"whole", patch(d, 0, 0, 0)}, {"hole", patch(d, 10, 14, d/2)}, {"hard", noise(1)}, {"hopeless", noise(3)}} {
		b.Run(bb.name, func(b *testing.B) {
			s := seen(dark, d, rand.New(rand.NewPCG(1, 1)), bb.damage)
			for b.Loop() {
				Read(s, Thorough)
			}
		})
	}
}

func TestGain(t *testing.T) {
	for l := -30.0; l < 30; l += 0.0137 {
		want := 1 - math.Log1p(math.Exp(-l))/math.Ln2
		if got := Gain(l, true); math.Abs(got-want) > 2e-5 {
			t.Fatalf("ratio %v gains %v, want %v", l, got, want)
		}
		if Gain(l, true) != Gain(-l, false) {
			t.Fatalf("ratio %v: 0 and 1 gain differently", l)
		}
	}
}

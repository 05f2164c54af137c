package find

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"

	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
)

const receipt = "t=20260311T1405&s=1499.00&fn=9999078900005678&i=731&fp=1029384756&n=1"

// drawn is a symbol without its quiet zone: true is dark.
func drawn(t testing.TB, text string) [][]bool {
	t.Helper()
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	code.DisableBorder = true
	return code.Bitmap()
}

// sheet is light paper without anything on it.
func sheet(w, h int) *gray.Plane {
	p := gray.New(w, h)
	for i := range p.Pix {
		p.Pix[i] = 225
	}
	return p
}

// put draws a symbol into the outline, each pixel the mean of 16 points.
func put(p *gray.Plane, modules [][]bool, corners [4]gray.Point) grid.Grid {
	d := len(modules)
	side := float64(d)
	back := grid.QuadToQuad(corners, [4]gray.Point{{}, {X: side}, {X: side, Y: side}, {Y: side}})
	for i := range p.Pix {
		x, y := float64(i%p.W), float64(i/p.W)
		ink := 0
		for j := range 16 {
			at := back.Apply(gray.Point{X: x + float64(j%4)/4 + 0.125, Y: y + float64(j/4)/4 + 0.125})
			if at.X >= 0 && at.Y >= 0 && at.X < side && at.Y < side && modules[int(at.Y)][int(at.X)] {
				ink++
			}
		}
		p.Pix[i] = byte((int(p.Pix[i])*(16-ink) + 35*ink) / 16)
	}
	return grid.Between(d, corners)
}

// turned is the outline of a square about a middle.
func turned(x, y, side, degrees float64) (corners [4]gray.Point) {
	for i := range corners {
		sin, cos := math.Sincos((degrees + float64(i)*90 - 135) * math.Pi / 180)
		corners[i] = gray.Point{X: x + side/math.Sqrt2*cos, Y: y + side/math.Sqrt2*sin}
	}
	return corners
}

// torn covers modules with what lies under the paper.
func torn(p *gray.Plane, g grid.Grid, covered func(x, y float64) bool) {
	d := float64(g.Dimension)
	back := grid.QuadToQuad(g.Outline(), [4]gray.Point{{}, {X: d}, {X: d, Y: d}, {Y: d}})
	for i := range p.Pix {
		if at := back.Apply(gray.Point{X: float64(i % p.W), Y: float64(i / p.W)}); covered(at.X, at.Y) {
			p.Pix[i] = 90
		}
	}
}

// found is the rank of the first candidate whose modules all lie within half a
// module of where they are, or -1.
func found(all []Candidate, want grid.Grid) int {
	c := want.Outline()
	module := math.Hypot(c[1].X-c[0].X, c[1].Y-c[0].Y) / float64(want.Dimension)
	for rank, candidate := range all {
		o, off := candidate.Grid.Outline(), 0.0
		for i := range o {
			off = max(off, math.Hypot(o[i].X-c[i].X, o[i].Y-c[i].Y)/module)
		}
		if candidate.Grid.Dimension == want.Dimension && off < 0.5 {
			return rank
		}
	}
	return -1
}

func TestAnyAngle(t *testing.T) {
	for degrees := 0.0; degrees < 360; degrees += 41 {
		p := sheet(400, 400)
		want := put(p, drawn(t, receipt), turned(200, 200, 180, degrees))
		if rank := found(New(p).Candidates(12), want); rank != 0 {
			t.Errorf("turned by %.0f: rank %d, want 0", degrees, rank)
		}
	}
}

func TestFindersGone(t *testing.T) {
	const far = 26
	topLeft := func(x, y float64) bool { return x < 9 && y < 9 }
	topRight := func(x, y float64) bool { return x > far && y < 9 }
	bottomLeft := func(x, y float64) bool { return x < 9 && y > far }
	for _, tt := range []struct {
		name    string
		covered func(x, y float64) bool
		among   int // the first so many: what one finder says is little
	}{
		{"top left", topLeft, 1},
		{"top right", topRight, 1},
		{"bottom left", bottomLeft, 1},
		{"a corner torn off aslant", func(x, y float64) bool { return x-y > 18 }, 1},
		{"only the top left left", func(x, y float64) bool { return topRight(x, y) || bottomLeft(x, y) }, 3},
		{"only the top right left", func(x, y float64) bool { return topLeft(x, y) || bottomLeft(x, y) }, 6},
		{"only the bottom left left", func(x, y float64) bool { return topLeft(x, y) || topRight(x, y) }, 6},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, degrees := range []float64{0, 37} {
				p := sheet(400, 400)
				want := put(p, drawn(t, receipt), turned(200, 200, 180, degrees))
				torn(p, want, tt.covered)
				if rank := found(New(p).Candidates(12), want); rank < 0 || rank >= tt.among {
					t.Errorf("turned by %.0f: rank %d, want among the first %d", degrees, rank, tt.among)
				}
			}
		})
	}
}

func TestSeveral(t *testing.T) {
	p := sheet(700, 500)
	want := []grid.Grid{
		put(p, drawn(t, receipt), turned(150, 150, 170, 10)),
		put(p, drawn(t, "https://promo.example"), turned(520, 140, 120, 200)),
		put(p, drawn(t, receipt+receipt+receipt), turned(350, 380, 190, 45)),
	}
	all := New(p).Candidates(12)
	for i, g := range want {
		if found(all, g) < 0 {
			t.Errorf("symbol %d of %d modules is not among %d candidates", i, g.Dimension, len(all))
		}
	}
}

func TestSmallInLarge(t *testing.T) {
	p := sheet(1200, 900)
	want := put(p, drawn(t, receipt), turned(903.3, 204.7, 74, 12))
	if rank := found(New(p).Candidates(12), want); rank != 0 {
		t.Errorf("rank %d, want 0", rank)
	}
}

func TestPerspective(t *testing.T) {
	p := sheet(500, 500)
	want := put(p, drawn(t, receipt), [4]gray.Point{{X: 150, Y: 130}, {X: 340, Y: 160}, {X: 390, Y: 370}, {X: 90, Y: 300}})
	if rank := found(New(p).Candidates(12), want); rank != 0 {
		t.Errorf("rank %d, want 0", rank)
	}
}

func TestFaint(t *testing.T) {
	p := sheet(400, 400)
	want := put(p, drawn(t, receipt), turned(200, 200, 150, 30))
	for i, v := range p.Pix {
		p.Pix[i] = byte(180 + int(v)/12 + i%p.W/10)
	}
	if rank := found(New(p.Blur(1)).Candidates(12), want); rank != 0 {
		t.Errorf("rank %d, want 0", rank)
	}
}

func TestNothingInNoise(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	p := gray.New(600, 500)
	for i := range p.Pix {
		p.Pix[i] = byte(random.IntN(256))
	}
	began := time.Now()
	for _, c := range New(p).Candidates(12) {
		if c.Score > 0.5 {
			t.Errorf("%d modules with a score of %.2f in noise", c.Grid.Dimension, c.Score)
		}
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestTinyPlanes(t *testing.T) {
	for _, size := range [][2]int{{0, 0}, {1, 1}, {1, 900}, {900, 1}, {2, 3}, {21, 21}, {25, 60}, {49, 49}} {
		p := sheet(size[0], size[1])
		for i := range p.Pix {
			p.Pix[i] = byte(i * i * 37)
		}
		for _, c := range New(p).Candidates(12) {
			for _, corner := range c.Grid.Outline() {
				if math.IsNaN(corner.X) || math.IsInf(corner.X, 0) {
					t.Errorf("%v: corner at %v", size, corner)
				}
			}
		}
	}
}

func FuzzCandidates(f *testing.F) {
	f.Add(uint8(40), []byte{0, 255, 0, 0, 0, 255, 0})
	f.Fuzz(func(_ *testing.T, w uint8, pix []byte) {
		if w == 0 || len(pix) > 1<<15 {
			return
		}
		h := len(pix) / int(w)
		New(&gray.Plane{Pix: pix[:h*int(w)], W: int(w), H: h, ToPicture: gray.Identity}).Candidates(4)
	})
}

func BenchmarkCandidates(b *testing.B) {
	p := sheet(800, 640)
	torn(p, put(p, drawn(b, receipt), turned(400, 300, 180, 20)), func(x, y float64) bool { return x < 9 && y < 9 })
	for b.Loop() {
		New(p).Candidates(12)
	}
}

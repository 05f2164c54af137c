package grid

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/skip2/go-qrcode"

	"promobot/qr/internal/gray"
)

const madeReceipt = "t=20260311T1405&s=1499.00&fn=9999078900005678&i=731&fp=1029384756&n=1"

// made is a drawn symbol on paper that is displaced by a field, in modules.
type made struct {
	n     int
	px    float64
	field func(x, y float64) gray.Point
	plane *gray.Plane
}

const quiet = 6 // modules around a made symbol

// madeOn draws a symbol: what belongs at (x, y) of it shows at (x, y) and the
// field's displacement there.
func madeOn(t testing.TB, px float64, field func(x, y float64) gray.Point) made {
	t.Helper()
	code, err := qrcode.New(madeReceipt, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	code.DisableBorder = true
	modules := code.Bitmap()
	m := made{n: len(modules), px: px, field: field}
	side := int(px * float64(m.n+2*quiet))
	m.plane = gray.New(side, side)
	for i := range m.plane.Pix {
		const fine = 2
		dark := 0
		for j := range fine * fine {
			x := (float64(i%side)+(float64(j%fine)+0.5)/fine)/px - quiet
			y := (float64(i/side)+(float64(j/fine)+0.5)/fine)/px - quiet
			if at := m.undo(x, y); at.X >= 0 && at.Y >= 0 && at.X < float64(m.n) && at.Y < float64(m.n) && modules[int(at.Y)][int(at.X)] {
				dark++
			}
		}
		m.plane.Pix[i] = byte(230 - 190*dark/(fine*fine))
	}
	return m
}

// undo is the place of the symbol that shows at (x, y).
func (m made) undo(x, y float64) gray.Point {
	at := gray.Point{X: x, Y: y}
	for range 6 {
		by := m.field(at.X, at.Y)
		at = gray.Point{X: x - by.X, Y: y - by.Y}
	}
	return at
}

// guess is the parallelogram of the three finders, off by up to 0.3 modules.
func (m made) guess(r *rand.Rand) Grid {
	far := float64(m.n) - 3.5
	from := [4]gray.Point{{X: 3.5, Y: 3.5}, {X: far, Y: 3.5}, {X: far, Y: far}, {X: 3.5, Y: far}}
	to := from
	for i, c := range from {
		at := m.at(c.X, c.Y)
		to[i] = gray.Point{X: at.X + m.px*0.6*(r.Float64()-0.5), Y: at.Y + m.px*0.6*(r.Float64()-0.5)}
	}
	to[2] = gray.Point{X: to[1].X + to[3].X - to[0].X, Y: to[1].Y + to[3].Y - to[0].Y}
	return Grid{Dimension: m.n, View: QuadToQuad(from, to)}
}

func (m made) at(x, y float64) gray.Point {
	by := m.field(x, y)
	return gray.Point{X: (x + by.X + quiet) * m.px, Y: (y + by.Y + quiet) * m.px}
}

// farthest is the largest error of a module's middle, in modules.
func (m made) farthest(g Grid) (far float64) {
	for i := range m.n * m.n {
		x, y := float64(i%m.n)+0.5, float64(i/m.n)+0.5
		at, want := g.Place(x, y), m.at(x, y)
		far = max(far, math.Hypot(at.X-want.X, at.Y-want.Y)/m.px)
	}
	return far
}

func flat(_, _ float64) gray.Point { return gray.Point{} }

// cylinder is paper about a till roll.
func cylinder(x, y float64) gray.Point {
	return gray.Point{X: 2.5 * math.Sin(x/37*math.Pi), Y: 0.02 * y}
}

// crease changes the slope of the paper from one module to the next.
func crease(x, y float64) gray.Point {
	d := x + 0.5*y - 28
	return gray.Point{X: -0.12 * max(d, 0), Y: -0.08 * max(d, 0)}
}

func crumple(x, y float64) gray.Point {
	return gray.Point{
		X: 0.7*math.Sin(x/8+1) + 0.6*math.Cos(y/7+x/15),
		Y: 0.7*math.Sin(y/8+2) + 0.5*math.Cos(x/7-y/11),
	}
}

func TestBentFollowsThePaper(t *testing.T) {
	for name, field := range map[string]func(x, y float64) gray.Point{
		"flat": flat, "cylinder": cylinder, "crease": crease, "crumple": crumple,
	} {
		for seed := range uint64(3) {
			for _, px := range []float64{2.5, 4.3} {
				m := madeOn(t, px, field)
				guess := m.guess(rand.New(rand.NewPCG(seed, 1)))
				bent, score := guess.Bent(m.plane)
				if far := m.farthest(bent); far > 0.25 {
					t.Errorf("%s, %.1f pixels a module, seed %d: %.2f modules off, %.2f before; agreement %.2f",
						name, px, seed, far, m.farthest(guess), score)
				}
			}
		}
	}
}

func TestSteepPerspectiveIsFound(t *testing.T) {
	m := madeOn(t, 5, func(x, y float64) gray.Point {
		w := 1 / (1 + 0.006*x + 0.005*y)
		return gray.Point{X: x*w - x, Y: y*w - y}
	})
	for seed := range uint64(3) {
		guess := m.guess(rand.New(rand.NewPCG(seed, 3)))
		bent, score := guess.Bent(m.plane)
		if far := m.farthest(bent); far > 0.25 {
			t.Errorf("seed %d: %.2f modules off, %.2f before, agreement %.2f", seed, far, m.farthest(guess), score)
		}
	}
}

func TestNothingIsSeenInABlankPlane(t *testing.T) {
	p := gray.New(200, 200)
	guess := Between(37, [4]gray.Point{{X: 20, Y: 20}, {X: 170, Y: 25}, {X: 165, Y: 170}, {X: 18, Y: 168}})
	for name, lay := range map[string]func(*gray.Plane) (Grid, float64){"bent": guess.Bent} {
		g, score := lay(p)
		if score > 0 {
			t.Errorf("%s: agreement %.2f", name, score)
		}
		for i, c := range g.Outline() {
			if was := guess.Outline()[i]; math.Hypot(c.X-was.X, c.Y-was.Y) > 0.01 {
				t.Errorf("%s: corner %d went from %v to %v", name, i, was, c)
			}
		}
	}
}

func TestNoPlaneIsTooSmall(t *testing.T) {
	for _, side := range []int{1, 2, 3, 17, 90} {
		p := gray.New(side, side+1)
		for i := range p.Pix {
			p.Pix[i] = byte(i * 37)
		}
		for _, dimension := range []int{21, 37, 177} {
			for _, corners := range [][4]gray.Point{
				{{X: -40, Y: -30}, {X: 60, Y: -20}, {X: 70, Y: 80}, {X: -35, Y: 60}},
				{{X: 5, Y: 5}, {X: 5, Y: 5}, {X: 5, Y: 5}, {X: 5, Y: 5}},
				{{X: 1e9, Y: 0}, {X: 2e9, Y: 1}, {X: 2e9, Y: 1e9}, {X: 1e9, Y: 1e9}},
			} {
				g := Between(dimension, corners)
				g.Bent(p)
			}
		}
	}
}

package tone

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/skip2/go-qrcode"

	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
)

// drawn is a symbol in a plane, px pixels a module, with its grid.
type drawn struct {
	dark  []bool
	plane *gray.Plane
	grid  grid.Grid
}

func draw(t testing.TB, px int, bend *grid.Bend) drawn {
	t.Helper()
	code, err := qrcode.New("t=20260311T1405&s=1499.00&fn=9999078900005678&i=731&fp=1029384756&n=1", qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	code.DisableBorder = true
	modules := code.Bitmap()
	d := len(modules)
	const quiet = 4
	out := drawn{plane: gray.New((d+2*quiet)*px, (d+2*quiet)*px)}
	for _, line := range modules {
		out.dark = append(out.dark, line...)
	}
	for i := range out.plane.Pix {
		x, y := i%out.plane.W/px-quiet, i/out.plane.W/px-quiet
		out.plane.Pix[i] = 220
		if x >= 0 && y >= 0 && x < d && y < d && modules[y][x] {
			out.plane.Pix[i] = 40
		}
	}
	from, to := float64(quiet*px), float64((quiet+d)*px)
	out.grid = grid.Between(d, [4]gray.Point{{X: from, Y: from}, {X: to, Y: from}, {X: to, Y: to}, {X: from, Y: to}})
	out.grid.Bend = bend
	return out
}

// wrong counts the modules that judgements have wrong.
func (d drawn) wrong(judged []float64) (n int) {
	for i, dark := range d.dark {
		if dark != (judged[i] > 0) {
			n++
		}
	}
	return n
}

// smeared runs the mean of a window of so many pixels over the plane, both ways.
func smeared(p *gray.Plane, width int) *gray.Plane {
	along := func(p *gray.Plane, dx, dy int) *gray.Plane {
		out := gray.New(p.W, p.H)
		for i := range out.Pix {
			sum, n := 0, 0
			for k := -width / 2; k < width-width/2; k++ {
				if x, y := i%p.W+k*dx, i/p.W+k*dy; x >= 0 && y >= 0 && x < p.W && y < p.H {
					sum, n = sum+int(p.Pix[y*p.W+x]), n+1
				}
			}
			out.Pix[i] = byte(sum / n)
		}
		return out
	}
	return along(along(p, 1, 0), 0, 1)
}

func TestPlainReadsACleanSymbol(t *testing.T) {
	flat := &grid.Bend{Knots: 2, Step: 36, By: make([]gray.Point, 4)}
	for _, bend := range []*grid.Bend{nil, flat} {
		d := draw(t, 4, bend)
		if n := d.wrong(Sample(d.plane, d.grid).Plain()); n != 0 {
			t.Errorf("bend %v: %d modules are wrong", bend != nil, n)
		}
	}
}

func TestLightDoesNotMatter(t *testing.T) {
	d := draw(t, 4, nil)
	for i, v := range d.plane.Pix {
		d.plane.Pix[i] = byte(float64(v) * (0.2 + 0.8*float64(i%d.plane.W)/float64(d.plane.W)))
	}
	if n := d.wrong(Sample(d.plane, d.grid).Plain()); n != 0 {
		t.Errorf("%d modules are wrong in a slope of light", n)
	}
}

func TestEqualisedReadsWhatIsBlurred(t *testing.T) {
	d := draw(t, 4, nil)
	d.plane = smeared(d.plane, 9)
	f := Sample(d.plane, d.grid)
	said, ok := f.Equalised()
	if !ok {
		t.Fatal("nothing was learned")
	}
	plain, equalised := d.wrong(f.Plain()), d.wrong(said)
	if plain < 50 || equalised > plain/4 {
		t.Errorf("%d modules are wrong, %d before", equalised, plain)
	}
	again, _ := f.Equalised()
	for i := range said {
		if said[i] != again[i] {
			t.Fatal("the second time it says something else")
		}
	}
}

func TestNothingOfABlankPlane(t *testing.T) {
	d := draw(t, 4, nil)
	clear(d.plane.Pix)
	f := Sample(d.plane, d.grid)
	said, _ := f.Equalised()
	for _, list := range [][]float64{f.Plain(), said, Tempered(Believed(f.Plain()), d.grid.Dimension)} {
		for i, v := range list {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("module %d: %v", i, v)
			}
		}
	}
}

// TestBelievedTellsTheTruth draws judgements from two bells: of those believed
// to a degree so many must be right.
func TestBelievedTellsTheTruth(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	const n, width = 20000, 0.8
	judged, dark := make([]float64, n), make([]bool, n)
	for i := range judged {
		dark[i] = r.IntN(2) == 0
		judged[i] = 3 * (sign(dark[i]) + width*r.NormFloat64())
	}
	var said, right, all [5]float64
	for i, l := range Believed(judged) {
		k := min(int(math.Abs(l)), len(all)-1)
		all[k]++
		said[k] += 1 / (1 + math.Exp(-math.Abs(l)))
		if dark[i] == (l > 0) {
			right[k]++
		}
	}
	for k := range all {
		if all[k] < 100 {
			t.Fatalf("only %v are believed to degree %d", all[k], k)
		}
		if math.Abs(said[k]-right[k])/all[k] > 0.03 {
			t.Errorf("of ratios about %d, %.3f are right, %.3f said so", k, right[k]/all[k], said[k]/all[k])
		}
	}
}

// TestTemperedLimitsWhatCoversAll covers a corner with ink: dark says little
// there, and light what it always does.
func TestTemperedLimitsWhatCoversAll(t *testing.T) {
	d := draw(t, 4, nil)
	n := d.grid.Dimension
	ratios := make([]float64, n*n)
	inside := func(i int) bool { return i%n > 10 && i%n < 22 && i/n > 10 && i/n < 22 }
	light := 16*n + 16
	for i, dark := range d.dark {
		if ratios[i] = 5 * sign(dark); inside(i) && i != light {
			ratios[i] = 5
		}
	}
	ratios[light] = -5
	tempered := Tempered(ratios, n)
	for i, v := range tempered {
		if inside(i) && i != light && i%n > 12 && i%n < 20 && i/n > 12 && i/n < 20 && v > 1.5 {
			t.Errorf("dark at %d, %d under the ink says %.2f", i%n, i/n, v)
		}
		if math.Abs(v) > 5 || v*ratios[i] < 0 {
			t.Errorf("%v becomes %v", ratios[i], v)
		}
	}
	if tempered[light] != -5 {
		t.Errorf("light amid the ink says %.2f", tempered[light])
	}
	far, kept := 0, 0
	for i, v := range tempered {
		if i%n > 27 && i/n > 12 {
			if far++; math.Abs(v) > 2 {
				kept++
			}
		}
	}
	if kept < far*9/10 {
		t.Errorf("%d of %d modules far from the ink keep what they say", kept, far)
	}
}

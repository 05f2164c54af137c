package grid

import (
	"math"

	"promobot/qr/internal/gray"
)

// perModule is how many samples of a sheet go on the side of a module: the
// least that tells borders from middles.
const perModule = 4

// sheet is a square of whole modules drawn upright from a plane.
type sheet struct {
	modules, side int // a side, and the same in samples
	corners       []gray.Point
	values        []float64
	dx, dy        []float64 // squared changes
	across, along []beat    // of each module
}

// beat is how brightness changes with the place within a module: the squares
// of the changes, turned by their place. Borders make them beat once a module.
type beat struct{ cos, sin float64 }

func newSheet(modules int) *sheet {
	side, all := modules*perModule, modules*modules
	return &sheet{
		modules: modules, side: side, corners: make([]gray.Point, (modules+1)*(modules+1)),
		values: make([]float64, side*side), dx: make([]float64, side*side), dy: make([]float64, side*side),
		across: make([]beat, all), along: make([]beat, all),
	}
}

// drawFrame samples the plane about a place, which becomes the middle.
func (s *sheet) drawFrame(p *gray.Plane, f frame) {
	half := float64(s.modules) / 2
	for y := range s.modules + 1 {
		for x := range s.modules + 1 {
			s.corners[y*(s.modules+1)+x] = f.place(float64(x)-half, float64(y)-half)
		}
	}
	s.draw(p)
}

// drawGrid samples all of a symbol and margin modules around it.
func (s *sheet) drawGrid(p *gray.Plane, g Grid, margin int) {
	for y := range s.modules + 1 {
		for x := range s.modules + 1 {
			s.corners[y*(s.modules+1)+x] = g.Place(float64(x-margin), float64(y-margin))
		}
	}
	s.draw(p)
}

// draw samples between the corners of the modules.
func (s *sheet) draw(p *gray.Plane) {
	for y := range s.modules {
		for x := range s.modules {
			s.drawModule(p, x, y)
		}
	}
}

func (s *sheet) drawModule(p *gray.Plane, x, y int) {
	c := s.corners[y*(s.modules+1)+x:]
	a, b, d, e := c[0], c[1], c[s.modules+1], c[s.modules+2]
	for j := range perModule {
		f := (float64(j) + 0.5) / perModule
		px, py := a.X+(d.X-a.X)*f-0.5, a.Y+(d.Y-a.Y)*f-0.5
		stepX, stepY := (b.X+(e.X-b.X)*f-0.5-px)/perModule, (b.Y+(e.Y-b.Y)*f-0.5-py)/perModule
		px, py = px+stepX/2, py+stepY/2
		line := s.values[(y*perModule+j)*s.side+x*perModule:][:perModule]
		for i := range line {
			line[i] = float64(p.At(px, py))
			px, py = px+stepX, py+stepY
		}
	}
}

// turn is the turn of each sample within a module.
var turn = [perModule]beat{
	{math.Sqrt2 / 2, math.Sqrt2 / 2}, {-math.Sqrt2 / 2, math.Sqrt2 / 2},
	{-math.Sqrt2 / 2, -math.Sqrt2 / 2}, {math.Sqrt2 / 2, -math.Sqrt2 / 2},
}

// listen takes the beats of all modules. What changes more slowly than from
// module to module is taken out of the changes first: in a blurred picture it
// would drown the beat.
func (s *sheet) listen() {
	s.differ()
	clear(s.across)
	clear(s.along)
	const half = perModule / 2
	for y := half + 1; y < s.side-half-1; y++ {
		line := y * s.side
		dx, dy := s.dx[line:line+s.side], s.dy[line:line+s.side]
		up, down := s.dy[line-half*s.side:line], s.dy[line+half*s.side:line+(half+1)*s.side]
		t := turn[y%perModule]
		across, along := s.across[y/perModule*s.modules:], s.along[y/perModule*s.modules:]
		for x := half + 1; x < s.side-half-1; x++ {
			m, u := x/perModule, turn[x%perModule]
			a := 2*dx[x] - dx[x-half] - dx[x+half]
			b := 2*dy[x] - up[x] - down[x]
			across[m].cos += a * u.cos
			across[m].sin += a * u.sin
			along[m].cos += b * t.cos
			along[m].sin += b * t.sin
		}
	}
}

// differ takes the squares of the changes.
func (s *sheet) differ() {
	for y := 1; y < s.side-1; y++ {
		line := s.values[y*s.side : (y+1)*s.side]
		up, down := s.values[(y-1)*s.side:y*s.side], s.values[(y+1)*s.side:(y+2)*s.side]
		dx, dy := s.dx[y*s.side:(y+1)*s.side], s.dy[y*s.side:(y+1)*s.side]
		for x := 1; x < s.side-1; x++ {
			across, along := line[x+1]-line[x-1], down[x]-up[x]
			dx[x], dy[x] = across*across, along*along
		}
	}
}

// lean is how far the borders of modules lie off their lines about a place, in
// modules, −½…½, with the weight of each: 1 at best, 0 when there is no rhythm.
type lean struct {
	by   gray.Point
	x, y float64
}

// lean measures about the middle of a module. bell weighs modules by their
// distance along a side.
func (s *sheet) lean(x, y int, bell []float64) lean {
	byX, worthX := s.phase(s.across, x, y, bell)
	byY, worthY := s.phase(s.along, x, y, bell)
	return lean{gray.Point{X: byX, Y: byY}, worthX, worthY}
}

// phase is that of the common beat about a module. How far the single beats
// stray from it says what it is worth.
func (s *sheet) phase(beats []beat, x, y int, bell []float64) (by, worth float64) {
	reach := len(bell) - 1
	var sum beat
	var cc, cs, ss float64
	for j := max(0, y-reach); j <= min(s.modules-1, y+reach); j++ {
		for i := max(0, x-reach); i <= min(s.modules-1, x+reach); i++ {
			w := bell[max(i-x, x-i)] * bell[max(j-y, y-j)]
			c, q := beats[j*s.modules+i].cos*w, beats[j*s.modules+i].sin*w
			sum.cos, sum.sin = sum.cos+c, sum.sin+q
			cc, cs, ss = cc+c*c, cs+c*q, ss+q*q
		}
	}
	power := sum.cos*sum.cos + sum.sin*sum.sin
	const clear = 3 // times what beats without a common phase sum to
	if power <= clear*(cc+ss) {
		return 0, 0
	}
	astray := (ss*sum.cos*sum.cos - 2*cs*sum.cos*sum.sin + cc*sum.sin*sum.sin) / power
	const best = 0.03 // modules; nothing is known better
	variance := astray / power / (4 * math.Pi * math.Pi)
	return math.Atan2(sum.sin, sum.cos) / (2 * math.Pi), best * best / (best*best + variance)
}

// bellOf is a Gaussian at whole modules, as far as it matters.
func bellOf(spread float64) []float64 {
	bell := make([]float64, int(2*spread)+1)
	for i := range bell {
		bell[i] = math.Exp(-float64(i*i) / (2 * spread * spread))
	}
	return bell
}

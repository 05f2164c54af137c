// Package tone tells how dark the modules of a symbol are and how far that may
// be believed.
package tone

import (
	"math"
	"sync"

	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
)

const (
	reach    = 3  // half modules around a symbol that are sampled too
	evenness = 10 // half modules to each side that count as surroundings
	faint    = 16 // variance of grey below which there is only noise
)

// Field is the grey of a symbol at every half module, light and contrast of
// the surroundings taken out: positive is darker than they are, in units of
// their standard deviation.
type Field struct {
	Dimension int
	values    []float64
	side      int
}

// Sample reads the modules of a grid from a plane.
func Sample(p *gray.Plane, g grid.Grid) *Field {
	side := 2*g.Dimension - 1 + 2*reach
	d := desks.Get().(*desk)
	defer desks.Put(d)
	d.places, d.raw = sized(d.places, side*side), sized(d.raw, side*side)
	for y := range side {
		g.PlaceRow(d.places[y*side:(y+1)*side], 0.5-float64(reach)/2, float64(y-reach)/2+0.5, 0.5)
	}
	for y := range side {
		d.sampleRow(p, side, y)
	}
	return &Field{g.Dimension, d.even(side), side}
}

// desk is what sampling works on. Its slices are used again.
type desk struct {
	places         []gray.Point
	raw            []float64
	means, squares sums
}

var desks = sync.Pool{New: func() any { return new(desk) }}

func sized[T any](of []T, n int) []T {
	if cap(of) < n {
		return make([]T, n)
	}
	return of[:n]
}

// sampleRow takes the mean grey of four places about each point of a row.
func (d *desk) sampleRow(p *gray.Plane, side, y int) {
	const off = 0.14 // modules
	upper, lower := max(0, y-1), min(side-1, y+1)
	down := off * 2 / float64(lower-upper) // neighbours are half a module away
	for x := range side {
		left, right := max(0, x-1), min(side-1, x+1)
		across := off * 2 / float64(right-left)
		at, a, b := d.places[y*side+x], d.places[y*side+left], d.places[y*side+right]
		u, l := d.places[upper*side+x], d.places[lower*side+x]
		dx, dy := gray.Point{X: (b.X - a.X) * across, Y: (b.Y - a.Y) * across}, gray.Point{X: (l.X - u.X) * down, Y: (l.Y - u.Y) * down}
		d.raw[y*side+x] = float64(spot(p, at, dx, dy)) / 4
	}
}

// spot is the sum of the grey at the four corners of a parallelogram about a
// place.
func spot(p *gray.Plane, at, dx, dy gray.Point) (sum int) {
	for _, by := range [4]gray.Point{
		{X: -dx.X - dy.X, Y: -dx.Y - dy.Y}, {X: dx.X - dy.X, Y: dx.Y - dy.Y},
		{X: dy.X - dx.X, Y: dy.Y - dx.Y}, {X: dx.X + dy.X, Y: dx.Y + dy.Y},
	} {
		sum += grey(p, at.X+by.X-0.5, at.Y+by.Y-0.5)
	}
	return sum
}

// grey is gray.Plane.At, without its care for places left of 0.
func grey(p *gray.Plane, x, y float64) int {
	if !(x >= 0 && y >= 0 && x < float64(p.W-1) && y < float64(p.H-1)) {
		return 128
	}
	fx, fy := int(x*256), int(y*256)
	at := fy>>8*p.W + fx>>8
	upper, lower := p.Pix[at:at+2], p.Pix[at+p.W:at+p.W+2]
	fx, fy = fx&255, fy&255
	a := int(upper[0])<<8 + (int(upper[1])-int(upper[0]))*fx
	b := int(lower[0])<<8 + (int(lower[1])-int(lower[0]))*fx
	return (a<<8 + (b-a)*fy) >> 16
}

// even subtracts the mean of the surroundings and divides by their spread.
func (d *desk) even(side int) []float64 {
	d.means.sum(d.raw, side, func(v float64) float64 { return v })
	d.squares.sum(d.raw, side, func(v float64) float64 { return v * v })
	out := make([]float64, len(d.raw))
	for y := range side {
		for x := range side {
			mean := d.means.mean(x, y, evenness)
			variance := d.squares.mean(x, y, evenness) - mean*mean
			out[y*side+x] = (mean - d.raw[y*side+x]) / math.Sqrt(max(variance, faint))
		}
	}
	return out
}

// sums holds the sums of all values above and left of each place.
type sums struct {
	of   []float64
	side int
}

func newSums(values []float64, side int) (s sums) {
	s.sum(values, side, func(v float64) float64 { return v })
	return s
}

func (s *sums) sum(values []float64, side int, part func(float64) float64) {
	w := side + 1
	s.of, s.side = sized(s.of, w*w), side
	clear(s.of[:w])
	for y := range side {
		row := 0.0
		upper, line := s.of[y*w:(y+1)*w], s.of[(y+1)*w:(y+2)*w]
		line[0] = 0
		for x, v := range values[y*side : (y+1)*side] {
			row += part(v)
			line[x+1] = upper[x+1] + row
		}
	}
}

// box is the sum and the number of the places from left, top to right, bottom,
// the last excluded, as far as they lie inside.
func (s *sums) box(left, top, right, bottom int) (sum, n float64) {
	left, top, right, bottom = max(0, left), max(0, top), min(s.side, right), min(s.side, bottom)
	w := s.side + 1
	sum = s.of[bottom*w+right] - s.of[top*w+right] - s.of[bottom*w+left] + s.of[top*w+left]
	return sum, float64((right - left) * (bottom - top))
}

// mean is that of the square of the radius around a place.
func (s *sums) mean(x, y, radius int) float64 {
	sum, n := s.box(x-radius, y-radius, x+radius+1, y+radius+1)
	return sum / n
}

// Plain judges each module by its middle alone.
func (f *Field) Plain() []float64 {
	d := f.Dimension
	out := make([]float64, d*d)
	for i := range out {
		out[i] = f.values[(2*(i/d)+reach)*f.side+2*(i%d)+reach]
	}
	return out
}

// Package tone tells how dark the modules of a symbol are and how far that may
// be believed.
package tone

import (
	"math"

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
	raw := make([]float64, side*side)
	for y := range side {
		for x := range side {
			raw[y*side+x] = spot(p, g, float64(x-reach)/2+0.5, float64(y-reach)/2+0.5)
		}
	}
	return &Field{g.Dimension, even(raw, side), side}
}

// spot is the mean grey of four places about a point of the symbol.
func spot(p *gray.Plane, g grid.Grid, x, y float64) float64 {
	const off = 0.14
	sum := 0
	for _, by := range [4]gray.Point{{X: -off, Y: -off}, {X: off, Y: -off}, {X: -off, Y: off}, {X: off, Y: off}} {
		at := g.Place(x+by.X, y+by.Y)
		sum += int(p.At(at.X-0.5, at.Y-0.5))
	}
	return float64(sum) / 4
}

// even subtracts the mean of the surroundings and divides by their spread.
func even(raw []float64, side int) []float64 {
	squares := make([]float64, len(raw))
	for i, v := range raw {
		squares[i] = v * v
	}
	means, meanSquares := newSums(raw, side), newSums(squares, side)
	out := make([]float64, len(raw))
	for y := range side {
		for x := range side {
			mean := means.mean(x, y, evenness)
			variance := meanSquares.mean(x, y, evenness) - mean*mean
			out[y*side+x] = (mean - raw[y*side+x]) / math.Sqrt(max(variance, faint))
		}
	}
	return out
}

// sums holds the sums of all values above and left of each place.
type sums struct {
	of   []float64
	side int
}

func newSums(values []float64, side int) sums {
	w := side + 1
	s := sums{make([]float64, w*w), side}
	for y := range side {
		row := 0.0
		for x := range side {
			row += values[y*side+x]
			s.of[(y+1)*w+x+1] = s.of[y*w+x+1] + row
		}
	}
	return s
}

// box is the sum and the number of the places from left, top to right, bottom,
// the last excluded, as far as they lie inside.
func (s sums) box(left, top, right, bottom int) (sum, n float64) {
	left, top, right, bottom = max(0, left), max(0, top), min(s.side, right), min(s.side, bottom)
	w := s.side + 1
	sum = s.of[bottom*w+right] - s.of[top*w+right] - s.of[bottom*w+left] + s.of[top*w+left]
	return sum, float64((right - left) * (bottom - top))
}

// mean is that of the square of the radius around a place.
func (s sums) mean(x, y, radius int) float64 {
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

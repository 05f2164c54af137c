package qr

import (
	"math"

	"github.com/makiuchi-d/gozxing"

	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
)

// sampleInk takes the modules of a grid from the black pixels.
func sampleInk(m *gozxing.BitMatrix, g grid.Grid) (*gozxing.BitMatrix, bool) {
	bits, err := gozxing.NewSquareBitMatrix(g.Dimension)
	if err != nil {
		return nil, false
	}
	for y := range g.Dimension {
		for x := range g.Dimension {
			at := g.Place(float64(x)+0.5, float64(y)+0.5)
			px, py := int(math.Floor(at.X)), int(math.Floor(at.Y))
			if px < -1 || py < -1 || px > m.GetWidth() || py > m.GetHeight() {
				return nil, false
			}
			if m.Get(min(max(px, 0), m.GetWidth()-1), min(max(py, 0), m.GetHeight()-1)) {
				bits.Set(x, y)
			}
		}
	}
	return bits, true
}

// sampleGray takes each module from the grey of its middle and calls it black
// when it is darker than the modules around it: no threshold of single pixels
// has been decided before.
func sampleGray(p *gray.Plane, g grid.Grid) (*gozxing.BitMatrix, bool) {
	d := g.Dimension
	values := make([]int, d*d)
	for y := range d {
		for x := range d {
			values[y*d+x] = moduleGray(p, g, x, y)
		}
	}
	bits, err := gozxing.NewSquareBitMatrix(d)
	if err != nil {
		return nil, false
	}
	sums := integral(values, d)
	for y := range d {
		for x := range d {
			if values[y*d+x] < sums.mean(x, y, 4) {
				bits.Set(x, y)
			}
		}
	}
	return bits, true
}

// moduleGray is the sum of five places in a module.
func moduleGray(p *gray.Plane, g grid.Grid, x, y int) int {
	const near, far = 0.3, 0.7
	sum := 0
	for _, in := range [5]Point{{X: 0.5, Y: 0.5}, {X: near, Y: near}, {X: far, Y: near}, {X: near, Y: far}, {X: far, Y: far}} {
		at := g.Place(float64(x)+in.X, float64(y)+in.Y)
		sum += int(p.At(at.X-0.5, at.Y-0.5))
	}
	return sum
}

// summed holds the sums of all values above and left of each place.
type summed struct {
	sums []int
	d    int
}

func integral(values []int, d int) summed {
	s := summed{make([]int, (d+1)*(d+1)), d}
	for y := range d {
		row := 0
		for x := range d {
			row += values[y*d+x]
			s.sums[(y+1)*(d+1)+x+1] = s.sums[y*(d+1)+x+1] + row
		}
	}
	return s
}

// mean is that of the square of the radius around (x, y), as far as it lies inside.
func (s summed) mean(x, y, radius int) int {
	left, top := max(0, x-radius), max(0, y-radius)
	right, bottom := min(s.d, x+radius+1), min(s.d, y+radius+1)
	w := s.d + 1
	sum := s.sums[bottom*w+right] - s.sums[top*w+right] - s.sums[bottom*w+left] + s.sums[top*w+left]
	return sum / ((right - left) * (bottom - top))
}

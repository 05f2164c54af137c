package qr

import (
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// sampleInk takes the modules of a grid from the black pixels.
func sampleInk(m *gozxing.BitMatrix, g grid) (*gozxing.BitMatrix, bool) {
	bits, err := detector.Detector_sampleGrid(m, g.fromUnits, g.dimension)
	return bits, err == nil
}

// sampleGray takes each module from the grey of its middle and calls it black
// when it is darker than the modules around it: no threshold of single pixels
// has been decided before.
func sampleGray(p *plane, g grid) (*gozxing.BitMatrix, bool) {
	d := g.dimension
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
func moduleGray(p *plane, g grid, x, y int) int {
	const near, far = 0.3, 0.7
	at := [10]float64{0.5, 0.5, near, near, far, near, near, far, far, far}
	for i := 0; i < len(at); i += 2 {
		at[i] += float64(x)
		at[i+1] += float64(y)
	}
	g.fromUnits.TransformPoints(at[:])
	sum := 0
	for i := 0; i < len(at); i += 2 {
		sum += int(p.at(at[i]-0.5, at[i+1]-0.5))
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

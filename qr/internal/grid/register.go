package grid

import (
	"math"

	"promobot/qr/internal/gray"
)

// mark is a pattern whose place is looked for as a whole.
type mark struct {
	x, y  float64 // its middle
	sides int     // modules a side, odd
	reach int     // modules it may be off
	dark  []bool  // row by row
}

func finderMark(x, y float64) mark {
	return mark{x, y, finderSides, 1, finderDark}
}

const finderSides = 9 // with what is light around it

var finderDark = func() []bool {
	dark := make([]bool, finderSides*finderSides)
	for i := range dark {
		r := ring(i%finderSides-finderSides/2, i/finderSides-finderSides/2)
		dark[i] = r <= 1 || r == 3
	}
	return dark
}()

// found is where a mark lies off its place, in modules, with its correlation.
type found struct {
	by    gray.Point
	score float64
}

// find tries all displacements by quarters of a module.
func (m mark) find(p *gray.Plane, f frame) found {
	s := newSheet(m.sides + 2*m.reach)
	defer s.done()
	s.drawFrame(p, f)
	sums := s.boxes()
	span := 2*m.reach*perModule + 1
	scores := make([]float64, span*span)
	best := 0
	for i := range scores {
		scores[i] = m.score(sums, s.side, i%span, i/span)
		if scores[i] > scores[best] {
			best = i
		}
	}
	bx, by := best%span, best/span
	out := found{score: scores[best]}
	fine := func(at, limit, step int) float64 {
		if at == 0 || at == limit {
			return 0
		}
		a, b, c := scores[best-step], scores[best], scores[best+step]
		if d := a - 2*b + c; d < 0 {
			return (a - c) / (2 * d)
		}
		return 0
	}
	middle := float64(m.reach * perModule)
	out.by.X = (float64(bx) + fine(bx, span-1, 1) - middle) / perModule
	out.by.Y = (float64(by) + fine(by, span-1, span) - middle) / perModule
	return out
}

// boxes is the sum over the inner samples of a module whose corner is at each
// sample.
func (s *sheet) boxes() []float32 {
	out := s.dx // which nothing is kept in meanwhile
	for y := range s.side - perModule + 1 {
		for x := range s.side - perModule + 1 {
			i := (y+1)*s.side + x + 1
			out[y*s.side+x] = s.values[i] + s.values[i+1] + s.values[i+s.side] + s.values[i+s.side+1]
		}
	}
	return out
}

// score is the correlation of the mark with its top left corner at a sample.
func (m mark) score(sums []float32, side, x, y int) float64 {
	var sum, squares, product, dark float64
	for j := range m.sides {
		line, colours := sums[(y+j*perModule)*side+x:], m.dark[j*m.sides:]
		for i := range m.sides {
			v := float64(line[i*perModule])
			sum += v
			squares += v * v
			if colours[i] {
				product += v
				dark++
			}
		}
	}
	n := float64(m.sides * m.sides)
	spread := math.Sqrt((squares - sum*sum/n) * dark * (n - dark) / n)
	if spread == 0 || math.IsNaN(spread) {
		return 0
	}
	return (sum*dark/n - product) / spread
}

package qr

import (
	"math"

	"github.com/makiuchi-d/gozxing"

	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
)

const (
	reach    = 3                 // half modules to each side that a module is judged by
	window   = 2*reach + 1       // half modules across
	weights  = window*window + 1 // one for each place, and a constant
	ridge    = 0.02              // of the number of examples; keeps weights small
	sure     = 0.4               // judgement beyond which a module may teach
	lessons  = 3                 // rounds of learning from its own sure modules
	evenness = 10                // half modules to each side that count as surroundings
)

// equalise reads the modules of a blurred or smeared symbol. How blur spreads
// a module over its neighbours is learned from the modules whose colour is
// known, by a ridge regression from the grey around a module to its colour, and
// then again with the modules that came out surely.
func equalise(p *gray.Plane, g grid.Grid) (*gozxing.BitMatrix, bool) {
	d := g.Dimension
	field := evenField(p, g)
	lesson := make([]float64, d*d) // −1 light, 1 dark, 0 unknown
	for _, m := range grid.Known(d) {
		lesson[m.Y*d+m.X] = sign(m.Dark)
	}
	said := make([]float64, d*d)
	for range lessons {
		w, ok := learn(field, lesson, d)
		if !ok {
			return nil, false
		}
		for i := range said {
			said[i] = w.judge(field.around(i%d, i/d))
		}
		for i, v := range said {
			if math.Abs(v) > sure {
				lesson[i] = math.Copysign(1, v)
			}
		}
		for _, m := range grid.Known(d) {
			lesson[m.Y*d+m.X] = sign(m.Dark)
		}
	}
	bits, err := gozxing.NewSquareBitMatrix(d)
	if err != nil {
		return nil, false
	}
	for i, v := range said {
		if v > 0 {
			bits.Set(i%d, i/d)
		}
	}
	return bits, true
}

func sign(dark bool) float64 {
	if dark {
		return 1
	}
	return -1
}

// halves is the grey at every half module, from reach half modules outside.
type halves struct {
	values []float64
	side   int
}

// evenField samples the symbol and takes light and contrast of the
// surroundings out, so that one rule holds for all of it.
func evenField(p *gray.Plane, g grid.Grid) halves {
	side := 2*g.Dimension - 1 + 2*reach
	raw, squares := make([]int, side*side), make([]int, side*side)
	for y := range side {
		for x := range side {
			at := g.Place(float64(x-reach)/2+0.5, float64(y-reach)/2+0.5)
			v := int(p.At(at.X-0.5, at.Y-0.5))
			raw[y*side+x], squares[y*side+x] = v<<4, v*v
		}
	}
	means, meanSquares := integral(raw, side), integral(squares, side)
	f := halves{make([]float64, side*side), side}
	for y := range side {
		for x := range side {
			mean := float64(means.mean(x, y, evenness)) / 16
			variance := float64(meanSquares.mean(x, y, evenness)) - mean*mean
			f.values[y*side+x] = (mean - float64(raw[y*side+x])/16) / math.Sqrt(max(variance, 16))
		}
	}
	return f
}

// around is what a module is judged by.
func (f halves) around(x, y int) (places [weights]float64) {
	for row := range window {
		copy(places[row*window:(row+1)*window], f.values[(2*y+row)*f.side+2*x:])
	}
	places[weights-1] = 1
	return places
}

// rule weighs the places around a module.
type rule [weights]float64

func (r *rule) judge(places [weights]float64) (said float64) {
	for i, v := range places {
		said += r[i] * v
	}
	return said
}

// learn fits a rule to the modules whose lesson is not 0.
func learn(f halves, lesson []float64, d int) (*rule, bool) {
	var a [weights][weights]float64
	var b rule
	examples := 0.0
	for i, colour := range lesson {
		if colour == 0 {
			continue
		}
		examples++
		places := f.around(i%d, i/d)
		for r, v := range places {
			b[r] += v * colour
			for c := 0; c <= r; c++ {
				a[r][c] += v * places[c]
			}
		}
	}
	for i := range a {
		a[i][i] += ridge * examples
	}
	return solve(&a, b)
}

// solve is Cholesky's method for the symmetric matrix of which the lower half
// is given; the matrix is used up.
func solve(a *[weights][weights]float64, b rule) (*rule, bool) {
	for i := range a {
		for j := 0; j <= i; j++ {
			sum := a[i][j]
			for k := range j {
				sum -= a[i][k] * a[j][k]
			}
			if i != j {
				a[i][j] = sum / a[j][j]
				continue
			}
			if sum <= 0 {
				return nil, false
			}
			a[i][i] = math.Sqrt(sum)
		}
	}
	for i := range b {
		for k := range i {
			b[i] -= a[i][k] * b[k]
		}
		b[i] /= a[i][i]
	}
	for i := len(b) - 1; i >= 0; i-- {
		for k := i + 1; k < len(b); k++ {
			b[i] -= a[k][i] * b[k]
		}
		b[i] /= a[i][i]
	}
	return &b, true
}

package grid

import (
	"math"
	"sync"
)

// smooth is the sheet of knots nearest to values of given weights that bends
// least: the sum of weight·(knot − value)² and stiffness times the squares of
// all second differences is least. Knots without weight go on as their
// neighbours lead.
func smooth(knots int, values, weights []float64, stiffness float64) []float64 {
	b := bands.Get().(*band)
	defer bands.Put(b)
	b.cloth(knots, stiffness)
	right := make([]float64, len(values))
	for i, w := range weights {
		b.row(i)[0] += w + 1e-9
		right[i] = w * values[i]
	}
	b.solve(right)
	return right
}

// bands are used again: they are large.
var bands = sync.Pool{New: func() any { return new(band) }}

// cloth fills the system with the squares of all second differences. Each
// knot's row depends only on how near the borders it lies, so those of a small
// cloth serve any other.
func (b *band) cloth(knots int, stiffness float64) {
	b.n, b.width = knots*knots, 2*knots
	b.lower = sized(b.lower, b.n*(b.width+1))
	clear(b.lower)
	for y := range knots {
		for x := range knots {
			s := &stencils[near(y, knots)][near(x, knots)]
			row := b.row(y*knots + x)
			for i, at := range [6]int{0, 1, 2, knots - 1, knots, knots + 1} {
				row[at] += stiffness * s[i]
			}
			row[2*knots] += stiffness * s[6]
		}
	}
}

// near names how far a knot is from the borders: 0, 1 and 3, 4 beside them, 2
// farther.
func near(at, knots int) int {
	switch {
	case at >= 2 && at < knots-2:
		return 2
	case at < 2:
		return at
	}
	return at - knots + 5
}

// stencils are what a knot is multiplied by itself, by the next two of its
// row, by the three about it in the next and by the one in the row after that.
var stencils = func() (table [5][5][7]float64) {
	const knots = 5
	b := &band{n: knots * knots, width: 2 * knots, lower: make([]float64, knots*knots*(2*knots+1))}
	for y := range knots {
		for x := range knots {
			i := y*knots + x
			if x > 0 && x < knots-1 {
				b.square(1, [4]int{i - 1, i, i + 1}, [4]float64{1, -2, 1})
			}
			if y > 0 && y < knots-1 {
				b.square(1, [4]int{i - knots, i, i + knots}, [4]float64{1, -2, 1})
			}
			if x > 0 && y > 0 {
				b.square(2, [4]int{i - knots - 1, i - knots, i - 1, i}, [4]float64{1, -1, -1, 1})
			}
		}
	}
	for i := range b.n {
		for k, at := range [7]int{0, 1, 2, knots - 1, knots, knots + 1, 2 * knots} {
			table[i/knots][i%knots][k] = b.row(i)[at]
		}
	}
	return table
}()

// band is a symmetric system of equations of which only width places beside
// the diagonal are not 0.
type band struct {
	n, width int
	lower    []float64 // of column i: the diagonal and what is below
}

func (b *band) row(i int) []float64 { return b.lower[i*(b.width+1) : (i+1)*(b.width+1)] }

// square adds weight times the square of a sum of knots, listed ascending; a
// term of 0 is none.
func (b *band) square(weight float64, at [4]int, by [4]float64) {
	for i, p := range by {
		for j := i; j < 4; j++ {
			if q := by[j]; q != 0 {
				b.row(at[i])[at[j]-at[i]] += weight * p * q
			}
		}
	}
}

// solve is Cholesky's method, two columns at a time: reading and writing what
// they are taken from is what costs. The system is used up and right becomes
// the solution.
func (b *band) solve(right []float64) {
	for i := 0; i < b.n; i += 2 {
		first := b.scaled(i, right)
		if i+1 == b.n {
			break
		}
		b.subtract(right, i+1, first[1:], nil, right[i], 0)
		second := b.scaled(i+1, right)
		for k := range second[1:] {
			var u []float64
			if k+2 < len(first) {
				u = first[k+2:]
			}
			b.subtract(right, i+2+k, second[k+1:], u, right[i+1], right[i])
		}
	}
	for i := b.n - 1; i >= 0; i-- {
		column := b.row(i)
		sum := right[i]
		for k, v := range right[i+1 : min(i+1+b.width, b.n)] {
			sum -= column[k+1] * v
		}
		right[i] = sum / column[0]
	}
}

// scaled finishes a column.
func (b *band) scaled(i int, right []float64) []float64 {
	column := b.row(i)[:min(b.width, b.n-1-i)+1]
	scale := 1 / math.Sqrt(max(column[0], 1e-12))
	for k := range column {
		column[k] *= scale
	}
	right[i] *= scale
	return column
}

// subtract takes what one or two finished columns, from row i on, have in row
// i from it. The second is none or not longer.
func (b *band) subtract(right []float64, i int, one, two []float64, rightOne, rightTwo float64) {
	v, into := one[0], b.row(i)[:len(one)]
	right[i] -= v * rightOne
	if len(two) > 0 {
		w := two[0]
		right[i] -= w * rightTwo
		for j, u := range two {
			into[j] -= v*one[j] + w*u
		}
	}
	for j := len(two); j < len(one); j++ {
		into[j] -= v * one[j]
	}
}

package grid

import "math"

// smooth is the sheet of knots nearest to values of given weights that bends
// least: the sum of weight·(knot − value)² and stiffness times the squares of
// all second differences is least. Knots without weight go on as their
// neighbours lead.
func smooth(knots int, values, weights []float64, stiffness float64) []float64 {
	b := newBand(knots*knots, 2*knots)
	for i, w := range weights {
		b.row(i)[0] += w + 1e-9
		b.right[i] = w * values[i]
	}
	for y := range knots {
		for x := range knots {
			i := y*knots + x
			if x > 0 && x < knots-1 {
				b.square(stiffness, [4]int{i - 1, i, i + 1}, [4]float64{1, -2, 1})
			}
			if y > 0 && y < knots-1 {
				b.square(stiffness, [4]int{i - knots, i, i + knots}, [4]float64{1, -2, 1})
			}
			if x > 0 && y > 0 {
				b.square(2*stiffness, [4]int{i - knots - 1, i - knots, i - 1, i}, [4]float64{1, -1, -1, 1})
			}
		}
	}
	b.solve()
	return b.right
}

// band is a symmetric system of equations of which only width places beside
// the diagonal are not 0.
type band struct {
	n, width int
	lower    []float64 // of column i: the diagonal and what is below
	right    []float64
}

func newBand(n, width int) *band {
	return &band{n, width, make([]float64, n*(width+1)), make([]float64, n)}
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

// solve is Cholesky's method; the system is used up and right is the solution.
func (b *band) solve() {
	for i := range b.n {
		column := b.row(i)
		scale := 1 / math.Sqrt(max(column[0], 1e-12))
		reach := min(b.width, b.n-1-i)
		column = column[:reach+1]
		for k := range column {
			column[k] *= scale
		}
		b.right[i] *= scale
		for k := 1; k <= reach; k++ {
			v := column[k]
			if v == 0 {
				continue
			}
			into := b.row(i + k)[:reach+1-k]
			for j, u := range column[k:] {
				into[j] -= v * u
			}
			b.right[i+k] -= v * b.right[i]
		}
	}
	for i := b.n - 1; i >= 0; i-- {
		column := b.row(i)
		sum := b.right[i]
		for k := 1; k <= min(b.width, b.n-1-i); k++ {
			sum -= column[k] * b.right[i+k]
		}
		b.right[i] = sum / column[0]
	}
}

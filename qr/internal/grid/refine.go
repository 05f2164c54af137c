package grid

import (
	"math"
	"promobot/qr/internal/gray"
)

// start is the flat guess, or one with another fourth corner where that agrees
// clearly better, and its agreement.
func (g Grid) start(p *gray.Plane) (Grid, float64) {
	known := Known(g.Dimension)
	g.Bend = nil
	const good, clearly = 0.8, 0.15
	before := Agreement(p, g, known)
	if before > good {
		return g, before
	}
	if other, a := g.fourth(p, known); a > before+clearly {
		return other, a
	}
	return g, before
}

// half is that of the symbol's side, in modules.
func (n *net) half() float64 { return float64((n.knots-1)*n.step+1) / 2 }

// view is the displacement that a change of the view makes: near enough linear
// in eight numbers, in modules.
type view [8]float64

// rows are what the eight numbers are multiplied by at a knot.
func (n *net) rows(i int) (across, along view) {
	x, y := n.place(i)
	x, y = x/n.half()-1, y/n.half()-1
	return view{1, x, y, 0, 0, 0, x * x, x * y}, view{0, 0, 0, 1, x, y, x * y, y * y}
}

func (v view) at(row view) (sum float64) {
	for i, by := range v {
		sum += by * row[i]
	}
	return sum
}

// steady is the change of the view that most of the measurements agree on.
// Those that contradict the others by odd modules or more count little.
func (n *net) steady(odd float64) (fit view) {
	for range 4 {
		var a [8][9]float64
		for i, by := range n.by {
			across, along := n.rows(i)
			normal(&a, &acrossTerms, &across, by.X, n.worth[i].X*trust(by.X-fit.at(across), odd))
			normal(&a, &alongTerms, &along, by.Y, n.worth[i].Y*trust(by.Y-fit.at(along), odd))
		}
		mirror(&a)
		fit = solve8(&a)
	}
	return fit
}

// trust falls with what a measurement is off; what is off by odd counts a
// quarter.
func trust(off, odd float64) float64 {
	r := off / odd
	return 1 / ((1 + r*r) * (1 + r*r))
}

// acrossTerms and alongTerms are the numbers of a view that move a knot that way.
var acrossTerms, alongTerms = [5]int{0, 1, 2, 6, 7}, [5]int{3, 4, 5, 6, 7}

// normal adds one equation to the lower half of the normal equations of a fit.
func normal(a *[8][9]float64, terms *[5]int, row *view, value, weight float64) {
	for n, i := range terms {
		v := row[i] * weight
		for _, j := range terms[:n+1] {
			a[i][j] += v * row[j]
		}
		a[i][8] += v * value
	}
}

// mirror fills the upper half of normal equations, and holds their diagonal.
func mirror(a *[8][9]float64) {
	for i := range 8 {
		a[i][i] += 1e-3
		for j := range i {
			a[j][i] = a[i][j]
		}
	}
}

// solve8 is Gauss's method; the diagonal is positive.
func solve8(a *[8][9]float64) (x view) {
	for i := range 8 {
		for r := i + 1; r < 8; r++ {
			f := a[r][i] / a[i][i]
			for c := i; c < 9; c++ {
				a[r][c] -= f * a[i][c]
			}
		}
	}
	for i := 7; i >= 0; i-- {
		x[i] = a[i][8]
		for c := i + 1; c < 8; c++ {
			x[i] -= a[i][c] * x[c]
		}
		x[i] /= a[i][i]
	}
	if math.IsNaN(x[0]) {
		return view{}
	}
	return x
}

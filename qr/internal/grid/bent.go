package grid

import "promobot/qr/internal/gray"

// Bent lays the grid over paper that is not flat. The agreement of the known
// modules in what came out, −1…1, tells how far it may be believed; a guess
// that agrees better stays as it is. Symbols larger than any on a receipt are
// only refined, for the time it takes.
func (g Grid) Bent(p *gray.Plane) (Grid, float64) {
	const largest, plain = 97, 0.75
	if g.Dimension > largest {
		return g.Refined(p)
	}
	g = g.start(p)
	best, score, ease := g.laid(p, true)
	if score < plain {
		// A timing pattern that is damaged itself leads astray.
		if other, otherScore, otherEase := g.laid(p, false); otherScore+otherEase > score+ease {
			best, score = other, otherScore
		}
	}
	if a := Agreement(p, g, Known(g.Dimension)); a > score+noise {
		return g, a
	}
	return best, score
}

// laid grows the grid from what is known and smooths it, coarse to fine. ease is
// that of the sheet in the end.
func (g Grid) laid(p *gray.Plane, timing bool) (bent Grid, agreement, ease float64) {
	n := newNet(g.Dimension, knotStep(g.Dimension))
	n.anchored(p, g, timing)
	n.grow(p, g)
	g.Bend = n.bend(4)
	s := newSheet(g.Dimension + 2*margin)
	for _, pass := range []struct{ spread, stiffness float64 }{{2, 1}, {1.5, 0.3}} {
		n.measure(p, g, s, bellOf(pass.spread))
		g.Bend = n.bend(pass.stiffness)
	}
	s.drawGrid(p, g, margin)
	s.listen()
	return g, Agreement(p, g, Known(g.Dimension)), s.ease()
}

// knotStep keeps the knots of large symbols few.
func knotStep(dimension int) int {
	if dimension > 57 {
		return 4
	}
	return 2
}

// margin is how many modules around the symbol are drawn with it.
const margin = 1

// measure takes the displacement of all knots where the grid has them.
func (n *net) measure(p *gray.Plane, g Grid, s *sheet, bell []float64) {
	s.drawGrid(p, g, margin)
	s.listen()
	for i := range n.by {
		x, y := n.place(i)
		l := s.lean(int(x)+margin, int(y)+margin, bell)
		n.by[i], n.worth[i] = l.by, gray.Point{X: l.x, Y: l.y}
		if g.Bend != nil {
			was := g.Bend.At(x, y)
			n.by[i] = gray.Point{X: was.X + l.by.X, Y: was.Y + l.by.Y}
		}
	}
}

// bend smooths what was measured. Knots that contradict the smooth sheet count
// less the second time.
func (n *net) bend(stiffness float64) *Bend {
	b := &Bend{Knots: n.knots, Step: float64(n.step), By: make([]gray.Point, len(n.by))}
	values, weights := make([]float64, len(n.by)), make([]float64, len(n.by))
	for i, by := range n.by {
		values[i], weights[i] = by.X, n.worth[i].X
	}
	for i, v := range smoothTwice(n.knots, values, weights, stiffness) {
		b.By[i].X = v
	}
	for i, by := range n.by {
		values[i], weights[i] = by.Y, n.worth[i].Y
	}
	for i, v := range smoothTwice(n.knots, values, weights, stiffness) {
		b.By[i].Y = v
	}
	return b
}

func smoothTwice(knots int, values, weights []float64, stiffness float64) []float64 {
	const odd = 0.15 // modules
	for i, v := range smooth(knots, values, weights, stiffness) {
		weights[i] *= trust(v-values[i], odd)
	}
	return smooth(knots, values, weights, stiffness)
}

package grid

import (
	"promobot/qr/internal/gray"
)

// Bent lays the grid over paper that is not flat. The agreement of the known
// modules in what came out, −1…1, tells how far it may be believed; a guess
// that agrees better stays as it is.
func (g Grid) Bent(p *gray.Plane) (Grid, float64) {
	g = g.start(p)
	best, before, ease := g.laid(p, true)
	if before < 0.75 {
		if other, score, otherEase := g.laid(p, false); score+otherEase > before+ease {
			best, before = other, score
		}
	}
	known := Known(g.Dimension)
	if a := Agreement(p, g, known); a > before+noise {
		return g, a
	}
	return best, before
}

func (g Grid) laid(p *gray.Plane, timing bool) (Grid, float64, float64) {
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

// bend smooths what was measured. Knots that contradict the smooth sheet
// count less the second and third time.
func (n *net) bend(stiffness float64) *Bend {
	b := &Bend{Knots: n.knots, Step: float64(n.step), By: make([]gray.Point, len(n.by))}
	values, weights := make([]float64, len(n.by)), make([]float64, len(n.by))
	for axis := range 2 {
		pick := func(p gray.Point) float64 {
			if axis == 0 {
				return p.X
			}
			return p.Y
		}
		for i := range values {
			values[i], weights[i] = pick(n.by[i]), pick(n.worth[i])
		}
		out := smooth(n.knots, values, weights, stiffness)
		for range 1 {
			for i := range values {
				const odd = 0.15 // modules
				weights[i] = pick(n.worth[i]) * trust(out[i]-values[i], odd)
			}
			out = smooth(n.knots, values, weights, stiffness)
		}
		for i, v := range out {
			if axis == 0 {
				b.By[i].X = v
			} else {
				b.By[i].Y = v
			}
		}
	}
	return b
}

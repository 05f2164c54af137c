package grid

import "promobot/qr/internal/gray"

// Bent lays the grid over paper that is not flat. The agreement of the known
// modules in what came out, −1…1, tells how far it may be believed; a guess
// that agrees better stays as it is. Symbols larger than any on a receipt are
// only refined, for the time it takes.
func (g Grid) Bent(p *gray.Plane) (Grid, float64) {
	const largest, plain = 177, 0.75
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
	return g.orFitted(p, best, score)
}

// orFitted is what was found by the rhythm of the borders, or the guess fitted to
// the known modules where these agree clearly better: blur can drown the rhythm.
func (g Grid) orFitted(p *gray.Plane, found Grid, score float64) (Grid, float64) {
	const plain, clearly = 0.75, 0.08 // fitting is for the agreement's own sake
	if score < plain {
		if fitted, a := g.Fitted(p); a > score+clearly {
			return fitted, a
		}
	}
	return found, score
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

// hold is what the flat grid counts beside a measurement, which counts 1 at best.
const hold = 0.01

// margin is how many modules around the symbol are drawn with it.
const margin = 1

// measure takes the displacement of all knots where the grid has them.
func (n *net) measure(p *gray.Plane, g Grid, s *sheet, bell []float64) {
	s.drawGrid(p, g, margin)
	s.listen()
	for i := range n.by {
		x, y := n.place(i)
		l := n.tuned(s.lean(int(x)+margin, int(y)+margin, bell))
		n.by[i], n.worth[i] = l.by, gray.Point{X: l.x, Y: l.y}
		if g.Bend != nil {
			was := g.Bend.At(x, y)
			n.by[i] = gray.Point{X: was.X + l.by.X, Y: was.Y + l.by.Y}
		}
	}
}

// bend smooths what was measured. Where nothing can be seen the paper goes on
// as most of it lies.
func (n *net) bend(stiffness float64) *Bend {
	b := &Bend{Knots: n.knots, Step: float64(n.step), By: make([]gray.Point, len(n.by))}
	x, y := newCloth(n.knots), newCloth(n.knots)
	steady := n.steady(0.5)
	for i, by := range n.by {
		across, along := n.rows(i)
		x.lay(i, by.X, n.worth[i].X, steady.at(across))
		y.lay(i, by.Y, n.worth[i].Y, steady.at(along))
	}
	for i, v := range x.smooth(stiffness) {
		b.By[i].X = v
	}
	for i, v := range y.smooth(stiffness) {
		b.By[i].Y = v
	}
	return b
}

// cloth is the displacement one way at all knots.
type cloth struct {
	knots           int
	values, weights []float64
}

func newCloth(knots int) cloth {
	return cloth{knots, make([]float64, knots*knots), make([]float64, knots*knots)}
}

// lay sets what was measured at a knot, held by a little to where it lies if
// the paper is flat.
func (c cloth) lay(i int, value, worth, flat float64) {
	c.weights[i] = worth + hold
	c.values[i] = (value*worth + flat*hold) / (worth + hold)
}

// smooth counts knots that contradict the smooth cloth less the second time.
func (c cloth) smooth(stiffness float64) []float64 {
	const odd = 0.15 // modules
	for i, v := range smooth(c.knots, c.values, c.weights, stiffness) {
		c.weights[i] *= trust(v-c.values[i], odd)
	}
	return smooth(c.knots, c.values, c.weights, stiffness)
}

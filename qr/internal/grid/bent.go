package grid

import "promobot/qr/internal/gray"

// Bent lays the grid over paper that is not flat. The agreement of the known
// modules in what came out, −1…1, tells how far it may be believed; a guess
// that agrees better stays as it is.
func (g Grid) Bent(p *gray.Plane) (Grid, float64) {
	const nearly = 0.92
	g, agreed := g.start(p)
	step := knotStep(g.Dimension)
	if agreed > nearly {
		step = coarseStep // nothing that the guess does not lead to
	}
	best, score := g.laid(p, step, true)
	if score < plain {
		// A timing pattern that is damaged itself leads astray.
		if other, otherScore := g.laid(p, step, false); otherScore+other.ease(p) > score+best.ease(p) {
			best, score = other, otherScore
		}
	}
	return g.orFitted(p, best, score)
}

// plain is the agreement of a grid that leaves no doubt.
const plain = 0.75

// orFitted is what was found by the rhythm of the borders, or the guess fitted to
// the known modules where these agree clearly better: blur can drown the rhythm.
func (g Grid) orFitted(p *gray.Plane, found Grid, score float64) (Grid, float64) {
	const clearly = 0.08 // fitting is for the agreement's own sake
	if score < plain {
		if fitted, a := g.Fitted(p); a > score+clearly {
			return fitted, a
		}
	}
	return found, score
}

// laid grows the grid from what is known, at knots step modules apart, and
// smooths it, coarse to fine.
func (g Grid) laid(p *gray.Plane, step int, timing bool) (bent Grid, agreement float64) {
	n := newNet(g.Dimension, step)
	n.anchored(p, g, timing)
	n.grow(p, g)
	if finest := knotStep(g.Dimension); step > finest {
		g.Bend = n.bend(0.25)
		n = n.finer(finest)
	} else {
		g.Bend = n.coarseBend(4)
	}
	s := newSheet(g.Dimension + 2*margin)
	defer s.done()
	n.measure(p, g, s, bellOf(2))
	g.Bend = n.coarseBend(1)
	n.measure(p, g, s, bellOf(1.5))
	g.Bend = n.bend(0.3)
	return g, Agreement(p, g, Known(g.Dimension))
}

// finer is a net of closer knots of which nothing is known yet.
func (n *net) finer(step int) *net {
	fine := newNet((n.knots-1)*n.step+1, step)
	fine.late = n.late
	return fine
}

// ease is that of all of the symbol.
func (g Grid) ease(p *gray.Plane) float64 {
	s := newSheet(g.Dimension + 2*margin)
	defer s.done()
	s.drawGrid(p, g, margin)
	s.listen()
	return s.ease()
}

// knotStep keeps the knots of large symbols few.
func knotStep(dimension int) int {
	if dimension > 57 {
		return coarseStep
	}
	return coarseStep / 2
}

const coarseStep = 4

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
	x, y := newCloth(n.knots), newCloth(n.knots)
	steady := n.steady(0.5)
	for i, by := range n.by {
		across, along := n.rows(i)
		x.lay(i, by.X, n.worth[i].X, steady.at(across))
		y.lay(i, by.Y, n.worth[i].Y, steady.at(along))
	}
	return bendOf(n, x.smooth(stiffness), y.smooth(stiffness))
}

func bendOf(n *net, x, y []float64) *Bend {
	b := &Bend{Knots: n.knots, Step: float64(n.step), By: make([]gray.Point, len(x))}
	for i := range b.By {
		b.By[i] = gray.Point{X: x[i], Y: y[i]}
	}
	return b
}

// coarseBend is bend with every other knot, for a start: smoothing takes the
// fourth power of the knots of a side.
func (n *net) coarseBend(stiffness float64) *Bend {
	if n.step == coarseStep {
		return n.bend(stiffness)
	}
	c := &net{knots: (n.knots + 1) / 2, step: coarseStep}
	x, y := newCloth(c.knots), newCloth(c.knots)
	steady := n.steady(0.5)
	off := make([]gray.Point, len(n.by)) // what the steady change leaves
	for i, by := range n.by {
		across, along := n.rows(i)
		off[i] = gray.Point{X: by.X - steady.at(across), Y: by.Y - steady.at(along)}
	}
	for i := range x.values {
		across, along := c.rows(i)
		flatX, flatY := steady.at(across), steady.at(along)
		by, worth := n.gathered(off, 2*(i%c.knots), 2*(i/c.knots))
		x.lay(i, flatX+by.X, worth.X, flatX)
		y.lay(i, flatY+by.Y, worth.Y, flatY)
	}
	stiffness /= 16 // the same paper bends as much more between knots so far apart
	return bendOf(c, x.smooth(stiffness), y.smooth(stiffness))
}

// gathered is the mean about a knot, with its worth. On the border it goes along
// the border only: what lies inside of it lies on one side.
func (n *net) gathered(off []gray.Point, x, y int) (by, worth gray.Point) {
	left, right := n.beside(x)
	top, bottom := n.beside(y)
	for r := top; r <= bottom; r++ {
		for c := left; c <= right; c++ {
			i, share := r*n.knots+c, 0.25
			if r != y {
				share /= 2
			}
			if c != x {
				share /= 2
			}
			wx, wy := n.worth[i].X*share, n.worth[i].Y*share
			worth.X, worth.Y = worth.X+wx, worth.Y+wy
			by.X, by.Y = by.X+wx*off[i].X, by.Y+wy*off[i].Y
		}
	}
	return gray.Point{X: by.X / (worth.X + 1e-12), Y: by.Y / (worth.Y + 1e-12)}, worth
}

func (n *net) beside(at int) (first, last int) {
	if at == 0 || at == n.knots-1 {
		return at, at
	}
	return at - 1, at + 1
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

package grid

import (
	"math"

	"promobot/qr/internal/gray"
)

// net is the measured displacement of a flat grid at knots step modules apart.
type net struct {
	knots, step int
	by          []gray.Point
	worth       []gray.Point // of by.X and by.Y, 0…1
	known       []bool
	support     []float64 // of the neighbours
	anchors     []anchor

	across, along choir      // of the finders
	late          gray.Point // their phases
}

// anchor is a displacement known as a whole, not only within a module.
type anchor struct {
	x, y  float64
	by    gray.Point
	worth float64
}

func newNet(dimension, step int) *net {
	knots := (dimension-1)/step + 1
	all := knots * knots
	return &net{
		knots: knots, step: step,
		by: make([]gray.Point, all), worth: make([]gray.Point, all), known: make([]bool, all),
	}
}

func (n *net) place(i int) (x, y float64) {
	return 0.5 + float64(i%n.knots*n.step), 0.5 + float64(i/n.knots*n.step)
}

// anchored follows the timing patterns of a grid and finds its finders where
// these lead.
func (n *net) anchored(p *gray.Plane, g Grid, timing bool) {
	for _, column := range [2]bool{false, true} {
		if timing {
			n.anchors = append(n.anchors, timingAnchors(p, g, column)...)
		}
	}
	far := float64(g.Dimension) - 3.5
	for _, at := range [3]gray.Point{{X: 3.5, Y: 3.5}, {X: far, Y: 3.5}, {X: 3.5, Y: far}} {
		n.anchorFinder(p, g, at, n.predict(at.X, at.Y))
	}
	n.late = gray.Point{X: n.across.phase(), Y: n.along.phase()}
}

// anchorFinder looks for a finder where the timing patterns lead and where the
// guess has it.
func (n *net) anchorFinder(p *gray.Plane, g Grid, at gray.Point, led tilt) {
	best := anchor{x: at.X, y: at.Y}
	for _, t := range [2]tilt{led, {}} {
		f := finderMark(at.X, at.Y).find(p, g.View.frame(at.X, at.Y, t))
		if f.score > best.worth {
			best.by, best.worth = gray.Point{X: t.by.X + f.by.X, Y: t.by.Y + f.by.Y}, f.score
		}
		if best.worth > 0.9 {
			break // it is there without a doubt
		}
	}
	if best.worth > 0.4 {
		n.anchors = append(n.anchors, best)
		if best.worth > 0.5 {
			n.tune(p, g, best)
		}
	}
}

// tune takes the beat of a finder whose place is known.
func (n *net) tune(p *gray.Plane, g Grid, a anchor) {
	s := newSheet(9)
	defer s.done()
	s.drawFrame(p, g.View.frame(a.x, a.y, tilt{by: a.by}))
	s.listen()
	for i, b := range s.across {
		n.across.add(b)
		n.along.add(s.along[i])
	}
}

// tuned is a lean without what the finders show although they lie where they
// should: a picture that moved has every border twice, and beats half a module
// late.
func (n *net) tuned(l lean) lean {
	l.by.X, l.by.Y = without(n.late.X, l.by.X), without(n.late.Y, l.by.Y)
	return l
}

// choir is the sum of beats, and of their strengths.
type choir struct {
	beat
	all float64
}

func (c *choir) add(b beat) {
	c.cos += b.cos
	c.sin += b.sin
	c.all += math.Hypot(b.cos, b.sin)
}

// phase is by how much all beat late together, in modules; 0 where they do not.
func (c *choir) phase() float64 {
	const moved = 0.25 // modules; less is what finding them leaves
	const together = 0.2
	phase := math.Atan2(c.sin, c.cos) / (2 * math.Pi)
	if math.Abs(phase) < moved || math.Hypot(c.cos, c.sin) < together*c.all {
		return 0
	}
	return phase
}

func without(phase, by float64) float64 {
	if phase == 0 {
		return by
	}
	by -= phase
	return by - math.Round(by)
}

// grow measures knot after knot, each where its neighbours say it should be,
// the best supported first. A phase tells the place within a module; the
// neighbours tell which module.
func (n *net) grow(p *gray.Plane, g Grid) {
	const across = 7
	s, bell := newSheet(across), bellOf(1.5)
	defer s.done()
	n.support = make([]float64, len(n.by))
	n.supportAnchors()
	for range n.by {
		i := n.next()
		x, y := n.place(i)
		t := n.predict(x, y)
		s.drawFrame(p, g.View.frame(x, y, t))
		s.listen()
		l := n.tuned(s.lean(across/2, across/2, bell))
		n.by[i] = gray.Point{X: t.by.X + l.by.X*min(1, 4*l.x), Y: t.by.Y + l.by.Y*min(1, 4*l.y)}
		n.worth[i] = gray.Point{X: l.x, Y: l.y}
		n.known[i] = true
		n.supportAround(i)
	}
}

// next is the unknown knot with the most support.
func (n *net) next() int {
	best, most := -1, -1.0
	for i, s := range n.support {
		if !n.known[i] && s > most {
			best, most = i, s
		}
	}
	return best
}

func (n *net) supportAround(i int) {
	x, y := i%n.knots, i/n.knots
	for r := max(0, y-1); r <= min(n.knots-1, y+1); r++ {
		for c := max(0, x-1); c <= min(n.knots-1, x+1); c++ {
			n.support[r*n.knots+c] += 0.01 + n.worth[i].X + n.worth[i].Y
		}
	}
}

func (n *net) supportAnchors() {
	for i := range n.support {
		x, y := n.place(i)
		for _, a := range n.anchors {
			if dx, dy := x-a.x, y-a.y; dx*dx+dy*dy < 16 {
				n.support[i] += 3 * a.worth / (1 + dx*dx + dy*dy)
			}
		}
	}
}

// predict fits a tilt to what is known around a place.
func (n *net) predict(x, y float64) tilt {
	var f plumb
	reach := max(2, 8/n.step)
	cx, cy := int(x)/n.step, int(y)/n.step
	for r := max(0, cy-reach); r <= min(n.knots-1, cy+reach); r++ {
		for c := max(0, cx-reach); c <= min(n.knots-1, cx+reach); c++ {
			if i := r*n.knots + c; n.known[i] {
				px, py := n.place(i)
				f.add(px-x, py-y, n.by[i], gray.Point{X: n.worth[i].X + 1e-4, Y: n.worth[i].Y + 1e-4})
			}
		}
	}
	for _, a := range n.anchors {
		f.add(a.x-x, a.y-y, a.by, gray.Point{X: a.worth, Y: a.worth})
	}
	return f.tilt()
}

package grid

import "promobot/qr/internal/gray"

// net is the measured displacement of a flat grid at knots step modules apart.
type net struct {
	knots, step int
	by          []gray.Point
	worth       []gray.Point // of by.X and by.Y, 0…1
	known       []bool
	anchors     []anchor
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

// anchored finds the finders of a grid.
func (n *net) anchored(p *gray.Plane, g Grid) {
	far := float64(g.Dimension) - 3.5
	for _, at := range [3]gray.Point{{X: 3.5, Y: 3.5}, {X: far, Y: 3.5}, {X: 3.5, Y: far}} {
		f := finderMark(at.X, at.Y).find(p, g.View.frame(at.X, at.Y, tilt{}))
		if f.score > 0.4 {
			n.anchors = append(n.anchors, anchor{at.X, at.Y, f.by, f.score})
		}
	}
}

// grow measures knot after knot, each where its neighbours say it should be,
// the best supported first. A phase tells the place within a module; the
// neighbours tell which module.
func (n *net) grow(p *gray.Plane, g Grid) {
	const across = 7
	s, bell := newSheet(across), bellOf(1.5)
	for range n.by {
		i := n.next()
		x, y := n.place(i)
		t := n.predict(x, y)
		s.drawFrame(p, g.View.frame(x, y, t))
		s.listen()
		l := s.lean(across/2, across/2, bell)
		n.by[i] = gray.Point{X: t.by.X + l.by.X*min(1, 4*l.x), Y: t.by.Y + l.by.Y*min(1, 4*l.y)}
		n.worth[i] = gray.Point{X: l.x, Y: l.y}
		n.known[i] = true
	}
}

// next is the unknown knot with the most support.
func (n *net) next() int {
	best, most := -1, -1.0
	for i, known := range n.known {
		if known {
			continue
		}
		if s := n.support(i); s > most {
			best, most = i, s
		}
	}
	return best
}

func (n *net) support(i int) (sum float64) {
	x, y := i%n.knots, i/n.knots
	for r := max(0, y-1); r <= min(n.knots-1, y+1); r++ {
		for c := max(0, x-1); c <= min(n.knots-1, x+1); c++ {
			if j := r*n.knots + c; n.known[j] {
				sum += 0.01 + n.worth[j].X + n.worth[j].Y
			}
		}
	}
	px, py := n.place(i)
	for _, a := range n.anchors {
		if dx, dy := px-a.x, py-a.y; dx*dx+dy*dy < 16 {
			sum += 3 / (1 + dx*dx + dy*dy)
		}
	}
	return sum
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

package grid

import (
	"math"

	"promobot/qr/internal/gray"
)

// fourth finds the corner that no finder marks: of the views that leave the
// three finders where they are the one whose known modules agree best. In steep
// perspective the parallelogram of the finders ends many modules beside it.
func (g Grid) fourth(p *gray.Plane, known []Module) (Grid, float64) {
	const reach, coarse, fine = 9, 1.5, 0.3 // modules
	far := float64(g.Dimension) - 3.5
	from := [4]gray.Point{{X: 3.5, Y: 3.5}, {X: far, Y: 3.5}, {X: far, Y: far}, {X: 3.5, Y: far}}
	var to [4]gray.Point
	for i, c := range from {
		to[i] = g.Place(c.X, c.Y)
	}
	start, best, score := to[2], g, math.Inf(-1)
	judges := thinned(known)
	try := func(dx, dy float64) bool {
		moved := to
		moved[2].X = start.X + (dx*(to[1].X-to[0].X)+dy*(to[3].X-to[0].X))/(far-3.5)
		moved[2].Y = start.Y + (dx*(to[1].Y-to[0].Y)+dy*(to[3].Y-to[0].Y))/(far-3.5)
		next := Grid{Dimension: g.Dimension, View: QuadToQuad(from, moved)}
		a := Agreement(p, next, judges)
		if a > score {
			best, score = next, a
			return true
		}
		return false
	}
	var at gray.Point
	for dy := -float64(reach); dy <= reach; dy += coarse {
		for dx := -float64(reach); dx <= reach; dx += coarse {
			if try(dx, dy) {
				at = gray.Point{X: dx, Y: dy}
			}
		}
	}
	judges, score = known, Agreement(p, best, known)
	for step := coarse / 2; step > fine; step /= 2 {
		middle := at
		for i := range 9 {
			dx, dy := middle.X+float64(i%3-1)*step, middle.Y+float64(i/3-1)*step
			if try(dx, dy) {
				at = gray.Point{X: dx, Y: dy}
			}
		}
	}
	return best, score
}

// thinned leaves every other module of the finders out: these move least.
func thinned(known []Module) []Module {
	few := make([]Module, 0, len(known))
	const finders = 3 * 8 * 8
	for i, m := range known {
		if i >= finders || (m.X+m.Y)%2 == 0 {
			few = append(few, m)
		}
	}
	return few
}

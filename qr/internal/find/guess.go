package find

import (
	"math"

	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
)

// guess is a flat grid with what speaks for it.
type guess struct {
	grid.Homography // from modules to pixels of the picture
	dimension       int
	score           float32
}

// square is the guess through four places where the middles of finders are, or
// would be: clockwise from the top left.
func square(dimension int, middles [4]gray.Point) guess {
	far := float64(dimension) - 3.5
	from := [4]gray.Point{{X: 3.5, Y: 3.5}, {X: far, Y: 3.5}, {X: far, Y: far}, {X: 3.5, Y: far}}
	return guess{Homography: grid.QuadToQuad(from, middles), dimension: dimension}
}

// between is the guess whose outer corners are given.
func between(dimension int, corners [4]gray.Point) guess {
	return guess{Homography: grid.Between(dimension, corners).View, dimension: dimension}
}

// outline is the four outer corners, clockwise from the top left.
func (g guess) outline() [4]gray.Point {
	return grid.Grid{Dimension: g.dimension, View: g.Homography}.Outline()
}

// sound reports that the outline goes round clockwise, is convex and not
// foreshortened beyond reading.
func (g guess) sound() bool {
	c := g.outline()
	least, most := math.Inf(1), 0.0
	for i := range c {
		a, b := minus(c[(i+1)%4], c[i]), minus(c[(i+2)%4], c[(i+1)%4])
		side, area := dot(a, a), cross(a, b)
		if !(area > 0 && area*area > 0.3*0.3*side*dot(b, b)) {
			return false
		}
		least, most = min(least, side), max(most, side)
	}
	return most < 4*4*least && most < 1e5*1e5
}

// module is the mean side of a module in pixels.
func (g guess) module() float64 {
	c := g.outline()
	return math.Sqrt(math.Abs(cross(minus(c[2], c[0]), minus(c[3], c[1])))/2) / float64(g.dimension)
}

// overlaps reports that two guesses say different things of one place.
func (g guess) overlaps(other guess) bool {
	a, b := g.middle(), other.middle()
	side := min(g.module()*float64(g.dimension), other.module()*float64(other.dimension))
	return math.Hypot(a.X-b.X, a.Y-b.Y) < side/2
}

func (g guess) middle() gray.Point {
	return g.Apply(gray.Point{X: float64(g.dimension) / 2, Y: float64(g.dimension) / 2})
}

// apart is the farthest distance of two corners of the same name, in modules.
func (g guess) apart(other guess) float64 {
	a, b := g.outline(), other.outline()
	most := 0.0
	for i := range a {
		most = max(most, math.Hypot(a[i].X-b[i].X, a[i].Y-b[i].Y))
	}
	return most / g.module()
}

func gridOf(g guess) grid.Grid {
	return grid.Grid{Dimension: g.dimension, View: g.Homography}
}

// stands reports that one of the guess's finders lies in an outline.
func (g guess) stands(outline [4]gray.Point) bool {
	far := float64(g.dimension) - 3.5
	return inside(g.Apply(gray.Point{X: 3.5, Y: 3.5}), outline) ||
		inside(g.Apply(gray.Point{X: far, Y: 3.5}), outline) || inside(g.Apply(gray.Point{X: 3.5, Y: far}), outline)
}

// in reports that the middle of the spot lies in an outline.
func (s spot) in(outline [4]gray.Point) bool {
	return inside(gray.Point{X: s.x * s.on.scale, Y: s.y * s.on.scale}, outline)
}

// inside reports that a point lies in a convex quadrilateral.
func inside(p gray.Point, q [4]gray.Point) bool {
	left, right := false, false
	for i := range q {
		side := cross(minus(q[(i+1)%4], q[i]), minus(p, q[i]))
		left, right = left || side < 0, right || side > 0
	}
	return left != right
}

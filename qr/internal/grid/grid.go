// Package grid says where the modules of a symbol lie in a picture, and moves
// a guess until it agrees with the patterns that every symbol has.
//
// Places within a symbol are counted in modules from its top left corner: the
// middle of the first module is (0.5, 0.5).
package grid

import (
	"math"

	"promobot/qr/internal/gray"
)

// Grid places the modules of one symbol in a plane.
type Grid struct {
	Dimension int // modules a side: 21, 25 … 177
	View      Homography
	Bend      *Bend // nil: the paper is flat
}

// Between is the flat grid whose outer corners are given: top left, top right,
// bottom right, bottom left.
func Between(dimension int, corners [4]gray.Point) Grid {
	d := float64(dimension)
	square := [4]gray.Point{{X: 0, Y: 0}, {X: d, Y: 0}, {X: d, Y: d}, {X: 0, Y: d}}
	return Grid{Dimension: dimension, View: QuadToQuad(square, corners)}
}

// Place is where a point of the symbol lies in the plane, in pixels.
func (g Grid) Place(x, y float64) gray.Point {
	if g.Bend != nil {
		by := g.Bend.At(x, y)
		x, y = x+by.X, y+by.Y
	}
	return g.View.Apply(gray.Point{X: x, Y: y})
}

// PlaceRow places points of a row, step modules apart from (x, y) on.
func (g Grid) PlaceRow(places []gray.Point, x, y, step float64) {
	if g.Bend == nil {
		for i := range places {
			places[i] = g.View.Apply(gray.Point{X: x + float64(i)*step, Y: y})
		}
		return
	}
	bend := g.Bend
	r, fy := bend.cell((y - 0.5) / bend.Step)
	upper, lower := bend.By[r*bend.Knots:][:bend.Knots], bend.By[(r+1)*bend.Knots:][:bend.Knots]
	knots, by := -1, [2]gray.Point{}
	for i := range places {
		px := x + float64(i)*step
		c, fx := bend.cell((px - 0.5) / bend.Step)
		if c != knots {
			by[0], by[1], knots = mix(upper[c], lower[c], fy), mix(upper[c+1], lower[c+1], fy), c
		}
		off := mix(by[0], by[1], fx)
		places[i] = g.View.Apply(gray.Point{X: px + off.X, Y: y + off.Y})
	}
}

// Outline is the four outer corners in the plane, in the order of Between.
func (g Grid) Outline() [4]gray.Point {
	d := float64(g.Dimension)
	return [4]gray.Point{g.Place(0, 0), g.Place(d, 0), g.Place(d, d), g.Place(0, d)}
}

// Near reports that two grids have as many modules and lie within a distance of
// each other, in modules, at the corners and in the middle.
func (g Grid) Near(other Grid, modules float64) bool {
	if g.Dimension != other.Dimension {
		return false
	}
	d := float64(g.Dimension)
	module := distance(g.Place(0, 0), g.Place(d, d)) / (d * math.Sqrt2)
	for _, at := range [5]gray.Point{{}, {X: d}, {X: d, Y: d}, {Y: d}, {X: d / 2, Y: d / 2}} {
		if distance(g.Place(at.X, at.Y), other.Place(at.X, at.Y)) > modules*module {
			return false
		}
	}
	return true
}

func distance(a, b gray.Point) float64 { return math.Hypot(a.X-b.X, a.Y-b.Y) }

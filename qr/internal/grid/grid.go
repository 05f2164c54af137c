// Package grid says where the modules of a symbol lie in a picture, and moves
// a guess until it agrees with the patterns that every symbol has.
//
// Places within a symbol are counted in modules from its top left corner: the
// middle of the first module is (0.5, 0.5).
package grid

import "promobot/qr/internal/gray"

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

// Outline is the four outer corners in the plane, in the order of Between.
func (g Grid) Outline() [4]gray.Point {
	d := float64(g.Dimension)
	return [4]gray.Point{g.Place(0, 0), g.Place(d, 0), g.Place(d, d), g.Place(0, d)}
}

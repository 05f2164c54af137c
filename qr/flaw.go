package qr

import (
	"math"

	"promobot/qr/internal/soft"
)

// Corner is a part of the symbol as it is seen in the upright picture.
type Corner string

// Corners. The lower right one of a symbol has no finder pattern; it is named
// all the same.
const (
	CornerNone        Corner = ""
	CornerTopLeft     Corner = "top_left"
	CornerTopRight    Corner = "top_right"
	CornerBottomLeft  Corner = "bottom_left"
	CornerBottomRight Corner = "bottom_right"
)

// Flaw is where a picture shows what its hint complains of.
type Flaw struct {
	// Corner is the one that is missing, blurred or glaring most; CornerNone when
	// all of the code is alike, or nothing is known.
	Corner Corner
	// Code is the outline of the likeliest symbol, Area that of the flaw in it, in
	// pixels of the upright picture; all zero when unknown. They may lie partly
	// outside of the picture.
	Code, Area [4]Point
}

const (
	cornerShare = 0.4  // of a side that counts as a corner
	standsOut   = 0.12 // by which the worst corner must be worse than the next
)

// flaw looks for the corner that says least.
func (h *hunt) flaw(g ghost, hint Hint) Flaw {
	f := Flaw{Code: corners(g.plane, g.grid, false)}
	f.Area = f.Code
	d := g.grid.Dimension
	side := int(cornerShare * float64(d))
	bad := h.badness(g, hint)
	worst, next, at := 0.0, 0.0, [2]int{}
	for _, from := range [4][2]int{{0, 0}, {d - side, 0}, {d - side, d - side}, {0, d - side}} {
		sum := 0.0
		for i := range side * side {
			sum += bad[(from[1]+i/side)*d+from[0]+i%side]
		}
		switch share := sum / float64(side*side); {
		case share > worst:
			worst, next, at = share, worst, from
		case share > next:
			next = share
		}
	}
	if worst-next < standsOut {
		return f
	}
	f.Area = h.area(g, at, side)
	f.Corner = cornerOf(middle(f.Area), middle(f.Code))
	return f
}

// badness is 0…1 for each module: whether it is what the hint complains of.
func (h *hunt) badness(g ghost, hint Hint) []float64 {
	d := g.grid.Dimension
	bad := make([]float64, d*d)
	switch hint {
	case HintCut:
		for i := range bad {
			at := g.plane.ToPicture.Apply(g.grid.Place(float64(i%d)+0.5, float64(i/d)+0.5))
			if h.outside(at, 0) {
				bad[i] = 1
			}
		}
	case HintGlare:
		for i, covered := range g.glaring() {
			if covered {
				bad[i] = 1
			}
		}
	default:
		for i, l := range g.dark {
			bad[i] = 1 - soft.Expected(l)
		}
	}
	return bad
}

func (h *hunt) area(g ghost, from [2]int, side int) (quad [4]Point) {
	for i, by := range [4][2]int{{0, 0}, {side, 0}, {side, side}, {0, side}} {
		quad[i] = g.plane.ToPicture.Apply(g.grid.Place(float64(from[0]+by[0]), float64(from[1]+by[1])))
	}
	return quad
}

func middle(quad [4]Point) Point { return Code{Corners: quad}.middle() }

// cornerOf names a corner as it is seen: a symbol that lies turned by less than
// an eighth keeps its own corners, a diamond has none that is clearly upper left.
func cornerOf(at, middle Point) Corner {
	right, below := at.X > middle.X, at.Y > middle.Y
	dx, dy := math.Abs(at.X-middle.X), math.Abs(at.Y-middle.Y)
	switch {
	case min(dx, dy) < 0.2*max(dx, dy):
		return CornerNone
	case right && below:
		return CornerBottomRight
	case right:
		return CornerTopRight
	case below:
		return CornerBottomLeft
	}
	return CornerTopLeft
}

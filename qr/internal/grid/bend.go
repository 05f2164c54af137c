package grid

import "promobot/qr/internal/gray"

// Bend is a smooth displacement of a flat grid, for paper that is not flat. It
// is given in modules at the knots of a square net from the middle of the first
// module to that of the last, and bilinear between them: (x, y) of the symbol
// lies where the flat grid has (x, y) and the displacement.
type Bend struct {
	Knots int          // a side, at least 2
	Step  float64      // from knot to knot, in modules
	By    []gray.Point // row by row
}

// At is the displacement at a place of the symbol; outside of the net it is
// that of its edge.
func (b *Bend) At(x, y float64) gray.Point {
	c, fx := b.cell((x - 0.5) / b.Step)
	r, fy := b.cell((y - 0.5) / b.Step)
	upper, lower := b.By[r*b.Knots+c:], b.By[(r+1)*b.Knots+c:]
	return mix(mix(upper[0], upper[1], fx), mix(lower[0], lower[1], fx), fy)
}

// mix is f of the way from p to q.
func mix(p, q gray.Point, f float64) gray.Point {
	return gray.Point{X: p.X + (q.X-p.X)*f, Y: p.Y + (q.Y-p.Y)*f}
}

func (b *Bend) cell(at float64) (int, float64) {
	at = min(max(at, 0), float64(b.Knots-1))
	i := min(int(at), b.Knots-2)
	return i, at - float64(i)
}

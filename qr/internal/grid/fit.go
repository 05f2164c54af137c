package grid

import (
	"math"

	"promobot/qr/internal/gray"
)

// Fitted moves the four corners of a guess until its finders, separators,
// timing rows and alignment pattern, which are the same in every symbol of
// that size, agree best with the grey of the plane. It helps where perspective
// or a bent sheet put the first guess a module off. The agreement of what came
// out, −1…1, tells how far it may be believed.
func (g Grid) Fitted(p *gray.Plane) (Grid, float64) {
	known := Known(g.Dimension)
	corners := g.Outline()
	best := Agreement(p, g, known)
	side := math.Hypot(corners[1].X-corners[0].X, corners[1].Y-corners[0].Y)
	for step := side / float64(g.Dimension); step > side/float64(g.Dimension)/8; step /= 2 {
		for improved, round := true, 0; improved && round < 6; round++ {
			improved = false
			for i := range 8 {
				for _, by := range []float64{step, -step} {
					moved := corners
					moved[i/2] = nudged(moved[i/2], i%2 == 0, by)
					next := Between(g.Dimension, moved)
					if score := Agreement(p, next, known); score > best {
						g, corners, best, improved = next, moved, score, true
					}
				}
			}
		}
	}
	return g, best
}

func nudged(p gray.Point, sideways bool, by float64) gray.Point {
	if sideways {
		p.X += by
		return p
	}
	p.Y += by
	return p
}

// Agreement is the correlation of the known modules with the plane: 1 when
// every dark module is darker than every light one and all else is even.
func Agreement(p *gray.Plane, g Grid, known []Module) float64 {
	var all, squares, product, darks int
	h := g.View
	w, right, bottom := p.W, float64(p.W-1), float64(p.H-1)
	for i := range known {
		m := &known[i]
		x, y := float64(m.X)+0.5, float64(m.Y)+0.5
		if g.Bend != nil {
			by := g.Bend.At(x, y)
			x, y = x+by.X, y+by.Y
		}
		// Place and grey, written out: thousands of guesses are judged.
		far := 1 / (h.G*x + h.H*y + h.I)
		px, py := (h.A*x+h.B*y+h.C)*far-0.5, (h.D*x+h.E*y+h.F)*far-0.5
		v := 128
		if px >= 0 && py >= 0 && px < right && py < bottom {
			fx, fy := int(px*256), int(py*256)
			at := fy>>8*w + fx>>8
			upper, lower := p.Pix[at:at+2], p.Pix[at+w:at+w+2]
			fx, fy = fx&255, fy&255
			a := int(upper[0])<<8 + (int(upper[1])-int(upper[0]))*fx
			b := int(lower[0])<<8 + (int(lower[1])-int(lower[0]))*fx
			v = (a<<8 + (b-a)*fy) >> 16
		}
		all += v
		squares += v * v
		if m.Dark {
			product += v
			darks++
		}
	}
	n, dark, sum := float64(len(known)), float64(darks), float64(all)
	spread := math.Sqrt((float64(squares) - sum*sum/n) * dark * (n - dark) / n)
	if spread == 0 || math.IsNaN(spread) {
		return -1
	}
	return (sum*dark/n - float64(product)) / spread
}

// grey is gray.Plane.At, without its care for places left of 0: by far the most
// that is asked for lies inside.
func grey(p *gray.Plane, x, y float64) int {
	if !(x >= 0 && y >= 0 && x < float64(p.W-1) && y < float64(p.H-1)) {
		return 128
	}
	left, top := int(x), int(y)
	fx, fy := int((x-float64(left))*256), int((y-float64(top))*256)
	at := top*p.W + left
	upper, lower := p.Pix[at:at+2], p.Pix[at+p.W:at+p.W+2]
	a := int(upper[0])*(256-fx) + int(upper[1])*fx
	b := int(lower[0])*(256-fx) + int(lower[1])*fx
	return (a*(256-fy) + b*fy) >> 16
}

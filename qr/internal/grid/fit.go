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
	var sum, squares, product, dark float64
	for _, m := range known {
		at := g.Place(float64(m.X)+0.5, float64(m.Y)+0.5)
		v := float64(p.At(at.X-0.5, at.Y-0.5))
		sum += v
		squares += v * v
		if m.Dark {
			product += v
			dark++
		}
	}
	n := float64(len(known))
	spread := math.Sqrt((squares - sum*sum/n) * dark * (n - dark) / n)
	if spread == 0 || math.IsNaN(spread) {
		return -1
	}
	return (sum*dark/n - product) / spread
}

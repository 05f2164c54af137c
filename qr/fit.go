package qr

import (
	"math"

	"github.com/makiuchi-d/gozxing/common"
)

// fitted moves the four corners of a guess until its finders, separators,
// timing rows and alignment pattern, which are the same in every symbol of
// that size, agree best with the grey of the plane. It helps where perspective
// or a bent sheet put the first guess a module off. The agreement of what came
// out, −1…1, tells how far it may be believed.
func (g grid) fitted(p *plane) (grid, float64) {
	known := knownModules(g.dimension)
	corners := g.outline()
	best := agreement(p, g, known)
	side := math.Hypot(corners[1].X-corners[0].X, corners[1].Y-corners[0].Y)
	for step := side / float64(g.dimension); step > side/float64(g.dimension)/8; step /= 2 {
		for improved, round := true, 0; improved && round < 6; round++ {
			improved = false
			for i := range 8 {
				for _, by := range []float64{step, -step} {
					moved := corners
					moved[i/2] = nudged(moved[i/2], i%2 == 0, by)
					next := between(g.dimension, moved)
					if score := agreement(p, next, known); score > best {
						g, corners, best, improved = next, moved, score, true
					}
				}
			}
		}
	}
	return g, best
}

func nudged(p Point, sideways bool, by float64) Point {
	if sideways {
		p.X += by
		return p
	}
	p.Y += by
	return p
}

// outline is the four outer corners of the grid in the plane.
func (g grid) outline() [4]Point {
	d := float64(g.dimension)
	return [4]Point{g.place(0, 0), g.place(d, 0), g.place(d, d), g.place(0, d)}
}

// between is the grid whose outer corners are given.
func between(dimension int, c [4]Point) grid {
	d := float64(dimension)
	return grid{dimension, common.PerspectiveTransform_QuadrilateralToQuadrilateral(
		0, 0, d, 0, d, d, 0, d,
		c[0].X, c[0].Y, c[1].X, c[1].Y, c[2].X, c[2].Y, c[3].X, c[3].Y)}
}

// agreement is the correlation of the known modules with the plane: 1 when
// every dark module is darker than every light one and all else is even.
func agreement(p *plane, g grid, known []module) float64 {
	var sum, squares, product, dark float64
	at := make([]float64, 2*len(known))
	for i, m := range known {
		at[2*i], at[2*i+1] = float64(m.x)+0.5, float64(m.y)+0.5
	}
	g.fromUnits.TransformPoints(at)
	for i, m := range known {
		v := float64(p.at(at[2*i]-0.5, at[2*i+1]-0.5))
		sum += v
		squares += v * v
		if m.dark {
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

package find

import (
	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
)

// fitted moves a guess until it agrees best with what is seen, first as a
// whole, then corner by corner.
func (e eye) fitted(g guess) guess {
	g.score = e.worth(g)
	module := g.module()
	for _, step := range []float64{0.8, 0.4, 0.2, 0.1} {
		for improved, round := true, 0; improved && round < 4; round++ {
			improved = false
			for _, move := range moves {
				for _, by := range []float64{step * module, -step * module} {
					if next := g.moved(move, by); next.sound() {
						if next.score = e.worth(next); next.score > g.score {
							g, improved = next, true
							break
						}
					}
				}
			}
		}
	}
	g.score = e.known(g.Homography) * 0.7
	c, v := e.lattice(g.Homography, 0.5), e.lattice(g.Homography, 1)
	g.score += 0.6 * (c - v) / (c + v + 0.1)
	return g
}

func (e eye) worth(g guess) float32 {
	return e.known(g.Homography) + 0.5*e.lattice(g.Homography, 0.5)
}

// moves shift the four corners by these shares of a step, across and down.
var moves = [][4]gray.Point{
	{{X: 1}, {X: 1}, {X: 1}, {X: 1}}, {{Y: 1}, {Y: 1}, {Y: 1}, {Y: 1}}, // shift
	{{X: -1}, {X: 1}, {X: 1}, {X: -1}}, {{Y: -1}, {Y: 1}, {Y: 1}, {Y: -1}}, // stretch and shear along
	{{X: -1}, {X: -1}, {X: 1}, {X: 1}}, {{Y: -1}, {Y: -1}, {Y: 1}, {Y: 1}},
	{{X: 1}, {}, {}, {}}, {{Y: 1}, {}, {}, {}}, // single corners
	{{}, {X: 1}, {}, {}}, {{}, {Y: 1}, {}, {}},
	{{}, {}, {X: 1}, {}}, {{}, {}, {Y: 1}, {}},
	{{}, {}, {}, {X: 1}}, {{}, {}, {}, {Y: 1}},
}

func (g guess) moved(move [4]gray.Point, by float64) guess {
	c := g.outline()
	for i := range c {
		c[i] = plus(c[i], scaled(move[i], by))
	}
	return guess{Homography: grid.Between(g.dimension, c).View, dimension: g.dimension}
}

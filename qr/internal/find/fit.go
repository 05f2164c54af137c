package find

import (
	"promobot/qr/internal/gray"
)

// coarse moves a guess until what must be there agrees best with what is seen.
func (e eye) coarse(g guess) guess {
	return g.climbed([]float64{0.8, 0.4}, func(g guess) float32 { return e.near(g.Homography) })
}

// fine moves a guess until every module stands out best, whatever it says.
func (e eye) fine(g guess) guess {
	return g.climbed([]float64{0.4, 0.2, 0.1}, func(g guess) float32 {
		return e.known(g.Homography) + 0.5*e.lattice(g.Homography, 0.5)
	})
}

// total is what ranks a fitted guess against others: 1 for a clear symbol. A
// small one agrees by chance more easily than a large one.
func (e eye) total(g guess) float32 {
	middles, edges := e.lattice(g.Homography, 0.5), e.lattice(g.Homography, 1)
	trust := 1.24 * float32(e.dimension) / float32(e.dimension+8)
	return trust * (0.7*e.known(g.Homography) + 0.6*(middles-edges)/(middles+edges+0.1))
}

// climbed moves all corners together and one by one, by these shares of a
// module, as long as that is better.
func (g guess) climbed(steps []float64, worth func(guess) float32) guess {
	g.score = worth(g)
	module := g.module()
	for _, step := range steps {
		for improved, round := true, 0; improved && round < 4; round++ {
			improved = false
			for _, move := range moves {
				for _, by := range []float64{step * module, -step * module} {
					next := g.moved(move, by)
					if !next.sound() {
						continue
					}
					if next.score = worth(next); next.score > g.score {
						g, improved = next, true
						break
					}
				}
			}
		}
	}
	return g
}

// moves shift the four corners by these shares of a step, across and down: all
// of them, those of one side, one alone.
var moves = [][4]gray.Point{
	{{X: 1}, {X: 1}, {X: 1}, {X: 1}}, {{Y: 1}, {Y: 1}, {Y: 1}, {Y: 1}},
	{{X: 1}, {X: 1}, {}, {}}, {{Y: 1}, {Y: 1}, {}, {}},
	{{}, {X: 1}, {X: 1}, {}}, {{}, {Y: 1}, {Y: 1}, {}},
	{{}, {}, {X: 1}, {X: 1}}, {{}, {}, {Y: 1}, {Y: 1}},
	{{X: 1}, {}, {}, {X: 1}}, {{Y: 1}, {}, {}, {Y: 1}},
	{{X: 1}, {}, {}, {}}, {{Y: 1}, {}, {}, {}},
	{{}, {X: 1}, {}, {}}, {{}, {Y: 1}, {}, {}},
	{{}, {}, {X: 1}, {}}, {{}, {}, {Y: 1}, {}},
	{{}, {}, {}, {X: 1}}, {{}, {}, {}, {Y: 1}},
}

func (g guess) moved(move [4]gray.Point, by float64) guess {
	c := g.outline()
	for i := range c {
		c[i] = plus(c[i], scaled(move[i], by))
	}
	return between(g.dimension, c)
}

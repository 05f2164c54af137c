package find

import (
	"promobot/qr/internal/gray"
)

// coarse moves a guess until what must be there agrees best with what is seen.
func (e eye) coarse(g guess) guess {
	return g.climbed([]float64{0.8, 0.4}, func(g guess) float32 { return e.near(g.Homography) })
}

// fine moves a guess until every module stands out best, whatever it says. Half a
// module is near enough: whoever reads it bends the grid anyway.
func (e eye) fine(g guess) guess {
	return g.climbed([]float64{0.4, 0.2}, func(g guess) float32 {
		return e.known(g.Homography) + 0.5*e.lattice(g.Homography, 0.5)
	})
}

// exact moves the likeliest guess once more.
func (e eye) exact(g guess) guess {
	return g.climbed([]float64{0.2, 0.1}, func(g guess) float32 {
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

// climbed moves all corners together, by sides and one by one, by these shares
// of a module, as long as that is better.
func (g guess) climbed(steps []float64, worth func(guess) float32) guess {
	const rounds, worthwhile = 5, 0.002
	g.score = worth(g)
	module := g.module()
	for _, step := range steps {
		for range rounds {
			before := g
			g = g.round(step*module, worth)
			if g.score < before.score+worthwhile {
				break
			}
			g = g.onward(before, worth)
		}
	}
	return g
}

// round tries each move both ways.
func (g guess) round(step float64, worth func(guess) float32) guess {
	for _, move := range moves {
		for _, by := range []float64{step, -step} {
			if next := g.moved(move, by); next.sound() {
				if next.score = worth(next); next.score > g.score {
					g = next
					break
				}
			}
		}
	}
	return g
}

// onward goes as far again as from an earlier guess (R. Hooke and T. Jeeves,
// Direct Search Solution, 1961): along a ridge single moves hardly climb.
func (g guess) onward(before guess, worth func(guess) float32) guess {
	c, from := g.outline(), before.outline()
	for i := range c {
		c[i] = plus(c[i], minus(c[i], from[i]))
	}
	next := between(g.dimension, c)
	if !next.sound() {
		return g
	}
	if next.score = worth(next); next.score > g.score {
		return next
	}
	return g
}

// moves shift the four corners by these shares of a step, across and down: all
// of them, those of one side, one alone, also
// aslant.
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
	{{X: 1, Y: 1}, {}, {}, {}}, {{X: 1, Y: -1}, {}, {}, {}},
	{{}, {X: 1, Y: 1}, {}, {}}, {{}, {X: 1, Y: -1}, {}, {}},
	{{}, {}, {X: 1, Y: 1}, {}}, {{}, {}, {X: 1, Y: -1}, {}},
	{{}, {}, {}, {X: 1, Y: 1}}, {{}, {}, {}, {X: 1, Y: -1}},
}

func (g guess) moved(move [4]gray.Point, by float64) guess {
	c := g.outline()
	for i := range c {
		c[i] = plus(c[i], scaled(move[i], by))
	}
	return between(g.dimension, c)
}

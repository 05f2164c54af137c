package find

import (
	"sync"

	"promobot/qr/internal/grid"
)

// pattern is what a symbol of one size always shows.
type pattern struct{ marks, few marks }

// marks are middles of modules whose colour is known.
type marks struct {
	list    []mark
	weights int // of all
}

// mark is the middle of a module; light ones weigh above 0, dark ones below.
type mark struct {
	x, y   float32
	weight int32
	heft   int32 // the weight without its sign
}

func (k *marks) add(x, y float64, dark bool, heft int32) {
	m := mark{float32(x), float32(y), heft, heft}
	if dark {
		m.weight = -heft
	}
	k.list = append(k.list, m)
	k.weights += int(heft)
}

// patterns are made once for all searches.
var patterns [(177-21)/4 + 1]struct {
	once sync.Once
	pattern
}

func patternOf(dimension int) *pattern {
	p := &patterns[(dimension-21)/4]
	p.once.Do(func() { p.pattern = newPattern(dimension) })
	return &p.pattern
}

// newPattern adds to the modules that the standard fixes the white around. Of
// finders every other module is enough.
func newPattern(dimension int) (p pattern) {
	add := func(x, y float64, dark bool, heft int32) {
		if len(p.marks.list)%3 == 0 { // a third of them, everywhere
			p.few.add(x, y, dark, heft)
		}
		p.marks.add(x, y, dark, heft)
	}
	for _, m := range grid.Known(dimension) {
		heft := int32(1)
		if inFinder(m, dimension) {
			if (m.X+m.Y)%2 == 1 {
				continue
			}
			heft = 2
		}
		add(float64(m.X)+0.5, float64(m.Y)+0.5, m.Dark, heft)
	}
	d := float64(dimension)
	for i := 0.5; i < d; i += 2 {
		add(i, -1, false, 1)
		add(i, d+1, false, 1)
		add(-1, i, false, 1)
		add(d+1, i, false, 1)
	}
	return p
}

// finderPattern is a finder in the first corner with the light around it.
var finderPattern = sync.OnceValue(func() *pattern {
	p := &pattern{}
	for _, m := range grid.Known(21)[:3*64] {
		if m.X < 8 && m.Y < 8 {
			p.marks.add(float64(m.X)+0.5, float64(m.Y)+0.5, m.Dark, 1)
		}
	}
	return p
})

func inFinder(m grid.Module, dimension int) bool {
	far := dimension - 8
	return m.X < 8 && m.Y < 8 || m.X >= far && m.Y < 8 || m.X < 8 && m.Y >= far
}

// eye looks at one symbol: the relief that shows its modules a few pixels wide,
// and what it should show.
type eye struct {
	*relief
	*pattern
	dimension int
}

func (s *Search) eye(g guess) eye { return eye{s.levelOf(g), patternOf(g.dimension), g.dimension} }

func (s *Search) levelOf(g guess) *relief {
	const wide = 4.5 // pixels a module, from which half of it shows as much
	module, level := g.module(), 0
	for ; level+1 < len(s.levels) && module/s.levels[level].scale >= wide; level++ {
	}
	return s.levels[level]
}

// known is the correlation of what must be there with what is seen: 1 for clear
// print of any contrast, 0 for anything else.
func (e eye) known(m grid.Homography) float32 {
	l, product, squares := e.lens(m, half), 0, 0
	for i := range e.marks.list {
		k := &e.marks.list[i]
		v := e.lerp(l.at(k.x, k.y))
		product += int(k.weight) * v
		squares += int(k.heft) * v * v
	}
	return correlation(product, squares, e.marks.weights, unit*finer)
}

// near is known by the nearest pixels: a third of its cost.
func (e eye) near(m grid.Homography) float32 { return e.nearest(m, &e.marks) }

// glance is near by a third of the marks.
func (e eye) glance(m grid.Homography) float32 { return e.nearest(m, &e.few) }

func (e eye) nearest(m grid.Homography, k *marks) float32 {
	l, product, squares := e.lens(m, 0), 0, 0
	for i := range k.list {
		k := &k.list[i]
		v := e.pixel(l.at(k.x, k.y))
		product += int(k.weight) * v
		squares += int(k.heft) * v * v
	}
	return correlation(product, squares, k.weights, unit)
}

// correlation is of signs with values that are one deviation at unit.
func correlation(product, squares, weights int, unit float32) float32 {
	const even = 1.0 / 3 // contrast below which agreement means little
	least := even * even * unit * unit
	return float32(product) / root(float32(weights)*(float32(squares)+least*float32(weights)))
}

// lattice is the mean square of the contrast in the middles of a third of the
// modules. It is largest where the grid's rows are those of the print, whatever
// it says.
func (e eye) lattice(m grid.Homography, shift float32) float32 {
	l := e.lens(m, half)
	sum, n := 0, 0
	for row := range e.dimension {
		y := float32(row) + shift
		for x := row % 3; x < e.dimension; x += 3 {
			v := e.lerp(l.at(float32(x)+shift, y))
			sum += v * v
			n++
		}
	}
	const one = unit * finer
	return float32(sum) / (float32(n) * one * one)
}

// lens maps modules to places of a relief in parts of a pixel, from the corner
// of its rim.
type lens struct{ a, b, c, d, e, f, g, h, i float32 }

// lens is set back by so many parts of a pixel.
func (r *relief) lens(m grid.Homography, back float64) lens {
	by, add := parts/r.scale, rim*parts-back
	return lens{
		float32(m.A*by + m.G*add), float32(m.B*by + m.H*add), float32(m.C*by + m.I*add),
		float32(m.D*by + m.G*add), float32(m.E*by + m.H*add), float32(m.F*by + m.I*add),
		float32(m.G), float32(m.H), float32(m.I),
	}
}

func (l *lens) at(x, y float32) (int, int) {
	w := 1 / (l.g*x + l.h*y + l.i)
	return int((l.a*x + l.b*y + l.c) * w), int((l.d*x + l.e*y + l.f) * w)
}

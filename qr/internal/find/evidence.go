package find

import (
	"promobot/qr/internal/grid"
)

// pattern is what a symbol of one size always shows.
type pattern struct {
	marks []mark
	few   []mark // every third of them
}

// mark is the middle of a module whose colour is known; light ones weigh
// above 0, dark ones below.
type mark struct {
	x, y   float64
	weight float32
}

// newPattern adds to the modules that the standard fixes the white around. Of
// finders every other module is enough.
func newPattern(dimension int) *pattern {
	p := &pattern{}
	add := func(x, y float64, weight float32) {
		if len(p.marks)%3 == 0 {
			p.few = append(p.few, mark{x, y, weight})
		}
		p.marks = append(p.marks, mark{x, y, weight})
	}
	for _, m := range grid.Known(dimension) {
		weight := float32(1)
		if inFinder(m, dimension) {
			if (m.X+m.Y)%2 == 1 {
				continue
			}
			weight = 2
		}
		if m.Dark {
			weight = -weight
		}
		add(float64(m.X)+0.5, float64(m.Y)+0.5, weight)
	}
	d := float64(dimension)
	for i := 0.5; i < d; i += 2 {
		add(i, -1, 1)
		add(i, d+1, 1)
		add(-1, i, 1)
		add(d+1, i, 1)
	}
	return p
}

// newFinderPattern is a finder in the first corner with the light around it.
func newFinderPattern() *pattern {
	p := &pattern{}
	for _, m := range grid.Known(21)[:3*64] {
		if m.X < 8 && m.Y < 8 {
			weight := float32(1)
			if m.Dark {
				weight = -1
			}
			p.marks = append(p.marks, mark{float64(m.X) + 0.5, float64(m.Y) + 0.5, weight})
		}
	}
	return p
}

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

func (s *Search) eye(g guess) eye {
	const wide = 4.5 // pixels a module, from which half of it shows as much
	module, level := g.module(), 0
	for ; level+1 < len(s.levels) && module/s.levels[level].scale >= wide; level++ {
	}
	if s.patterns[g.dimension] == nil {
		s.patterns[g.dimension] = newPattern(g.dimension)
	}
	return eye{s.levels[level], s.patterns[g.dimension], g.dimension}
}

// known is the correlation of what must be there with what is seen: 1 for clear
// print of any contrast, 0 for anything else.
func (e eye) known(m grid.Homography) float32 { return agreement(m, e.scale, e.marks, e.at) }

// near is known by the nearest pixels.
func (e eye) near(m grid.Homography) float32 { return agreement(m, e.scale, e.marks, e.relief.near) }

// glance is near by a third of the marks.
func (e eye) glance(m grid.Homography) float32 { return agreement(m, e.scale, e.few, e.relief.near) }

func agreement(m grid.Homography, scale float64, marks []mark, look func(x, y float64) float32) float32 {
	const even = 1.0 / 3 // contrast below which agreement means little
	m = zoomed(m, 1/scale)
	var product, squares, weights float32
	for _, k := range marks {
		w := 1 / (m.G*k.x + m.H*k.y + m.I)
		v := look((m.A*k.x+m.B*k.y+m.C)*w, (m.D*k.x+m.E*k.y+m.F)*w)
		weight := max(k.weight, -k.weight)
		product += k.weight * v
		squares += weight * v * v
		weights += weight
	}
	return product / root(weights*(squares+even*even*weights))
}

// lattice is the mean square of the contrast in the middles of a third of the
// modules. It is largest where the grid's rows are those of the print, whatever
// it says.
func (e eye) lattice(m grid.Homography, shift float64) float32 {
	m = zoomed(m, 1/e.scale)
	var sum float32
	n := 0
	for row := range e.dimension {
		y := float64(row) + shift
		for x := shift + float64(row%3); x < float64(e.dimension); x += 3 {
			w := 1 / (m.G*x + m.H*y + m.I)
			v := e.at((m.A*x+m.B*y+m.C)*w, (m.D*x+m.E*y+m.F)*w)
			sum += v * v
			n++
		}
	}
	return sum / float32(n)
}

func zoomed(m grid.Homography, by float64) grid.Homography {
	m.A, m.B, m.C = m.A*by, m.B*by, m.C*by
	m.D, m.E, m.F = m.D*by, m.E*by, m.F*by
	return m
}

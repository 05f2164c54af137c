package worn

import "math"

type vector struct{ x, y, z float64 }

func (a vector) add(b vector, t float64) vector { return vector{a.x + t*b.x, a.y + t*b.y, a.z + t*b.z} }
func (a vector) dot(b vector) float64           { return a.x*b.x + a.y*b.y + a.z*b.z }

func (a vector) cross(b vector) vector {
	return vector{a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x}
}

func (a vector) unit() vector {
	n := math.Sqrt(a.dot(a))
	return vector{a.x / n, a.y / n, a.z / n}
}

// A shape says where a place of the flat sheet is in space. Lengths are in
// samples, the middle of the code is the origin, y goes down the receipt and
// z away from the camera.
type shape struct {
	creases []crease
	bend    crease // its slope is what the sheet has turned a code's size away
	lumps   []lump
	size    float64
}

// A crease is a line at a distance from the origin; the paper rises on both
// sides of it.
type crease struct{ nx, ny, at, slope float64 }

func (c crease) off(x, y float64) float64 { return x*c.nx + y*c.ny - c.at }

// A lump is one scale of crumpling.
type lump struct {
	heights, aside, along field
	size, height          float64
}

func (s shape) at(x, y float64) vector {
	v := vector{x, y, 0}
	for _, c := range s.creases {
		off := c.off(x, y)
		v = v.add(vector{c.nx, c.ny, 0}, off*(math.Cos(c.slope)-1))
		v.z += math.Abs(off) * math.Sin(c.slope)
	}
	if turn := s.bend.slope; turn != 0 {
		radius, off := s.size/turn, s.bend.off(x, y)
		angle := clamp(off/radius, -0.5, 0.5)
		rest := off - radius*angle // straight on from there
		v = v.add(vector{s.bend.nx, s.bend.ny, 0}, radius*math.Sin(angle)+rest*math.Cos(angle)-off)
		v.z += radius*(1-math.Cos(angle)) + rest*math.Sin(angle)
	}
	for _, l := range s.lumps {
		u, w := x/l.size, y/l.size
		steep := l.height / l.size
		v.z += l.height * (l.heights.facets(u, w) - 0.5)
		// Paper that goes up and down is shorter, here more and there less.
		v.x += 2 * steep * l.height * (l.aside.facets(u, w) - 0.5)
		v.y += 2 * steep * l.height * (l.along.facets(u, w) - 0.5)
	}
	return v
}

func newShape(d dice, p *paper, c conditions) shape {
	a := d.between(0, 2*math.Pi)
	s := shape{size: p.code.size, bend: crease{math.Cos(a), math.Sin(a), d.between(-0.3, 0.3) * p.code.size, c.bend}}
	for range c.creases {
		s.creases = append(s.creases, newCrease(d, p, c))
	}
	for scale := 0.75; c.crumple > 0 && scale > 0.1; scale /= 2 {
		size := scale * d.between(0.8, 1.2) * p.code.size
		s.lumps = append(s.lumps, lump{d.field(), d.field(), d.field(), size, size * c.crumple})
	}
	return s
}

// newCrease folds the sheet along or across as hands do, not quite straight,
// and wears the ink off where it is folded.
func newCrease(d dice, p *paper, c conditions) crease {
	a := float64(d.IntN(2))*math.Pi/2 + d.between(-0.15, 0.15)
	if d.chance(0.25) {
		a = d.between(0, math.Pi)
	}
	fold := crease{math.Cos(a), math.Sin(a), d.between(-0.45, 0.45) * p.code.size, c.foldSlope * d.between(0.6, 1)}
	if d.chance(0.5) {
		fold.slope = -fold.slope
	}
	mx, my := p.code.middle()
	half, rough, patches := c.foldWear*p.code.module/2*d.between(0.6, 1.2), d.field(), d.field()
	p.all(func(i int, x, y float64) {
		off := math.Abs(fold.off(x-mx, y-my))
		if off < 2*half {
			edge := half * (0.5 + rough.clouds(x/5, y/5))
			p.rub(i, step(edge+1, edge-1, off)*step(0.15, 0.4, patches.clouds(x/30, y/30)))
		}
	})
	return fold
}

package worn

import "math"

// A frame is light as numbers, 1 being what a white paper gives in full light.
type frame struct {
	w, h int
	pix  [3][]float32
}

func newFrame(w, h int) *frame {
	f := &frame{w: w, h: h}
	for c := range f.pix {
		f.pix[c] = make([]float32, w*h)
	}
	return f
}

// expose lights the sheet on its table and lets the camera look.
func expose(d dice, p *paper, v *view, c conditions) *frame {
	f := newFrame(v.w*v.finer, v.h*v.finer)
	table(d, f, v.finer, c.oversize)
	covered := make([]bool, f.w*f.h)
	l := newLamp(d, v, c)
	v.draw(func(pixel int, at corner) {
		rgb, whole := p.reflects(at.u, at.v)
		if whole < 0.5 {
			return
		}
		covered[pixel] = true
		lit, shine := l.on(at)
		for k := range rgb {
			f.pix[k][pixel] = float32(rgb[k]*lit + shine)
		}
	})
	shadowOfSheet(d, f, v, covered)
	if c.finger {
		finger(d, f, v)
	}
	return f
}

// A lamp lights the sheet from a direction and shines in its gloss.
type lamp struct {
	from   vector  // the direction of the light that makes shades
	around float64 // the share that comes from everywhere
	flat   float64 // what a sheet that is not bent gets of from
	near   vector  // where the lamp stands that shines
	lens   vector
	gloss  float64
	narrow float64 // how narrow the shine is
}

// newLamp stands where the code, were it a mirror, would show it at a place
// on or near itself.
func newLamp(d dice, v *view, c conditions) lamp {
	normal := vector{-v.turn[0].z, -v.turn[1].z, -v.turn[2].z}
	a := d.between(0, 2*math.Pi)
	side := vector{math.Cos(a), math.Sin(a), -d.between(0.5, 1.2)}.unit()
	l := lamp{from: side, around: c.around, gloss: c.gloss, narrow: c.glossNarrow, lens: vector{0, 0, -v.away}}
	l.flat = max(normal.dot(side), 0.2)
	spot := v.look(v.p.code.x+d.between(0.1, 0.9)*v.p.code.size, v.p.code.y+d.between(0.1, 0.9)*v.p.code.size).space
	back := l.lens.add(spot, -1).unit()
	mirrored := vector{}.add(normal, 2*normal.dot(back)).add(back, -1)
	l.near = spot.add(mirrored, d.between(0.5, 1.5)*v.away)
	return l
}

// on returns how bright the paper is beside a flat sheet in full light, and
// the shine to add.
func (l lamp) on(at corner) (lit, shine float64) {
	normal := at.normal.unit()
	lit = l.around + (1-l.around)*max(normal.dot(l.from), 0)/l.flat
	if l.gloss > 0 {
		half := l.near.add(at.space, -1).unit().add(l.lens.add(at.space, -1).unit(), 1).unit()
		shine = l.gloss * math.Pow(max(normal.dot(half), 0), l.narrow)
	}
	return min(lit, 1.6), shine
}

// room makes the light of the whole picture uneven: brighter on a side, with
// the shadow of a hand or a shelf, darker in the corners; and it has a colour.
func room(d dice, f *frame, c conditions) {
	a, b := d.between(0, 2*math.Pi), d.between(0, 2*math.Pi)
	edge, soft := d.between(-0.25, 0.25), d.between(0.01, 0.12)
	colour := [3]float64{d.between(0.85, 1.1), d.between(0.95, 1), d.between(0.75, 1.1)}
	wave := d.field()
	for y := range f.h {
		for x := range f.w {
			u, v := float64(x)/float64(f.w)-0.5, float64(y)/float64(f.h)-0.5
			light := 1 + c.gradient*(u*math.Cos(a)+v*math.Sin(a))
			light *= 1 - 0.25*(u*u+v*v)
			off := u*math.Cos(b) + v*math.Sin(b) - edge + 0.15*(wave.at(5*u, 5*v)-0.5)
			light *= 1 - c.shadow*step(-soft, soft, off)
			for k := range f.pix {
				f.pix[k][y*f.w+x] *= float32(light * colour[k])
			}
		}
	}
}

package worn

import "math"

// table covers the frame with what receipts lie on, finer being the frame's
// pixels in a pixel of the sensor and unit those in one of the picture.
func table(d dice, f *frame, finer int, unit float64) {
	colour := [3]float64{d.between(0.03, 0.7), d.between(0.03, 0.6), d.between(0.03, 0.6)}
	cover := pick(d, wood, wood, cloth, stone, stone, squares, plain)(d)
	a, scale := d.between(0, math.Pi), d.between(0.7, 2)*unit
	for y := 0; y < f.h; y += finer {
		for x := 0; x < f.w; x += finer {
			u, v := float64(x/finer)/scale, float64(y/finer)/scale
			tone := cover(u*math.Cos(a)+v*math.Sin(a), v*math.Cos(a)-u*math.Sin(a))
			f.fill(x, y, finer, [3]float64{colour[0] * tone, colour[1] * tone, colour[2] * tone})
		}
	}
}

func (f *frame) fill(x, y, size int, rgb [3]float64) {
	for k := range f.pix {
		for j := y; j < y+size; j++ {
			for i := x; i < x+size; i++ {
				f.pix[k][j*f.w+i] = float32(rgb[k])
			}
		}
	}
}

func wood(d dice) func(x, y float64) float64 {
	rings, grain := d.field(), d.field()
	return func(x, y float64) float64 {
		ring := math.Sin(y/9 + 9*rings.clouds(x/260, y/60))
		return 0.75 + 0.2*ring + 0.3*(grain.at(x/30, y/1.5)-0.5)
	}
}

func cloth(d dice) func(x, y float64) float64 {
	wear, pitch := d.field(), d.between(3, 8)
	return func(x, y float64) float64 {
		return 0.7 + 0.2*math.Sin(2*math.Pi*x/pitch)*math.Sin(2*math.Pi*y/pitch) + 0.5*(wear.clouds(x/70, y/70)-0.5)
	}
}

func stone(d dice) func(x, y float64) float64 {
	veins, grain := d.field(), d.field()
	return func(x, y float64) float64 {
		vein := math.Abs(veins.clouds(x/90, y/90) - 0.5)
		return 0.7 + 0.5*step(0, 0.1, vein) + 0.3*(grain.at(x/1.7, y/1.7)-0.5)
	}
}

func squares(d dice) func(x, y float64) float64 {
	size, other := d.between(12, 60), d.between(0.2, 0.8)
	return func(x, y float64) float64 {
		if (int(math.Floor(x/size))+int(math.Floor(y/size)))&1 == 0 {
			return 1
		}
		return other
	}
}

func plain(d dice) func(x, y float64) float64 {
	clouds := d.field()
	return func(x, y float64) float64 { return 0.8 + 0.3*clouds.clouds(x/150, y/150) }
}

// shadowOfSheet darkens the table beside the paper, which never lies flat.
func shadowOfSheet(d dice, f *frame, v *view, covered []bool) {
	dx, dy := int(d.between(-9, 9))*v.finer, int(d.between(-9, 9))*v.finer
	depth := float32(d.between(0.3, 0.8))
	for i, on := range covered {
		x, y := i%f.w+dx, i/f.w+dy
		if on || x < 0 || y < 0 || x >= f.w || y >= f.h || !covered[y*f.w+x] {
			continue
		}
		for k := range f.pix {
			f.pix[k][i] *= depth
		}
	}
}

// finger holds the sheet from outside, up to the edge of the code.
func finger(d dice, f *frame, v *view) {
	a := d.between(0, 2*math.Pi)
	mx, my := v.p.code.middle()
	reach := v.p.code.size * d.between(0.5, 0.8)
	tip := v.look(mx+reach*math.Cos(a), my+reach*math.Sin(a))
	dx, dy := tip.x-v.x, tip.y-v.y
	norm := math.Hypot(dx, dy)
	dx, dy = dx/norm, dy/norm
	thick := norm * d.between(0.25, 0.45)
	skin := [3]float64{d.between(0.35, 0.75), 0, 0}
	skin[1], skin[2] = skin[0]*d.between(0.6, 0.75), skin[0]*d.between(0.45, 0.6)
	pores := d.field()
	for j := range f.h {
		for i := range f.w {
			x, y := (float64(i)+0.5)/float64(v.finer)-tip.x, (float64(j)+0.5)/float64(v.finer)-tip.y
			along, aside := x*dx+y*dy-thick, y*dx-x*dy
			if along < 0 { // the round end
				aside = math.Hypot(along, aside)
			}
			if r := math.Abs(aside) / thick; r < 1 {
				tone := (0.4 + 0.6*math.Sqrt(1-r*r)) * (0.9 + 0.2*pores.clouds(x/6, y/6))
				for k := range f.pix {
					f.pix[k][j*f.w+i] = float32(skin[k] * tone)
				}
			}
		}
	}
}

package worn

import "math"

var (
	blue   = [3]float64{0.12, 0.16, 0.6}
	violet = [3]float64{0.35, 0.15, 0.6}
	red    = [3]float64{0.75, 0.1, 0.14}
	dark   = [3]float64{0.07, 0.07, 0.09}
	green  = [3]float64{0.1, 0.45, 0.2}
)

// pen writes over the code or stamps it.
func pen(severity int) harm {
	return func(d dice, p *paper) {
		colour := pick(d, blue, blue, dark, dark, red, green)
		width := d.between(0.4, 0.6+0.3*float64(severity)) * p.code.module
		for range d.count([]int{1, 3, 6}[severity-1], []int{3, 6, 10}[severity-1]) {
			scribble(d, p, colour, width)
		}
		if d.chance(0.35) {
			seal(d, p, pick(d, blue, violet, red))
		}
	}
}

func scribble(d dice, p *paper, colour [3]float64, width float64) {
	s, press := strokeOver(d, p.code, d.between(0.1, 1)*p.code.size), d.field()
	s.draw(p, width/2+0.8, func(i int, beside, along float64) {
		p.darken(i, colour, step(width/2+0.8, width/2-0.8, beside)*(0.7+0.3*press.at(along/20, 0)))
	})
}

// seal stamps two rings with marks between, in ink that does not cover evenly.
func seal(d dice, p *paper, colour [3]float64) {
	radius := d.between(0.3, 0.6) * p.code.size
	x0, y0 := p.code.x+d.Float64()*p.code.size, p.code.y+d.Float64()*p.code.size
	patches, marks := d.field(), d.field()
	line, wet := d.between(0.5, 1)*p.code.module, d.between(0.4, 0.9)
	p.each(x0, y0, radius+line, func(i int, x, y float64) {
		r, a := math.Hypot(x-x0, y-y0), math.Atan2(y-y0, x-x0)
		ring := max(step(line, line/2, math.Abs(r-radius+line)), step(line, line/2, math.Abs(r-0.65*radius)))
		if r > 0.72*radius && r < 0.9*radius && marks.at(a*9, r/(0.1*radius)) > 0.55 {
			ring = 1
		}
		p.darken(i, colour, ring*wet*step(0.15, 0.5, patches.clouds(x/25, y/25)))
	})
}

// blob lets drops fall on the code.
func blob(severity int) harm {
	return func(d dice, p *paper) {
		for range d.count([]int{1, 2, 2}[severity-1], []int{2, 3, 5}[severity-1]) {
			radius := d.between(0.07, []float64{0.12, 0.19, 0.27}[severity-1]) * p.code.size
			drop(d, p, radius, pick(d, coffee, coffee, grease, water, water, sticker, soot))
		}
	}
}

// A matter says what a drop does to a sample: in is 0 outside and 1 well
// inside of it, rim is 1 at its edge.
type matter func(d dice, p *paper) func(i int, in, rim, grain float64)

func drop(d dice, p *paper, radius float64, of matter) {
	x0, y0 := p.code.x+d.Float64()*p.code.size, p.code.y+d.Float64()*p.code.size
	shape, grain, act := d.field(), d.field(), of(d, p)
	lobes := d.between(1, 3)
	p.each(x0, y0, 2*radius, func(i int, x, y float64) {
		r := math.Hypot(x-x0, y-y0) / radius
		r += 0.9 * (shape.clouds((x-x0)*lobes/radius+9, (y-y0)*lobes/radius+9) - 0.5)
		act(i, step(1, 0.9, r), step(0.12, 0, math.Abs(r-0.93)), grain.clouds(x/9, y/9))
	})
}

func coffee(d dice, p *paper) func(i int, in, rim, grain float64) {
	brown, depth := [3]float64{0.5, 0.3, 0.14}, d.between(0.3, 0.9)
	return func(i int, in, rim, grain float64) {
		p.darken(i, brown, min(1, depth*(in*(0.5+0.5*grain)+0.7*rim)))
	}
}

func grease(d dice, p *paper) func(i int, in, rim, grain float64) {
	depth, lost := d.between(0.25, 0.6), d.between(0.2, 0.8)
	return func(i int, in, rim, grain float64) {
		p.darken(i, [3]float64{0.62, 0.6, 0.5}, depth*in)
		p.rub(i, lost*in*(0.5+grain)*0.8)
	}
}

func water(d dice, p *paper) func(i int, in, rim, grain float64) {
	lost := d.between(0.6, 1)
	return func(i int, in, rim, grain float64) {
		p.rub(i, in*lost*(0.55+0.9*grain))
		p.darken(i, [3]float64{0.75, 0.75, 0.72}, rim*0.6)
	}
}

func sticker(d dice, p *paper) func(i int, in, rim, grain float64) {
	return func(i int, in, rim, grain float64) {
		p.rub(i, in)
		p.darken(i, [3]float64{0.9, 0.88, 0.8}, in)
	}
}

func soot(d dice, p *paper) func(i int, in, rim, grain float64) {
	depth := d.between(0.7, 1)
	return func(i int, in, rim, grain float64) {
		p.darken(i, dark, depth*in*step(0.15, 0.4, grain))
	}
}

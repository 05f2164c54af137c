package worn

import "math"

// A harm is done to the paper, with the chance of its picture.
type harm func(dice, *paper)

// Each kind of harm is a function of its severity, 1 to 3.

func fade(severity int) harm {
	return func(d dice, p *paper) {
		left := d.between([]float64{0.5, 0.28, 0.13}[severity-1], []float64{0.8, 0.5, 0.3}[severity-1])
		clouds, scale := d.field(), d.between(0.3, 1)*p.code.size
		a, slope := d.between(0, 2*math.Pi), d.between(0, 0.5)
		mx, my := p.code.middle()
		p.all(func(i int, x, y float64) {
			across := ((x-mx)*math.Cos(a) + (y-my)*math.Sin(a)) / p.code.size
			rest := left * (1 + slope*across) * (0.7 + 0.6*clouds.clouds(x/scale, y/scale))
			p.rub(i, 1-clamp(rest, 0.05, 1))
		})
		age(d, p, d.between(0, 0.35)*float64(severity))
	}
}

// age yellows the paper and lets heat darken it in patches.
func age(d dice, p *paper, amount float64) {
	yellow := [3]float64{0.97, 0.9, d.between(0.62, 0.85)}
	patches, scale := d.field(), d.between(0.5, 1.5)*p.code.size
	burnt := d.chance(0.4)
	p.all(func(i int, x, y float64) {
		p.darken(i, yellow, amount)
		if burnt {
			grey := amount * step(0.5, 0.8, patches.clouds(x/scale, y/scale))
			p.darken(i, [3]float64{0.6, 0.6, 0.62}, grey)
		}
	})
}

// dropout leaves lines without ink: dead elements of the head run along the
// paper, a stalled feed across it.
func dropout(severity int) harm {
	return func(d dice, p *paper) {
		for range d.count([]int{1, 3, 6}[severity-1], []int{3, 6, 11}[severity-1]) {
			deadLine(d, p, d.chance(0.85), d.between(0.25, 0.4+0.2*float64(severity)))
		}
	}
}

// deadLine has its thickness in modules.
func deadLine(d dice, p *paper, along bool, thickness float64) {
	at, half := d.between(-0.02, 1.02)*p.code.size, max(thickness*p.code.module/2, 0.8)
	lost, patches := d.between(0.75, 1), d.field()
	p.all(func(i int, x, y float64) {
		off, way := x-p.code.x, y
		if !along {
			off, way = y-p.code.y, x
		}
		if off = math.Abs(off - at); off < half+1 {
			p.rub(i, lost*step(half+1, half-0.5, off)*step(0.1, 0.3, patches.at(way/60, 0)))
		}
	})
}

func scratch(severity int) harm {
	return func(d dice, p *paper) {
		for range d.count([]int{3, 7, 13}[severity-1], []int{6, 12, 22}[severity-1]) {
			scrape(d, p, d.between(0.15, 0.35+0.2*float64(severity))*p.code.module)
		}
		if severity > 1 && d.chance(0.6) {
			rubOff(d, p, d.between(0.1, 0.12*float64(severity))*p.code.size)
		}
	}
}

// scrape takes ink off in a line with breaks; some scrapes of a nail burn
// instead, as thermal paper does.
func scrape(d dice, p *paper, width float64) {
	s, breaks := strokeOver(d, p.code, d.between(0, 0.3)*p.code.size), d.field()
	burns := d.chance(0.12)
	s.draw(p, width/2, func(i int, beside, along float64) {
		press := step(width, 0.4*width, 2*beside) * step(0.2, 0.45, breaks.at(along/15, beside/3))
		p.rub(i, press)
		if burns {
			p.darken(i, [3]float64{0.3, 0.3, 0.3}, press)
		}
	})
}

// rubOff wears the ink off in a patch.
func rubOff(d dice, p *paper, radius float64) {
	x0, y0 := p.code.x+d.Float64()*p.code.size, p.code.y+d.Float64()*p.code.size
	grain, shape := d.field(), d.field()
	p.each(x0, y0, 1.5*radius, func(i int, x, y float64) {
		r := math.Hypot(x-x0, y-y0) / radius * (0.6 + 0.8*shape.at(x/radius, y/radius))
		p.rub(i, step(1, 0.5, r)*step(0.3, 0.55, grain.clouds(x/6, y/6)))
	})
}

// torn takes the piece behind a ragged line away: the share of the code that
// is lost grows with severity.
func torn(severity int) harm {
	return func(d dice, p *paper) {
		a := d.between(0, 2*math.Pi)
		if d.chance(0.5) { // through a corner, where a finder is
			a = math.Pi/4 + float64(d.IntN(4))*math.Pi/2 + d.between(-0.3, 0.3)
		}
		nx, ny := math.Cos(a), math.Sin(a)
		mx, my := p.code.middle()
		support := (math.Abs(nx) + math.Abs(ny)) / 2 * p.code.size
		kept := support * (1 - d.between([]float64{0.02, 0.1, 0.22}[severity-1], []float64{0.18, 0.3, 0.42}[severity-1]))
		coarse, rough := d.field(), d.field()
		fibres := d.between(2, 8)
		p.all(func(i int, x, y float64) {
			off, along := (x-mx)*nx+(y-my)*ny-kept, (y-my)*nx-(x-mx)*ny
			off += 0.25*p.code.size*(coarse.clouds(along*2/p.code.size, 0)-0.5) + 6*(rough.clouds(along/7, 0)-0.5)
			p.whole[i] *= float32(step(1, -1, off))
			p.rub(i, step(-fibres, -fibres/2, off))
		})
	}
}

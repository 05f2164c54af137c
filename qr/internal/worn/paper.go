package worn

import "math"

// fine is how many samples of paper a dot of the print head has each way.
const fine = 2

// A paper is a printed sheet lying flat. Lengths are in samples.
type paper struct {
	w, h  int
	ink   []float32    // heat that made the paper dark, 0 to 1
	tint  [][3]float32 // how much light of each colour whatever lies on the paper lets pass
	whole []float32    // 0 where a piece is missing
	base  [3]float64   // what bare paper reflects
	black float64      // what full ink reflects
	code  square
}

// A square is where the code stands, without its quiet zone.
type square struct{ x, y, size, module float64 }

func (s square) middle() (x, y float64) { return s.x + s.size/2, s.y + s.size/2 }

func newPaper(d dice, w, h int) *paper {
	p := &paper{w: w, h: h, black: d.between(0.03, 0.12)}
	p.ink = make([]float32, w*h)
	p.tint = make([][3]float32, w*h)
	p.whole = make([]float32, w*h)
	for i := range p.tint {
		p.tint[i], p.whole[i] = [3]float32{1, 1, 1}, 1
	}
	white := d.between(0.72, 0.9)
	p.base = [3]float64{white, white * d.between(0.97, 1.01), white * d.between(0.9, 1.03)}
	return p
}

// each calls do for every sample within reach of a place.
func (p *paper) each(x, y, reach float64, do func(i int, x, y float64)) {
	x0, x1 := max(0, int(x-reach)), min(p.w-1, int(x+reach))
	y0, y1 := max(0, int(y-reach)), min(p.h-1, int(y+reach))
	for j := y0; j <= y1; j++ {
		for i := x0; i <= x1; i++ {
			do(j*p.w+i, float64(i)+0.5, float64(j)+0.5)
		}
	}
}

// all calls do for every sample.
func (p *paper) all(do func(i int, x, y float64)) {
	p.each(0, 0, float64(max(p.w, p.h)), do)
}

// darken lets a colour pass in part: amount 0 changes nothing, 1 multiplies.
func (p *paper) darken(i int, by [3]float64, amount float64) {
	for c := range by {
		p.tint[i][c] *= float32(1 - amount*(1-by[c]))
	}
}

// rub takes a share of the ink away.
func (p *paper) rub(i int, share float64) { p.ink[i] *= float32(1 - clamp(share, 0, 1)) }

// reflects reads the colour at a place between samples, and how much of the
// paper is there at all.
func (p *paper) reflects(x, y float64) (rgb [3]float64, whole float64) {
	x, y = clamp(x-0.5, 0, float64(p.w)-1.001), clamp(y-0.5, 0, float64(p.h)-1.001)
	i, j := int(x), int(y)
	u, v := x-float64(i), y-float64(j)
	at := j*p.w + i
	for k, share := range [4]float64{(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v} {
		s := at + k&1 + k>>1*p.w
		dark := 1 - float64(p.ink[s])*(1-p.black)
		for c := range rgb {
			rgb[c] += share * p.base[c] * dark * float64(p.tint[s][c])
		}
		whole += share * float64(p.whole[s])
	}
	return rgb, whole
}

// A stroke is a line that wanders, in samples.
type stroke struct {
	x, y, dx, dy float64 // from a place in a direction of length one
	length       float64
	wander       float64                 // the most that bend returns
	bend         func(t float64) float64 // sideways, by what was gone
}

// draw calls do for every sample less than half beside the stroke.
func (s stroke) draw(p *paper, half float64, do func(i int, beside, along float64)) {
	reach := s.length/2 + half + s.wander
	p.each(s.x+s.dx*s.length/2, s.y+s.dy*s.length/2, reach, func(i int, x, y float64) {
		along, beside := (x-s.x)*s.dx+(y-s.y)*s.dy, (y-s.y)*s.dx-(x-s.x)*s.dy
		if along < 0 || along > s.length || math.Abs(beside) > half+s.wander {
			return
		}
		if beside = math.Abs(beside - s.bend(along)); beside < half {
			do(i, beside, along)
		}
	})
}

// strokeOver draws chance across the code in any direction.
func strokeOver(d dice, c square, wander float64) stroke {
	a := d.between(0, 2*math.Pi)
	length := d.between(0.5, 1.6) * c.size
	dx, dy := math.Cos(a), math.Sin(a)
	x, y := c.x+d.between(0, 1)*c.size-dx*length/2, c.y+d.between(0, 1)*c.size-dy*length/2
	f, scale := d.field(), d.between(0.15, 0.6)*c.size
	return stroke{x, y, dx, dy, length, wander / 2, func(t float64) float64 {
		return wander * (f.clouds(t/scale, 0) - 0.5)
	}}
}

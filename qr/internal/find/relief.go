package find

import (
	"math"

	"promobot/qr/internal/gray"
)

const (
	unit   = 48 // a relief's value one local deviation above the local mean
	peak   = 72 // what lies farther off is held to this, so that no glare outvotes the rest
	window = 12 // pixels of a relief around a place that make its mean and deviation
	rim    = 24 // zeros around a relief: the widest ring fits about every pixel
	calm   = 3  // grey levels of deviation that are the camera's noise rather than print
)

// relief is a plane by its local contrast: faded, dim and shaded print stands
// out as black print does. Places are counted in its own pixels.
type relief struct {
	w, h         int // without the rim
	stride, rows int // with it
	v            []int8
	scale        float64 // pixels of the picture to one of the relief
}

// reliefs is a pyramid, each half the size of the one before.
func reliefs(p *gray.Plane) []*relief {
	const least = 24
	var all []*relief
	for scale := 1.0; ; scale *= 2 {
		all = append(all, newRelief(p, scale))
		if min(p.W, p.H) < 2*least {
			return all
		}
		p = halved(p)
	}
}

// halved averages squares of four pixels; an odd last row or column is dropped,
// so that places double exactly.
func halved(p *gray.Plane) *gray.Plane {
	out := gray.New(p.W/2, p.H/2)
	for y := range out.H {
		upper, lower := p.Row(2*y), p.Row(2*y+1)
		for x := range out.W {
			sum := int(upper[2*x]) + int(upper[2*x+1]) + int(lower[2*x]) + int(lower[2*x+1])
			out.Pix[y*out.W+x] = byte((sum + 2) / 4)
		}
	}
	return out
}

func newRelief(p *gray.Plane, scale float64) *relief {
	r := &relief{w: p.W, h: p.H, stride: p.W + 2*rim, rows: p.H + 2*rim, scale: scale}
	r.v = make([]int8, r.stride*r.rows)
	sums, squares := make([]int, p.W), make([]int, p.W)
	rows := 0
	add := func(y, sign int) {
		if y < 0 || y >= p.H {
			return
		}
		rows += sign
		for x, v := range p.Row(y) {
			sums[x] += sign * int(v)
			squares[x] += sign * int(v) * int(v)
		}
	}
	for y := range window {
		add(y, 1)
	}
	for y := range p.H {
		add(y+window, 1)
		add(y-window-1, -1)
		r.fill(y, p.Row(y), sums, squares, rows)
	}
	return r
}

// fill writes one row from the sums of the columns about it.
func (r *relief) fill(y int, line []byte, sums, squares []int, rows int) {
	out := r.v[(y+rim)*r.stride+rim:][:r.w]
	sum, square, columns := 0, 0, 0
	for x := range min(window, r.w) {
		sum, square, columns = sum+sums[x], square+squares[x], columns+1
	}
	for x := range out {
		if in := x + window; in < r.w {
			sum, square, columns = sum+sums[in], square+squares[in], columns+1
		}
		if gone := x - window - 1; gone >= 0 {
			sum, square, columns = sum-sums[gone], square-squares[gone], columns-1
		}
		n := float32(rows * columns)
		mean := float32(sum) / n
		deviation := float32(math.Sqrt(float64(max(0, float32(square)/n-mean*mean))))
		out[x] = int8(min(max((float32(line[x])-mean)*unit/(deviation+calm), -peak), peak))
	}
}

const (
	parts = 256 // of a pixel, in which places are counted
	half  = parts / 2
	finer = 64 // a value between pixels is finer than theirs
)

// lerp interpolates between pixels: unit times finer is a local deviation
// lighter than around. Beyond the relief everything is 0.
func (r *relief) lerp(x, y int) int {
	if uint(x) >= uint(r.stride-1)*parts || uint(y) >= uint(r.rows-1)*parts {
		return 0
	}
	i := int(uint(y)/parts)*r.stride + int(uint(x)/parts)
	x, y = x&(parts-1), y&(parts-1)
	upper, lower := r.v[i:i+2], r.v[i+r.stride:i+r.stride+2]
	a := int(upper[0])*parts + x*(int(upper[1])-int(upper[0]))
	b := int(lower[0])*parts + x*(int(lower[1])-int(lower[0]))
	return (a*parts + y*(b-a)) >> 10
}

// pixel is the nearest one, in its unit.
func (r *relief) pixel(x, y int) int {
	if uint(x) >= uint(r.stride)*parts || uint(y) >= uint(r.rows)*parts {
		return 0
	}
	return int(r.v[int(uint(y)/parts)*r.stride+int(uint(x)/parts)])
}

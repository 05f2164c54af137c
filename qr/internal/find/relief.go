package find

import (
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
	sums := make([]light, (p.W+1)/2)
	for y := range min(window, p.H) {
		add(sums, p.Row(y), 1)
	}
	for y := 0; y < p.H; y += 2 {
		for by := range 2 {
			if in := y + window + by; in < p.H {
				add(sums, p.Row(in), 1)
			}
			if gone := y - window - 2 + by; gone >= 0 {
				add(sums, p.Row(gone), -1)
			}
		}
		r.fill(p, y, sums, min(y+window+2, p.H)-max(y-window, 0))
	}
	return r
}

// light is the sum of pixels and of their squares.
type light struct{ sum, square int32 }

// add adds a row to the sums of its pairs of pixels.
func add(sums []light, row []byte, sign int32) {
	for len(row) >= 2 {
		a, b, s := int32(row[0]), int32(row[1]), &sums[0]
		s.sum += sign * (a + b)
		s.square += sign * (a*a + b*b)
		row, sums = row[2:], sums[1:]
	}
	if len(row) == 1 {
		a := int32(row[0])
		sums[0].sum += sign * a
		sums[0].square += sign * a * a
	}
}

// fill writes two rows from the sums of so many rows about them. Four pixels
// share a mean and a deviation.
func (r *relief) fill(p *gray.Plane, y int, sums []light, rows int) {
	const reach = window / 2 // pairs of pixels
	var all light
	for _, s := range sums[:min(reach, len(sums))] {
		all.sum, all.square = all.sum+s.sum, all.square+s.square
	}
	for i := range sums {
		if in := i + reach; in < len(sums) {
			all.sum, all.square = all.sum+sums[in].sum, all.square+sums[in].square
		}
		if gone := i - reach - 1; gone >= 0 {
			all.sum, all.square = all.sum-sums[gone].sum, all.square-sums[gone].square
		}
		columns := min(2*(i+reach+1), r.w) - max(2*(i-reach), 0)
		part := 1 / float32(rows*columns)
		mean := float32(all.sum) * part
		deviation := root(max(0, float32(all.square)*part-mean*mean))
		r.block(p, 2*i, y, int32(mean*parts), int32(unit*parts/(deviation+calm)))
	}
}

// block writes up to four pixels.
func (r *relief) block(p *gray.Plane, x, y int, mean, gain int32) {
	n := min(2, r.w-x)
	for ; n > 0 && y < r.h; y++ {
		in := p.Pix[y*p.W+x:][:n]
		out := r.v[(y+rim)*r.stride+rim+x:][:n]
		for i, v := range in {
			out[i] = int8(min(max(((int32(v)*parts-mean)*gain+parts*half)/(parts*parts), -peak), peak))
		}
		if y&1 == 1 {
			return
		}
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

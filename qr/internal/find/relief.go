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
	tones := make([]tone, len(sums))
	for y := range min(window, p.H) {
		add(sums, p.Row(y), 1)
	}
	for y := 0; y < p.H; y += 2 {
		for by := range 2 {
			slide(sums, p, y+window+by, y-window-2+by)
		}
		measure(tones, sums, p.W, min(y+window+2, p.H)-max(y-window, 0))
		for row := y; row < min(y+2, p.H); row++ {
			write(r.v[(row+rim)*r.stride+rim:][:r.w], p.Row(row), tones)
		}
	}
	return r
}

// light is the sum of pixels and of their squares.
type light struct{ sum, square int32 }

// slide adds one row to the sums of its pairs of pixels and takes another away,
// if there are such rows.
func slide(sums []light, p *gray.Plane, in, gone int) {
	if in >= p.H || gone < 0 {
		if in < p.H {
			add(sums, p.Row(in), 1)
		}
		if gone >= 0 {
			add(sums, p.Row(gone), -1)
		}
		return
	}
	more, less := p.Row(in), p.Row(gone)
	for i := range sums[:p.W/2] {
		a, b, c, d := int32(more[2*i]), int32(more[2*i+1]), int32(less[2*i]), int32(less[2*i+1])
		sums[i].sum += a + b - c - d
		sums[i].square += a*a + b*b - c*c - d*d
	}
	if p.W%2 == 1 {
		add(sums[p.W/2:], more[p.W-1:], 1)
		add(sums[p.W/2:], less[p.W-1:], -1)
	}
}

func add(sums []light, row []byte, sign int32) {
	for x, v := range row {
		s := &sums[x/2]
		s.sum += sign * int32(v)
		s.square += sign * int32(v) * int32(v)
	}
}

// tone is the mean about four pixels and what a grey level above it counts, in
// parts.
type tone struct{ mean, gain int32 }

// measure makes tones from the sums of so many rows.
func measure(tones []tone, sums []light, width, rows int) {
	const reach = window / 2 // pairs of pixels
	var all light
	for _, s := range sums[:min(reach, len(sums))] {
		all.sum, all.square = all.sum+s.sum, all.square+s.square
	}
	for i := range tones {
		if in := i + reach; in < len(sums) {
			all.sum, all.square = all.sum+sums[in].sum, all.square+sums[in].square
		}
		if gone := i - reach - 1; gone >= 0 {
			all.sum, all.square = all.sum-sums[gone].sum, all.square-sums[gone].square
		}
		columns := min(2*(i+reach+1), width) - max(2*(i-reach), 0)
		part := 1 / float32(rows*columns)
		mean := float32(all.sum) * part
		deviation := root(max(0, float32(all.square)*part-mean*mean))
		tones[i] = tone{int32(mean * parts), int32(unit * parts / (deviation + calm))}
	}
}

func write(out []int8, in []byte, tones []tone) {
	for len(in) >= 2 && len(out) >= 2 && len(tones) > 0 {
		t := tones[0]
		out[0], out[1] = t.held(in[0]), t.held(in[1])
		in, out, tones = in[2:], out[2:], tones[1:]
	}
	if len(in) == 1 {
		out[0] = tones[0].held(in[0])
	}
}

func (t tone) held(v byte) int8 {
	return int8(min(max(((int32(v)*parts-t.mean)*t.gain+parts*half)>>16, -peak), peak)) // #nosec G115 -- held to the peak
}

const (
	parts       = 1 << bitsOfParts // of a pixel, in which places are counted
	bitsOfParts = 8
	half        = parts / 2
	finer       = 64 // a value between pixels is finer than theirs
)

// lerp interpolates between pixels: unit times finer is a local deviation
// lighter than around. Beyond the relief everything is 0.
func (r *relief) lerp(x, y int) int {
	if x < 0 || y < 0 || x >= (r.stride-1)*parts || y >= (r.rows-1)*parts {
		return 0
	}
	i := y>>bitsOfParts*r.stride + x>>bitsOfParts
	x, y = x&(parts-1), y&(parts-1)
	upper, lower := r.v[i:i+2], r.v[i+r.stride:i+r.stride+2]
	a := int(upper[0])*parts + x*(int(upper[1])-int(upper[0]))
	b := int(lower[0])*parts + x*(int(lower[1])-int(lower[0]))
	return (a*parts + y*(b-a)) >> 10
}

// pixel is the nearest one, in its unit.
func (r *relief) pixel(x, y int) int {
	if x < 0 || y < 0 || x >= r.stride*parts || y >= r.rows*parts {
		return 0
	}
	return int(r.v[y>>bitsOfParts*r.stride+x>>bitsOfParts])
}

package worn

import "math"

// focused spreads every point to a disc, its radius in fine pixels.
func focused(f *frame, radius float64) *frame {
	if radius < 0.6 {
		return f
	}
	out := newFrame(f.w, f.h)
	reach := int(math.Ceil(radius - 0.5))
	for c := range f.pix {
		sums := make([]float64, f.w+1)
		area := 0.0
		for dy := -reach; dy <= reach; dy++ {
			half := math.Sqrt(max(radius*radius-float64(dy*dy), 0))
			area += 2 * half
		}
		for y := range f.h {
			addUp(sums, f.pix[c][y*f.w:(y+1)*f.w])
			for dy := -reach; dy <= reach; dy++ {
				half := math.Sqrt(max(radius*radius-float64(dy*dy), 0))
				to := clampInt(y+dy, 0, f.h-1)
				smear(out.pix[c][to*f.w:(to+1)*f.w], sums, half, area)
			}
		}
	}
	return out
}

func addUp(sums []float64, row []float32) {
	for i, x := range row {
		sums[i+1] = sums[i] + float64(x)
	}
}

// smear adds the part of a disc that one row gives to another: for every
// pixel what lies within half of its middle.
func smear(out []float32, sums []float64, half, area float64) {
	n := len(out)
	whole := int(half + 0.5) // lo and hi are the same way between pixels everywhere
	part := half + 0.5 - float64(whole)
	for i := range out {
		lo, hi := i-whole, i+1+whole
		if lo < 1 || hi > n-1 {
			out[i] += float32(atEnds(sums, float64(i)+0.5-half, float64(i)+0.5+half) / area)
			continue
		}
		sum := sums[hi-1] - sums[lo+1]
		sum += part * (sums[hi] - sums[hi-1] + sums[lo+1] - sums[lo])
		out[i] += float32(sum / area)
	}
}

// atEnds takes what is beyond the picture for more of its last pixels.
func atEnds(sums []float64, lo, hi float64) float64 {
	n := len(sums) - 1
	last := float64(n)
	sum := upTo(sums, clamp(hi, 0, last)) - upTo(sums, clamp(lo, 0, last))
	sum += max(-lo, 0) * sums[1]
	return sum + max(hi-last, 0)*(sums[n]-sums[n-1])
}

func upTo(sums []float64, x float64) float64 {
	i := min(int(x), len(sums)-2)
	return sums[i] + (x-float64(i))*(sums[i+1]-sums[i])
}

// shaken moves the picture along a path while the shutter is open. The path
// bends, and its middle is where the picture is.
func shaken(d dice, f *frame, length float64) *frame {
	if length < 1 {
		return f
	}
	n := int(math.Ceil(length))*2 + 1
	path := make([]Point, n)
	a, bow := d.between(0, math.Pi), d.between(-0.25, 0.25)*length
	for i := range path {
		t := float64(i)/float64(n-1) - 0.5
		along, aside := t*length, bow*(t*t-1.0/12)
		path[i] = Point{along*math.Cos(a) - aside*math.Sin(a), along*math.Sin(a) + aside*math.Cos(a)}
	}
	out := newFrame(f.w, f.h)
	for _, p := range path {
		dx, dy := int(math.Round(p.X)), int(math.Round(p.Y))
		for c := range f.pix {
			shift(out.pix[c], f.pix[c], f.w, f.h, dx, dy, 1/float32(n))
		}
	}
	return out
}

func shift(out, in []float32, w, h, dx, dy int, share float32) {
	for y := range h {
		from, to := in[clampInt(y+dy, 0, h-1)*w:], out[y*w:(y+1)*w]
		for x := range to {
			to[x] += share * from[clampInt(x+dx, 0, w-1)]
		}
	}
}

// resized averages what each pixel of the new size covers.
func resized(f *frame, w, h int) *frame {
	out := newFrame(w, h)
	if w == f.w && h == f.h {
		return f
	}
	for c := range f.pix {
		half := make([]float32, w*f.h)
		for y := range f.h {
			narrow(half[y*w:], 1, f.pix[c][y*f.w:], 1, w, f.w)
		}
		for x := range w {
			narrow(out.pix[c][x:], w, half[x:], w, h, f.h)
		}
	}
	return out
}

// narrow does one line of n of resized; a line's neighbours are a step apart.
func narrow(out []float32, outStep int, in []float32, inStep, n, from int) {
	scale := float64(from) / float64(n)
	for i := range n {
		lo, hi := float64(i)*scale, float64(i+1)*scale
		var sum float64
		for k := int(lo); k < from && float64(k) < hi; k++ {
			sum += (min(hi, float64(k+1)) - max(lo, float64(k))) * float64(in[k*inStep])
		}
		out[i*outStep] = float32(sum / scale)
	}
}

// sense counts electrons: one colour a pixel behind its filter, with the
// noise of light and of reading; then the two other colours are guessed.
func sense(d dice, f *frame, c conditions) *frame {
	raw := make([]float32, f.w*f.h)
	for i := range raw {
		light := max(float64(f.pix[filter(i%f.w, i/f.w)][i]), 0) * c.exposure
		light = min(light, 1.1)
		light += d.NormFloat64() * math.Sqrt(light/c.electrons+c.reading*c.reading)
		raw[i] = float32(clamp(light, 0, 1))
	}
	out := newFrame(f.w, f.h)
	for y := range f.h {
		for x := range f.w {
			for k, value := range guessed(raw, f.w, f.h, x, y) {
				out.pix[k][y*f.w+x] = value
			}
		}
	}
	return out
}

// filter is red in the even corners, blue in the odd ones, and green between.
func filter(x, y int) int { return x&1 + y&1 }

// guessed weighs the neighbours of each colour, nearer ones more.
func guessed(raw []float32, w, h, x, y int) (rgb [3]float32) {
	var weights [3]float32
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			u, v := x+dx, y+dy
			if u < 0 || v < 0 || u >= w || v >= h {
				continue
			}
			k, weight := filter(u, v), float32((2-dx*dx)*(2-dy*dy))
			if k == 1 && filter(x, y) == 1 && dx|dy != 0 {
				weight = 0 // green is known here
			}
			rgb[k] += weight * raw[v*w+u]
			weights[k] += weight
		}
	}
	for k := range rgb {
		rgb[k] /= max(weights[k], 1)
	}
	return rgb
}

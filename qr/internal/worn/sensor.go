package worn

import "math"

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

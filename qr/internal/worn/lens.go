package worn

import (
	"math"
)

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

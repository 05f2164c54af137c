package worn

import (
	"image"
	"math"
)

// heat turns dots into darkness: the heat of a dot spreads, its edge is soft,
// and neither the elements of the head nor the feed are quite even.
func heat(d dice, sheet *image.Alpha, p *paper) {
	spread := d.between(0.35, 0.6) * fine
	warm := blurred(enlarged(sheet), p.w, p.h, spread)
	limit, soft := d.between(0.36, 0.62), d.between(0.12, 0.35)
	elements, feed, patches := d.field(), d.field(), d.field()
	uneven := d.between(0.02, 0.16)
	p.all(func(i int, x, y float64) {
		strength := 1 + uneven*(elements.at(x/fine, 0)+feed.at(y/(3*fine), 0)+patches.clouds(x/90, y/90)-1.5)
		p.ink[i] = float32(step(limit-soft, limit+soft, float64(warm[i])*strength) * clamp(strength, 0, 1))
	})
}

func enlarged(sheet *image.Alpha) []float32 {
	w, h := fine*sheet.Rect.Dx(), fine*sheet.Rect.Dy()
	out := make([]float32, w*h)
	for y := range h {
		for x := range w {
			out[y*w+x] = float32(sheet.Pix[sheet.PixOffset(x/fine, y/fine)]) / 255
		}
	}
	return out
}

// blurred is a Gaussian, one way and then the other.
func blurred(in []float32, w, h int, sigma float64) []float32 {
	reach := int(math.Ceil(2.5 * sigma))
	weights := make([]float32, 2*reach+1)
	var sum float32
	for i := range weights {
		weights[i] = float32(math.Exp(-float64((i-reach)*(i-reach)) / (2 * sigma * sigma)))
		sum += weights[i]
	}
	for i := range weights {
		weights[i] /= sum
	}
	return convolved(convolved(in, w, h, 1, 0, weights), w, h, 0, 1, weights)
}

func convolved(in []float32, w, h, dx, dy int, weights []float32) []float32 {
	out, reach := make([]float32, len(in)), len(weights)/2
	for y := range h {
		for x := range w {
			var sum float32
			for k, weight := range weights {
				u, v := clampInt(x+(k-reach)*dx, 0, w-1), clampInt(y+(k-reach)*dy, 0, h-1)
				sum += weight * in[v*w+u]
			}
			out[y*w+x] = sum
		}
	}
	return out
}

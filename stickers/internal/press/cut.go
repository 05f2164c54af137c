package press

import (
	"image"
	"math"
)

// cut returns the shape of the paper that is left when the art is cut out with
// a border: everything within border of it. Clefts narrower than two bridges
// and holes are paper too, or else the edge would be restless.
func cut(art *image.RGBA, border, bridge float64) *image.Alpha {
	b := art.Bounds()
	solid := make([]bool, b.Dx()*b.Dy())
	for i := range solid {
		solid[i] = art.Pix[4*i+3] > 127
	}
	near := distances(solid, b.Dx())
	for i, d := range near {
		solid[i] = d > border+bridge // outside of the widened shape
	}
	inside := distances(solid, b.Dx())
	paper := image.NewAlpha(b)
	for i, d := range inside {
		edge := math.Max(d-bridge, border-near[i])
		paper.Pix[i] = uint8(255 * min(max(edge+0.5, 0), 1))
	}
	fillHoles(paper)
	return paper
}

// fillHoles makes paper of everything that cannot be reached from the corner
// without crossing paper.
func fillHoles(paper *image.Alpha) {
	w, n := paper.Stride, len(paper.Pix)
	reached := make([]bool, n)
	for open := []int{0}; len(open) > 0; {
		i := open[len(open)-1]
		open = open[:len(open)-1]
		if i < 0 || i >= n || reached[i] || paper.Pix[i] == 255 {
			continue
		}
		reached[i] = true
		open = append(open, i-1, i+1, i-w, i+w) // beyond a row's end lies the next row: both are empty there
	}
	for i := range reached {
		if !reached[i] {
			paper.Pix[i] = 255
		}
	}
}

// distances returns for every pixel how far the nearest solid one is, exactly:
// first along the rows, then down the columns by the lower envelope of
// parabolas (Felzenszwalb and Huttenlocher, 2012).
func distances(solid []bool, width int) []float64 {
	height := len(solid) / width
	squares := make([]float64, len(solid))
	row := make([]float64, max(width, height))
	for y := range height {
		for x := range width {
			row[x] = 1e9
			if solid[y*width+x] {
				row[x] = 0
			}
		}
		for x, d := range envelope(row[:width]) {
			squares[y*width+x] = d
		}
	}
	for x := range width {
		for y := range height {
			row[y] = squares[y*width+x]
		}
		for y, d := range envelope(row[:height]) {
			squares[y*width+x] = math.Sqrt(d)
		}
	}
	return squares
}

// envelope returns min over q of f(q) + (p-q)² for every p.
func envelope(f []float64) []float64 {
	roots, from := []int{0}, []float64{math.Inf(-1)}
	meet := func(q, r int) float64 {
		return (f[q] + float64(q*q) - f[r] - float64(r*r)) / float64(2*(q-r))
	}
	for q := 1; q < len(f); q++ {
		s := meet(q, roots[len(roots)-1])
		for s <= from[len(from)-1] {
			roots, from = roots[:len(roots)-1], from[:len(from)-1]
			s = meet(q, roots[len(roots)-1])
		}
		roots, from = append(roots, q), append(from, s)
	}
	out := make([]float64, len(f))
	for p, k := 0, 0; p < len(f); p++ {
		for k+1 < len(from) && from[k+1] < float64(p) {
			k++
		}
		d := float64(p - roots[k])
		out[p] = d*d + f[roots[k]]
	}
	return out
}

// blur softens the shape's edge: three runs of a box of that radius are close
// to a bell curve.
func blur(shape *image.Alpha, radius int) *image.Alpha {
	b := shape.Bounds()
	w, h := b.Dx(), b.Dy()
	for range 3 {
		across, down := image.NewAlpha(b), image.NewAlpha(b)
		for y := range h {
			box(shape.Pix[y*w:], across.Pix[y*w:], w, 1, radius)
		}
		for x := range w {
			box(across.Pix[x:], down.Pix[x:], h, w, radius)
		}
		shape = down
	}
	return shape
}

// box writes to out the mean of n values around each, step apart; what lies
// beyond the ends counts as nothing.
func box(in, out []uint8, n, step, radius int) {
	sum, size := 0, 2*radius+1
	for i := -radius; i < n; i++ {
		if i+radius < n {
			sum += int(in[(i+radius)*step])
		}
		if i-radius-1 >= 0 {
			sum -= int(in[(i-radius-1)*step])
		}
		if i >= 0 {
			out[i*step] = uint8(sum / size) // #nosec G115 -- the mean of bytes is a byte
		}
	}
}

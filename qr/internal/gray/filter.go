package gray

import "math"

// Fit is the plane scaled down so that its longer side is at most side pixels;
// a smaller plane is returned as it is.
func (p *Plane) Fit(side int) *Plane {
	longer := max(p.W, p.H)
	if longer <= side {
		return p
	}
	return p.Shrink(max(1, p.W*side/longer), max(1, p.H*side/longer))
}

// Shrink averages the area that falls on each new pixel.
func (p *Plane) Shrink(w, h int) *Plane {
	out := New(w, h)
	fx, fy := float64(p.W)/float64(w), float64(p.H)/float64(h)
	out.ToPicture = p.ToPicture.After(Affine{a: fx, e: fy})
	sums := make([]int, w)
	edges := make([]int, w+1)
	for x := range edges {
		edges[x] = min(p.W, int(math.Round(float64(x)*fx)))
	}
	for y := range h {
		top, bottom := int(math.Round(float64(y)*fy)), min(p.H, int(math.Round(float64(y+1)*fy)))
		clear(sums)
		for row := top; row < bottom; row++ {
			line := p.Pix[row*p.W : (row+1)*p.W]
			for x := range w {
				for _, v := range line[edges[x]:edges[x+1]] {
					sums[x] += int(v)
				}
			}
		}
		for x := range w {
			out.Pix[y*w+x] = byte(sums[x] / max(1, (bottom-top)*(edges[x+1]-edges[x])))
		}
	}
	return out
}

// Row is a row of pixels; rows beyond the edge are those at the edge.
func (p *Plane) Row(y int) []byte {
	y = min(max(y, 0), p.H-1)
	return p.Pix[y*p.W : (y+1)*p.W]
}

// Blur is a box blur of the radius, twice, which comes near a Gaussian.
// Beyond the edge the outermost pixels go on.
func (p *Plane) Blur(radius int) *Plane {
	out, scratch := New(p.W, p.H), New(p.W, p.H)
	out.ToPicture = p.ToPicture
	p.blurRows(scratch, radius)
	scratch.blurColumns(out, radius)
	out.blurRows(scratch, radius)
	scratch.blurColumns(out, radius)
	return out
}

func (p *Plane) blurRows(to *Plane, radius int) {
	share := reciprocal(radius)
	padded := make([]byte, p.W+2*radius+1)
	for y := range p.H {
		line, out := p.Row(y), to.Row(y)
		for i := range radius {
			padded[i] = line[0]
		}
		copy(padded[radius:], line)
		for i := radius + p.W; i < len(padded); i++ {
			padded[i] = line[p.W-1]
		}
		sum := uint32(0)
		for _, v := range padded[:2*radius+1] {
			sum += uint32(v)
		}
		leaving, coming := padded[:p.W], padded[2*radius+1:]
		for x := range out {
			out[x] = byte(uint64(sum) * share >> 32)
			if x < len(coming) {
				sum += uint32(coming[x]) - uint32(leaving[x])
			}
		}
	}
}

func (p *Plane) blurColumns(to *Plane, radius int) {
	share := reciprocal(radius)
	sums := make([]uint32, p.W)
	for y := -radius; y <= radius; y++ {
		for x, v := range p.Row(y) {
			sums[x] += uint32(v)
		}
	}
	for y := range p.H {
		out, leaving, coming := to.Row(y), p.Row(y-radius), p.Row(y+radius+1)
		for x, sum := range sums {
			out[x] = byte(uint64(sum) * share >> 32)
			sums[x] = sum + uint32(coming[x]) - uint32(leaving[x])
		}
	}
}

// reciprocal of the window's width as a 32-bit fraction, rounded up so that an
// even area stays what it was.
func reciprocal(radius int) uint64 {
	width := uint64(2*radius + 1) // #nosec G115 -- a radius is not negative
	return (1<<32 + width - 1) / width
}

func (p *Plane) Invert() *Plane {
	out := New(p.W, p.H)
	out.ToPicture = p.ToPicture
	for i, v := range p.Pix {
		out.Pix[i] = 255 - v
	}
	return out
}

// At interpolates between the centres of four pixels.
func (p *Plane) At(x, y float64) byte {
	left, top := int(math.Floor(x)), int(math.Floor(y))
	if left < 0 || top < 0 || left+1 >= p.W || top+1 >= p.H {
		return 128
	}
	fx, fy := int((x-float64(left))*256), int((y-float64(top))*256)
	upper, lower := p.Pix[top*p.W+left:], p.Pix[(top+1)*p.W+left:]
	a := int(upper[0])*(256-fx) + int(upper[1])*fx
	b := int(lower[0])*(256-fx) + int(lower[1])*fx
	return byte((a*(256-fy) + b*fy) >> 16)
}

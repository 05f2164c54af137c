package qr

import "math"

// fit is the plane scaled down so that its longer side is at most side pixels;
// a smaller plane is returned as it is.
func (p *plane) fit(side int) *plane {
	longer := max(p.w, p.h)
	if longer <= side {
		return p
	}
	return p.shrink(max(1, p.w*side/longer), max(1, p.h*side/longer))
}

// shrink averages the area that falls on each new pixel.
func (p *plane) shrink(w, h int) *plane {
	out := newPlane(w, h)
	fx, fy := float64(p.w)/float64(w), float64(p.h)/float64(h)
	out.toPicture = p.toPicture.after(affine{a: fx, e: fy})
	sums := make([]int, w)
	edges := make([]int, w+1)
	for x := range edges {
		edges[x] = min(p.w, int(math.Round(float64(x)*fx)))
	}
	for y := range h {
		top, bottom := int(math.Round(float64(y)*fy)), min(p.h, int(math.Round(float64(y+1)*fy)))
		clear(sums)
		for row := top; row < bottom; row++ {
			line := p.pix[row*p.w : (row+1)*p.w]
			for x := range w {
				for _, v := range line[edges[x]:edges[x+1]] {
					sums[x] += int(v)
				}
			}
		}
		for x := range w {
			out.pix[y*w+x] = byte(sums[x] / max(1, (bottom-top)*(edges[x+1]-edges[x])))
		}
	}
	return out
}

// enlarge doubles both sides, bilinearly.
func (p *plane) enlarge() *plane {
	out := newPlane(2*p.w, 2*p.h)
	out.toPicture = p.toPicture.after(affine{a: 0.5, e: 0.5})
	for y := range out.h {
		near, far := p.row(y/2), p.row(y/2-1+y%2*2)
		line := out.pix[y*out.w : (y+1)*out.w]
		for x := range p.w {
			left, right := max(0, x-1), min(p.w-1, x+1)
			here := 3*int(near[x]) + int(far[x])
			line[2*x] = byte((3*here + 3*int(near[left]) + int(far[left]) + 8) / 16)
			line[2*x+1] = byte((3*here + 3*int(near[right]) + int(far[right]) + 8) / 16)
		}
	}
	return out
}

// row is a row of pixels; rows beyond the edge are those at the edge.
func (p *plane) row(y int) []byte {
	y = min(max(y, 0), p.h-1)
	return p.pix[y*p.w : (y+1)*p.w]
}

// unsharp adds amount times what a blur of the radius takes away.
func (p *plane) unsharp(radius int, amount float64) *plane {
	soft := p.blur(radius)
	for i, v := range p.pix {
		soft.pix[i] = clamp(float64(v) + amount*(float64(v)-float64(soft.pix[i])))
	}
	return soft
}

// blur is a box blur of the radius, twice, which comes near a Gaussian.
// Beyond the edge the outermost pixels go on.
func (p *plane) blur(radius int) *plane {
	out, scratch := newPlane(p.w, p.h), newPlane(p.w, p.h)
	out.toPicture = p.toPicture
	p.blurRows(scratch, radius)
	scratch.blurColumns(out, radius)
	out.blurRows(scratch, radius)
	scratch.blurColumns(out, radius)
	return out
}

func (p *plane) blurRows(to *plane, radius int) {
	share := reciprocal(radius)
	padded := make([]byte, p.w+2*radius+1)
	for y := range p.h {
		line, out := p.row(y), to.row(y)
		for i := range radius {
			padded[i] = line[0]
		}
		copy(padded[radius:], line)
		for i := radius + p.w; i < len(padded); i++ {
			padded[i] = line[p.w-1]
		}
		sum := uint32(0)
		for _, v := range padded[:2*radius+1] {
			sum += uint32(v)
		}
		leaving, coming := padded[:p.w], padded[2*radius+1:]
		for x := range out {
			out[x] = byte(uint64(sum) * share >> 32)
			if x < len(coming) {
				sum += uint32(coming[x]) - uint32(leaving[x])
			}
		}
	}
}

func (p *plane) blurColumns(to *plane, radius int) {
	share := reciprocal(radius)
	sums := make([]uint32, p.w)
	for y := -radius; y <= radius; y++ {
		for x, v := range p.row(y) {
			sums[x] += uint32(v)
		}
	}
	for y := range p.h {
		out, leaving, coming := to.row(y), p.row(y-radius), p.row(y+radius+1)
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

func (p *plane) invert() *plane {
	out := newPlane(p.w, p.h)
	out.toPicture = p.toPicture
	for i, v := range p.pix {
		out.pix[i] = 255 - v
	}
	return out
}

// rotate turns the plane about its middle on a sheet that holds all of it;
// the new corners are filled with mid grey.
func (p *plane) rotate(degrees float64) *plane {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	w := int(math.Abs(float64(p.w)*cos) + math.Abs(float64(p.h)*sin))
	h := int(math.Abs(float64(p.w)*sin) + math.Abs(float64(p.h)*cos))
	out := newPlane(w, h)
	back := affine{a: cos, b: sin, d: -sin, e: cos}
	middle := back.apply(Point{float64(w) / 2, float64(h) / 2})
	back.c, back.f = float64(p.w)/2-middle.X, float64(p.h)/2-middle.Y
	out.toPicture = p.toPicture.after(back)
	for y := range h {
		for x := range w {
			at := back.apply(Point{float64(x) + 0.5, float64(y) + 0.5})
			out.pix[y*w+x] = p.at(at.X-0.5, at.Y-0.5)
		}
	}
	return out
}

// at interpolates between the centres of four pixels.
func (p *plane) at(x, y float64) byte {
	left, top := int(math.Floor(x)), int(math.Floor(y))
	if left < 0 || top < 0 || left+1 >= p.w || top+1 >= p.h {
		return 128
	}
	fx, fy := int((x-float64(left))*256), int((y-float64(top))*256)
	upper, lower := p.pix[top*p.w+left:], p.pix[(top+1)*p.w+left:]
	a := int(upper[0])*(256-fx) + int(upper[1])*fx
	b := int(lower[0])*(256-fx) + int(lower[1])*fx
	return byte((a*(256-fy) + b*fy) >> 16)
}

func clamp(v float64) byte {
	return byte(min(max(v, 0), 255))
}

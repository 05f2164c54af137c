package qr

import (
	"image"
	"image/color"
	"image/draw"
)

// plane is a picture in grey, 0 black to 255 white, with the way back from its
// pixels to those of the picture it was made of.
type plane struct {
	pix       []byte
	w, h      int
	toPicture affine
}

// affine maps (x, y) to (a·x + b·y + c, d·x + e·y + f).
type affine struct{ a, b, c, d, e, f float64 }

var identity = affine{a: 1, e: 1}

func (m affine) apply(p Point) Point {
	return Point{m.a*p.X + m.b*p.Y + m.c, m.d*p.X + m.e*p.Y + m.f}
}

// after is the map that does first and then m.
func (m affine) after(first affine) affine {
	return affine{
		m.a*first.a + m.b*first.d, m.a*first.b + m.b*first.e, m.a*first.c + m.b*first.f + m.c,
		m.d*first.a + m.e*first.d, m.d*first.b + m.e*first.e, m.d*first.c + m.e*first.f + m.f,
	}
}

func newPlane(w, h int) *plane {
	return &plane{pix: make([]byte, w*h), w: w, h: h, toPicture: identity}
}

// toGray takes the luminance of a picture laid on white paper: a transparent
// background is white.
func toGray(img image.Image) *plane {
	box := img.Bounds()
	p := newPlane(box.Dx(), box.Dy())
	switch img := img.(type) {
	case *image.YCbCr:
		for y := range p.h {
			at := img.YOffset(box.Min.X, box.Min.Y+y)
			copy(p.pix[y*p.w:(y+1)*p.w], img.Y[at:])
		}
	case *image.Gray:
		for y := range p.h {
			at := img.PixOffset(box.Min.X, box.Min.Y+y)
			copy(p.pix[y*p.w:(y+1)*p.w], img.Pix[at:])
		}
	default:
		p.flatten(img)
	}
	return p
}

// flatten goes by strips, so that no second copy of a large picture is held.
func (p *plane) flatten(img image.Image) {
	const rows = 16
	box := img.Bounds()
	strip := image.NewRGBA(image.Rect(0, 0, p.w, rows))
	for top := 0; top < p.h; top += rows {
		draw.Draw(strip, strip.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(strip, strip.Rect, img, image.Pt(box.Min.X, box.Min.Y+top), draw.Over)
		for i := range min(rows, p.h-top) * p.w {
			c := strip.Pix[i*4 : i*4+3]
			p.pix[top*p.w+i] = byte((299*int(c[0]) + 587*int(c[1]) + 114*int(c[2]) + 500) / 1000)
		}
	}
}

// upright turns the plane by its EXIF orientation. The result is the picture
// itself: its pixels are the ones that corners are counted in.
func (p *plane) upright(orientation int) *plane {
	if orientation <= 1 || orientation > 8 {
		return p
	}
	out := newPlane(p.w, p.h)
	if orientation >= 5 {
		out.w, out.h = p.h, p.w
	}
	right, bottom := p.w-1, p.h-1
	for y := range out.h {
		for x := range out.w {
			var sx, sy int
			switch orientation {
			case 2:
				sx, sy = right-x, y
			case 3:
				sx, sy = right-x, bottom-y
			case 4:
				sx, sy = x, bottom-y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, bottom-x
			case 7:
				sx, sy = right-y, bottom-x
			case 8:
				sx, sy = right-y, x
			}
			out.pix[y*out.w+x] = p.pix[sy*p.w+sx]
		}
	}
	return out
}

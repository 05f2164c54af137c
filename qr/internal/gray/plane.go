// Package gray holds pictures in grey and filters over them.
package gray

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// Plane is a picture in grey, 0 black to 255 white, with the way back from its
// pixels to those of the picture it was made of.
type Plane struct {
	Pix       []byte
	W, H      int
	ToPicture Affine
}

// Point is a place in pixels, from the top left corner of the top left pixel.
type Point struct{ X, Y float64 }

// Affine maps (x, y) to (a·x + b·y + c, d·x + e·y + f).
type Affine struct{ a, b, c, d, e, f float64 }

// Identity leaves points where they are.
var Identity = Affine{a: 1, e: 1}

// Apply maps a point.
func (m Affine) Apply(p Point) Point {
	return Point{m.a*p.X + m.b*p.Y + m.c, m.d*p.X + m.e*p.Y + m.f}
}

// Inverse is the way back of a map that does not flatten.
func (m Affine) Inverse() Affine {
	det := m.a*m.e - m.b*m.d
	return Affine{
		m.e / det, -m.b / det, (m.b*m.f - m.c*m.e) / det,
		-m.d / det, m.a / det, (m.c*m.d - m.a*m.f) / det,
	}
}

// Scale is how many times longer the map makes a horizontal line.
func (m Affine) Scale() float64 { return math.Hypot(m.a, m.d) }

// After is the map that does first and then m.
func (m Affine) After(first Affine) Affine {
	return Affine{
		m.a*first.a + m.b*first.d, m.a*first.b + m.b*first.e, m.a*first.c + m.b*first.f + m.c,
		m.d*first.a + m.e*first.d, m.d*first.b + m.e*first.e, m.d*first.c + m.e*first.f + m.f,
	}
}

// New returns a black plane that is a picture of its own.
func New(w, h int) *Plane {
	return &Plane{Pix: make([]byte, w*h), W: w, H: h, ToPicture: Identity}
}

// From takes the luminance of a picture laid on white paper: a transparent
// background is white.
func From(img image.Image) *Plane {
	box := img.Bounds()
	p := New(box.Dx(), box.Dy())
	switch img := img.(type) {
	case *image.YCbCr:
		for y := range p.H {
			at := img.YOffset(box.Min.X, box.Min.Y+y)
			copy(p.Pix[y*p.W:(y+1)*p.W], img.Y[at:])
		}
	case *image.Gray:
		for y := range p.H {
			at := img.PixOffset(box.Min.X, box.Min.Y+y)
			copy(p.Pix[y*p.W:(y+1)*p.W], img.Pix[at:])
		}
	default:
		p.flatten(img)
	}
	return p
}

// flatten goes by strips, so that no second copy of a large picture is held.
func (p *Plane) flatten(img image.Image) {
	const rows = 16
	box := img.Bounds()
	strip := image.NewRGBA(image.Rect(0, 0, p.W, rows))
	for top := 0; top < p.H; top += rows {
		draw.Draw(strip, strip.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.Draw(strip, strip.Rect, img, image.Pt(box.Min.X, box.Min.Y+top), draw.Over)
		for i := range min(rows, p.H-top) * p.W {
			c := strip.Pix[i*4 : i*4+3]
			p.Pix[top*p.W+i] = byte((299*int(c[0]) + 587*int(c[1]) + 114*int(c[2]) + 500) / 1000)
		}
	}
}

// Upright turns the plane by its EXIF orientation. The result is the picture
// itself: its pixels are the ones that corners are counted in.
func (p *Plane) Upright(orientation int) *Plane {
	if orientation <= 1 || orientation > 8 {
		return p
	}
	out := New(p.W, p.H)
	if orientation >= 5 {
		out.W, out.H = p.H, p.W
	}
	right, bottom := p.W-1, p.H-1
	for y := range out.H {
		for x := range out.W {
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
			out.Pix[y*out.W+x] = p.Pix[sy*p.W+sx]
		}
	}
	return out
}

// Image shows the plane; both share their pixels.
func (p *Plane) Image() *image.Gray {
	return &image.Gray{Pix: p.Pix, Stride: p.W, Rect: image.Rect(0, 0, p.W, p.H)}
}

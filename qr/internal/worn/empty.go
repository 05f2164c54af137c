package worn

import (
	"image"
	"math"
)

// Empty draws a picture that has no code in it, of a kind that might fool a
// decoder: 160 to 320 pixels a side. Whoever reads a text in it is wrong.
func Empty(seed uint64) *image.Gray {
	d := newDice("empty", 0, seed)
	c := &canvas{w: d.count(160, 320), h: d.count(160, 320)}
	kinds := []func(dice, *canvas){
		lines, cover, cover, snow, chessboard, halftone, barcode, keys, bullseyes,
		likeQR, likeQR, likeQR, likeMicroQR, likeDataMatrix,
	}
	c.pix = make([]float32, c.w*c.h)
	kinds[d.IntN(len(kinds))](d, c)
	return taken(d, c)
}

// A canvas is a drawing, 0 black and 1 white.
type canvas struct {
	w, h int
	pix  []float32
}

// paint asks for the tone of every pixel.
func (c *canvas) paint(tone func(x, y float64) float64) {
	for i := range c.pix {
		c.pix[i] = float32(tone(float64(i%c.w)+0.5, float64(i/c.w)+0.5))
	}
}

// taken tilts the drawing, blurs it, and adds light and noise.
func taken(d dice, c *canvas) *image.Gray {
	drawn := blurred(warped(d, c), c.w, c.h, d.between(0.2, 1.2))
	black, white, noise := d.between(0, 90), d.between(140, 255), d.between(0, 14)
	light, depth := d.field(), d.between(0, 0.5)
	img := image.NewGray(image.Rect(0, 0, c.w, c.h))
	for i, tone := range drawn {
		lit := 1 - depth*light.clouds(float64(i%c.w)/120, float64(i/c.w)/120)
		img.Pix[i] = uint8(clamp((black+(white-black)*float64(tone))*lit+noise*d.NormFloat64(), 0, 255))
	}
	return img
}

// warped turns the drawing and views it from the side, as often as not.
func warped(d dice, c *canvas) []float32 {
	if d.chance(0.4) {
		return c.pix
	}
	a, px, py := d.between(-0.4, 0.4), d.between(-0.001, 0.001), d.between(-0.001, 0.001)
	out := make([]float32, len(c.pix))
	for i := range out {
		x, y := float64(i%c.w-c.w/2), float64(i/c.w-c.h/2)
		away := 1 + px*x + py*y
		u := (x*math.Cos(a)-y*math.Sin(a))/away + float64(c.w)/2
		v := (x*math.Sin(a)+y*math.Cos(a))/away + float64(c.h)/2
		out[i] = c.between(u, v)
	}
	return out
}

func (c *canvas) between(x, y float64) float32 {
	x, y = clamp(x, 0, float64(c.w)-1.001), clamp(y, 0, float64(c.h)-1.001)
	i, j := int(x), int(y)
	u, v := float32(x-float64(i)), float32(y-float64(j))
	at := c.pix[j*c.w+i:]
	return (at[0]*(1-u)+at[1]*u)*(1-v) + (at[c.w]*(1-u)+at[c.w+1]*u)*v
}

// lines is a receipt's text.
func lines(d dice, c *canvas) {
	sheet := image.NewAlpha(image.Rect(0, 0, c.w, c.h))
	printText(d, sheet, image.Rectangle{})
	for i, a := range sheet.Pix {
		c.pix[i] = 1 - float32(a)/255
	}
}

// cover is a table, and often one with hard contrast.
func cover(d dice, c *canvas) {
	of := pick(d, wood, cloth, stone, squares)(d)
	hard, scale := d.between(0.05, 0.6), d.between(0.5, 4)
	c.paint(func(x, y float64) float64 { return step(0.7-hard, 0.7+hard, of(x/scale, y/scale)) })
}

// snow is chance in squares of a pixel or a few.
func snow(d dice, c *canvas) {
	f, size := d.field(), float64(d.count(1, 7))
	grey := d.chance(0.3)
	c.paint(func(x, y float64) float64 {
		tone := f.corner(int(x/size), int(y/size))
		if grey {
			return tone
		}
		return math.Round(tone)
	})
}

func chessboard(d dice, c *canvas) {
	a, b := d.between(2, 24), d.between(2, 24)
	if d.chance(0.6) {
		b = a
	}
	c.paint(func(x, y float64) float64 { return float64((int(x/a) + int(y/b)) & 1) })
}

// halftone is a grey picture in dots.
func halftone(d dice, c *canvas) {
	f, pitch, a := d.field(), d.between(3, 9), d.between(0, math.Pi/2)
	c.paint(func(x, y float64) float64 {
		u, v := x*math.Cos(a)-y*math.Sin(a), x*math.Sin(a)+y*math.Cos(a)
		screen := math.Cos(2*math.Pi*u/pitch) * math.Cos(2*math.Pi*v/pitch)
		return step(-0.1, 0.1, screen+2.4*(f.clouds(x/60, y/60)-0.5))
	})
}

// barcode is bars of one to four units, in a row or stacked.
func barcode(d dice, c *canvas) {
	unit, row := d.between(1, 3.5), d.between(6, 200)
	bars := d.field()
	c.paint(func(x, y float64) float64 {
		if x < 12 || x > float64(c.w)-12 || y < 8 || y > float64(c.h)-8 {
			return 1
		}
		return math.Round(bars.corner(int(x/unit), int(y/row)))
	})
}

// keys is a grid of rounded fields with a mark in each, as on a keyboard or
// in a table of lottery numbers.
func keys(d dice, c *canvas) {
	pitch, gap := d.between(10, 34), d.between(1, 4)
	marks, ground := d.field(), float64(d.IntN(2))
	c.paint(func(x, y float64) float64 {
		u, v := math.Mod(x, pitch), math.Mod(y, pitch)
		if min(u, v, pitch-u, pitch-v) < gap {
			return ground
		}
		inner := pitch / 3
		if u > inner && u < 2*inner && v > inner && v < 2*inner && marks.at(x/1.8, y/1.8) > 0.5 {
			return ground
		}
		return 1 - ground
	})
}

package qr

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"testing"

	"github.com/skip2/go-qrcode"

	"promobot/qr/internal/gray"
)

const madeReceipt = "t=20260311T1405&s=1499.00&fn=9999078900005678&i=731&fp=1029384756&n=1"

// madeCode draws a symbol with its quiet zone, px pixels a module.
func madeCode(t testing.TB, text string, px int) *image.Gray {
	t.Helper()
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	modules := code.Bitmap()
	out := image.NewGray(image.Rect(0, 0, len(modules)*px, len(modules)*px))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			if !modules[y/px][x/px] {
				out.SetGray(x, y, color.Gray{Y: 245})
			}
		}
	}
	return out
}

// onSheet lays pictures side by side on light grey.
func onSheet(pictures ...*image.Gray) *image.Gray {
	w, h := 40, 0
	for _, p := range pictures {
		w, h = w+p.Rect.Dx()+40, max(h, p.Rect.Dy()+80)
	}
	sheet := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(sheet, sheet.Rect, image.NewUniform(color.Gray{Y: 225}), image.Point{}, draw.Src)
	x := 40
	for _, p := range pictures {
		draw.Draw(sheet, p.Rect.Add(image.Pt(x, 40)), p, image.Point{}, draw.Src)
		x += p.Rect.Dx() + 40
	}
	return sheet
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// turnedBy turns a picture about its middle on a larger grey sheet.
func turnedBy(img *image.Gray, degrees float64) *image.Gray {
	p := &gray.Plane{Pix: img.Pix, W: img.Rect.Dx(), H: img.Rect.Dy(), ToPicture: gray.Identity}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	w := int(math.Abs(float64(p.W)*cos) + math.Abs(float64(p.H)*sin))
	h := int(math.Abs(float64(p.W)*sin) + math.Abs(float64(p.H)*cos))
	out := image.NewGray(image.Rect(0, 0, w, h))
	for i := range out.Pix {
		x, y := float64(i%w)+0.5-float64(w)/2, float64(i/w)+0.5-float64(h)/2
		out.Pix[i] = p.At(cos*x+sin*y+float64(p.W)/2-0.5, cos*y-sin*x+float64(p.H)/2-0.5)
	}
	return out
}

func near(a, b Point, pixels float64) bool { return math.Hypot(a.X-b.X, a.Y-b.Y) <= pixels }

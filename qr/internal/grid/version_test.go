package grid

import (
	"image"
	"image/color"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"

	"promobot/qr/internal/gray"
)

// symbolOf draws a symbol of a version, 4 pixels a module, and its true grid.
func symbolOf(t *testing.T, version int) (*gray.Plane, Grid) {
	t.Helper()
	code, err := encoder.Encoder_encode("PROMOBOT", decoder.ErrorCorrectionLevel_M,
		map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_QR_VERSION: version})
	if err != nil {
		t.Fatal(err)
	}
	const px, quiet = 4, 16
	m := code.GetMatrix()
	d := m.GetWidth()
	img := image.NewGray(image.Rect(0, 0, d*px+2*quiet, d*px+2*quiet))
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			mx, my := (x-quiet)/px, (y-quiet)/px
			if x < quiet || y < quiet || mx >= d || my >= d || m.Get(mx, my) != 1 {
				img.SetGray(x, y, color.Gray{Y: 230})
			}
		}
	}
	far := float64(quiet + d*px)
	return gray.From(img), Between(d, [4]gray.Point{{X: quiet, Y: quiet}, {X: far, Y: quiet}, {X: far, Y: far}, {X: quiet, Y: far}})
}

func TestSizeIsWhatTheSymbolSays(t *testing.T) {
	for _, version := range []int{7, 13, 25, 33, 40} {
		p, g := symbolOf(t, version)
		for _, off := range []int{-8, -4, 0, 4, 8} {
			guess := g.resized(min(177, g.Dimension+off))
			sized, ok := guess.Sized(p)
			if !ok || sized.Dimension != g.Dimension {
				t.Errorf("version %d guessed with %d modules: %d, %v", version, guess.Dimension, sized.Dimension, ok)
			}
		}
	}
}

func TestSmallSymbolsSayNoSize(t *testing.T) {
	p, g := symbolOf(t, 4)
	if _, ok := g.Sized(p); ok {
		t.Error("version 4 names its version")
	}
	if _, ok := g.resized(61).Sized(gray.New(100, 100)); ok {
		t.Error("a black plane names a version")
	}
}

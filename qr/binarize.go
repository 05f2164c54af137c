package qr

import (
	"github.com/makiuchi-d/gozxing"

	"promobot/qr/internal/gray"
)

// binarizer decides which pixels are ink; nil when it cannot.
type binarizer func(p *gray.Plane) *gozxing.BitMatrix

// hybrid thresholds each block of 8×8 pixels by its surroundings.
func hybrid(p *gray.Plane) *gozxing.BitMatrix {
	return black(gozxing.NewHybridBinarizer(source(p)))
}

// global thresholds the whole plane at the valley of its histogram.
func global(p *gray.Plane) *gozxing.BitMatrix {
	return black(gozxing.NewGlobalHistgramBinarizer(source(p)))
}

func source(p *gray.Plane) gozxing.LuminanceSource {
	source, err := gozxing.NewPlanarYUVLuminanceSource(p.Pix, p.W, p.H, 0, 0, p.W, p.H, false)
	if err != nil {
		panic(err) // the rectangle is the plane's own
	}
	return source
}

func black(b gozxing.Binarizer) *gozxing.BitMatrix {
	m, err := b.GetBlackMatrix()
	if err != nil {
		return nil
	}
	return m
}

// adaptive calls ink what is darker than the mean of its wide surroundings by
// a small margin, so that a shadow, a stain or faded print does not matter.
func adaptive(p *gray.Plane) *gozxing.BitMatrix {
	const margin = 4
	radius := max(4, min(p.W, p.H)/24)
	m, err := gozxing.NewBitMatrix(p.W, p.H)
	if err != nil {
		return nil
	}
	mean := p.Blur(radius)
	for y := range p.H {
		for x := range p.W {
			if i := y*p.W + x; int(p.Pix[i]) < int(mean.Pix[i])-margin {
				m.Set(x, y)
			}
		}
	}
	return m
}

package qr

import "github.com/makiuchi-d/gozxing"

// binarizer decides which pixels are ink; nil when it cannot.
type binarizer func(p *plane) *gozxing.BitMatrix

// hybrid thresholds each block of 8×8 pixels by its surroundings.
func hybrid(p *plane) *gozxing.BitMatrix {
	return black(gozxing.NewHybridBinarizer(p.source()))
}

// global thresholds the whole plane at the valley of its histogram.
func global(p *plane) *gozxing.BitMatrix {
	return black(gozxing.NewGlobalHistgramBinarizer(p.source()))
}

func (p *plane) source() gozxing.LuminanceSource {
	source, err := gozxing.NewPlanarYUVLuminanceSource(p.pix, p.w, p.h, 0, 0, p.w, p.h, false)
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
func adaptive(p *plane) *gozxing.BitMatrix {
	const margin = 4
	radius := max(4, min(p.w, p.h)/24)
	m, err := gozxing.NewBitMatrix(p.w, p.h)
	if err != nil {
		return nil
	}
	mean := p.blur(radius)
	for y := range p.h {
		for x := range p.w {
			if i := y*p.w + x; int(p.pix[i]) < int(mean.pix[i])-margin {
				m.Set(x, y)
			}
		}
	}
	return m
}

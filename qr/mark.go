package qr

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"

	"promobot/qr/internal/gray"
)

const (
	markedSide    = 1280
	markedQuality = 80
)

var (
	codeInk = color.RGBA{R: 0x18, G: 0xa0, B: 0x58, A: 0xff}
	flawInk = color.RGBA{R: 0xe8, G: 0x40, B: 0x18, A: 0xff}
)

// Marked draws the flaw of a result into the picture it came from: a JPEG of
// at most 1280 pixels a side, grey with coloured marks, for a chat. The code is
// outlined in green, its flaw in red. A result without a known flaw gives nil
// and no error.
func Marked(ctx context.Context, picture []byte, r Result) ([]byte, error) {
	if r.Flaw.Code == ([4]Point{}) {
		return nil, nil
	}
	upright, err := Upright(ctx, picture)
	if err != nil {
		return nil, err
	}
	p := &gray.Plane{Pix: upright.Pix, W: upright.Rect.Dx(), H: upright.Rect.Dy(), ToPicture: gray.Identity}
	small := p.Fit(markedSide)
	scale := float64(small.W) / float64(p.W)
	sheet := NewSheet(small.Image())
	sheet.Outline(scaled(r.Flaw.Code, scale), codeInk)
	if r.Flaw.Corner != CornerNone {
		sheet.Outline(scaled(r.Flaw.Area, scale), flawInk)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, sheet, &jpeg.Options{Quality: markedQuality}); err != nil {
		return nil, fmt.Errorf("qr: mark a picture: %w", err)
	}
	return out.Bytes(), nil
}

func scaled(quad [4]Point, by float64) [4]Point {
	for i := range quad {
		quad[i] = Point{X: quad[i].X * by, Y: quad[i].Y * by}
	}
	return quad
}

// Sheet is a grey picture that can be marked in colour.
type Sheet struct{ *image.RGBA }

// NewSheet returns a sheet with a copy of the picture.
func NewSheet(img image.Image) Sheet {
	s := Sheet{image.NewRGBA(img.Bounds())}
	draw.Draw(s, s.Bounds(), img, img.Bounds().Min, draw.Src)
	return s
}

// Outline draws the four sides of a quadrilateral, as thick as the sheet asks
// for.
func (s Sheet) Outline(quad [4]Point, ink color.Color) {
	width := max(3, min(s.Rect.Dx(), s.Rect.Dy())/120)
	for i := range quad {
		s.line(quad[i], quad[(i+1)%4], width, ink)
	}
}

func (s Sheet) line(a, b Point, width int, ink color.Color) {
	const far = 3 * maxSide // an outline may lie outside, but not endlessly
	steps := min(math.Max(math.Abs(b.X-a.X), math.Abs(b.Y-a.Y))+1, far)
	for i := 0.0; i <= steps; i++ {
		x, y := int(a.X+(b.X-a.X)*i/steps)-width/2, int(a.Y+(b.Y-a.Y)*i/steps)-width/2
		draw.Draw(s, image.Rect(x, y, x+width, y+width), image.NewUniform(ink), image.Point{}, draw.Src)
	}
}

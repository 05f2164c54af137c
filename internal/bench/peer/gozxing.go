package peer

import (
	"context"
	"image"
	"slices"
	"time"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode"

	"promobot/qr"
)

// Gozxing is the Go port of ZXing: once with its hybrid binarizer, as its manual
// shows it, or in many passes.
type Gozxing struct{ ManyPasses bool }

// Name is how the peer is called in figures.
func (g Gozxing) Name() string {
	if g.ManyPasses {
		return "gozxing-multi"
	}
	return "gozxing"
}

// Read takes no time but that of this process.
func (g Gozxing) Read(ctx context.Context, s Sheet) ([]qr.Code, time.Duration, error) {
	if !g.ManyPasses {
		return pass{binarize: gozxing.NewHybridBinarizer, scale: 1}.read(s.Gray, false), 0, nil
	}
	var codes []qr.Code
	for _, size := range sizes {
		gray := size.of(s.Gray)
		for _, p := range size.passes() {
			found := p.read(gray, s.All)
			codes = append(codes, found...)
			if !s.All && slices.ContainsFunc(found, s.accepts) {
				return codes, 0, nil
			}
			if err := ctx.Err(); err != nil {
				return nil, 0, err
			}
		}
	}
	return distinct(codes), 0, nil
}

// size is one of those that a picture is read in.
type size struct {
	scale float64
	of    func(*image.Gray) *image.Gray
}

var sizes = []size{{1, same}, {0.5, halved}, {2, doubled}}

func (z size) passes() (all []pass) {
	for _, inverted := range []bool{false, true} {
		all = append(all, pass{gozxing.NewHybridBinarizer, inverted, z.scale}, pass{gozxing.NewGlobalHistgramBinarizer, inverted, z.scale})
	}
	return all
}

// pass is one way to look at a picture of that scale.
type pass struct {
	binarize func(gozxing.LuminanceSource) gozxing.Binarizer
	inverted bool
	scale    float64
}

func (p pass) read(gray *image.Gray, all bool) []qr.Code {
	source := gozxing.NewLuminanceSourceFromImage(gray)
	if p.inverted {
		source = gozxing.NewInvertedLuminanceSource(source)
	}
	bitmap, err := gozxing.NewBinaryBitmap(p.binarize(source))
	if err != nil {
		return nil
	}
	var found []*gozxing.Result
	if one, err := qrcode.NewQRCodeReader().Decode(bitmap, nil); err == nil {
		found = append(found, one)
	}
	if all {
		several, _ := multi.NewQRCodeMultiReader().DecodeMultiple(bitmap, nil) // an error: it found none
		found = append(found, several...)
	}
	var codes []qr.Code
	for _, one := range found {
		codes = append(codes, p.code(one))
	}
	return codes
}

// code knows the middles of three finders, bottom left, top left and top right;
// the first and the last make a square with the symbol's own middle.
func (p pass) code(r *gozxing.Result) qr.Code {
	var at [3]qr.Point
	for i, point := range r.GetResultPoints() {
		if i < len(at) {
			at[i] = qr.Point{X: point.GetX() / p.scale, Y: point.GetY() / p.scale}
		}
	}
	last := qr.Point{X: at[0].X + at[2].X - at[1].X, Y: at[0].Y + at[2].Y - at[1].Y}
	return qr.Code{Text: r.GetText(), Corners: [4]qr.Point{at[1], at[2], last, at[0]}}
}

// distinct leaves one reading of those that several passes made at one place.
func distinct(codes []qr.Code) (kept []qr.Code) {
	for _, c := range codes {
		if !seen(kept, c) {
			kept = append(kept, c)
		}
	}
	return kept
}

func seen(codes []qr.Code, c qr.Code) bool {
	for _, other := range codes {
		near := abs(other.Corners[0].X-c.Corners[0].X)+abs(other.Corners[0].Y-c.Corners[0].Y) < samePlace
		if other.Text == c.Text && near {
			return true
		}
	}
	return false
}

// samePlace is how far apart two passes see one symbol at most, in pixels.
const samePlace = 20

func abs(x float64) float64 { return max(x, -x) }

package worn

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

const ticket = "t=20260311T100500&s=1499.00&fn=9999078900005678&i=731&fp=1029384756&n=1"

// clean draws modules without any wear.
func clean(modules [][]bool) image.Image {
	const px, quiet = 4, 4
	side := (len(modules) + 2*quiet) * px
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			i, j := x/px-quiet, y/px-quiet
			inside := min(i, j) >= 0 && max(i, j) < len(modules)
			if !inside || !modules[j][i] {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return img
}

func readBy(t *testing.T, img image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(gozxing.NewLuminanceSourceFromImage(img)))
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		return err.Error()
	}
	return result.GetText()
}

func TestEverySymbolIsReadable(t *testing.T) {
	levels := []decoder.ErrorCorrectionLevel{
		decoder.ErrorCorrectionLevel_L, decoder.ErrorCorrectionLevel_M,
		decoder.ErrorCorrectionLevel_Q, decoder.ErrorCorrectionLevel_H,
	}
	for i, style := range styles {
		for j, level := range levels {
			for spare := range 3 {
				t.Run(fmt.Sprint(style, level, spare), func(t *testing.T) {
					s := encoded(ticket, style, 4+j, level, spare, (i+2*j+spare)%8)
					if got := readBy(t, clean(s.modules)); got != ticket {
						t.Errorf("version %d, mask %d reads %q", s.version, s.mask, got)
					}
				})
			}
		}
	}
}

func TestSegmentation(t *testing.T) {
	names := map[*decoder.Mode]string{
		decoder.Mode_BYTE: "b", decoder.Mode_NUMERIC: "n", decoder.Mode_ALPHANUMERIC: "a",
	}
	for _, tt := range []struct {
		style string
		least int
		want  string
	}{
		{"byte", 4, "b71"},
		{"mix", 4, "b2 n8 b1 n6 b3 n4 b7 n16 b10 n10 b4"},
		{"mix", 8, "b2 n8 b21 n16 b10 n10 b4"},
		{"mix2", 5, "b2 n8 a7 b3 a7 b4 n16 b10 n10 b4"},
		{"mix2", 8, "b2 n8 b21 n16 b10 n10 b4"},
		{"optimal", 0, "b2 n8 a7 b14 n16 b10 n10 b4"},
	} {
		var got []string
		for _, s := range segmented(ticket, tt.style, tt.least) {
			got = append(got, fmt.Sprint(names[s.mode], len(s.text)))
		}
		if all := strings.Join(got, " "); all != tt.want {
			t.Errorf("%s from %d: %s, want %s", tt.style, tt.least, all, tt.want)
		}
	}
}

func TestOptimalIsTheShortest(t *testing.T) {
	d := newDice("segments", 0, 1)
	for range 200 {
		text := fiscalText(d)
		best := lengthOf(segmented(text, "optimal", 0), 4)
		for _, style := range styles {
			for least := 4; least <= 8; least++ {
				if n := lengthOf(segmented(text, style, least), 4); n < best-6 { // the walk ignores the rounding up of bits
					t.Errorf("%s: %s from %d has %d bits, optimal %d", text, style, least, n, best)
				}
			}
		}
	}
}

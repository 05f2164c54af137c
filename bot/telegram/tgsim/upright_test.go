package tgsim_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"testing"

	"promobot/bot/telegram/tgsim"
)

// held returns a JPEG of 80×40 whose upper left quarter is black when it is
// shown upright, taken with the orientation.
func held(t *testing.T, orientation byte, order string) []byte {
	t.Helper()
	// Where the quarter lies in the stored picture, by orientation, and whether
	// that lies on its side.
	quarter := map[byte]image.Point{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {0, 1}, 7: {1, 1}, 8: {1, 0}}[orientation]
	size := image.Pt(80, 40)
	if orientation >= 5 {
		size = image.Pt(40, 80)
	}
	m := image.NewGray(image.Rectangle{Max: size})
	draw.Draw(m, m.Bounds(), image.White, image.Point{}, draw.Src)
	corner := image.Pt(quarter.X*size.X/2, quarter.Y*size.Y/2)
	draw.Draw(m, image.Rectangle{corner, corner.Add(size.Div(2))}, image.Black, image.Point{}, draw.Src)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00" + map[string]string{
		"II": "II\x2a\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00" + string([]byte{orientation, 0, 0, 0}),
		"MM": "MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01" + string([]byte{0, orientation, 0, 0}),
	}[order]
	segment := append([]byte{0xFF, 0xE1, 0, byte(len(exif) + 2)}, exif...)
	return append(append([]byte{0xFF, 0xD8}, segment...), out.Bytes()[2:]...)
}

// A photo arrives as it was seen, however the phone was held.
func TestUpright(t *testing.T) {
	for orientation := byte(1); orientation <= 8; orientation++ {
		for _, order := range []string{"II", "MM"} {
			w := newWorld(t, tgsim.Options{})
			must(t)(w.Photo(anna, held(t, orientation, order), ""))
			photo := w.Transcript(anna, 0).Messages[0].Photo
			content, _ := w.File(photo[len(photo)-1].FileID)
			m, _, err := image.Decode(bytes.NewReader(content))
			if err != nil || m.Bounds().Dx() != 80 || m.Bounds().Dy() != 40 {
				t.Fatalf("orientation %d: %v, %v", orientation, m.Bounds(), err)
			}
			for at, black := range map[image.Point]bool{{20, 10}: true, {60, 10}: false, {20, 30}: false, {60, 30}: false} {
				if y := color.GrayModel.Convert(m.At(at.X, at.Y)).(color.Gray).Y; (y < 128) != black {
					t.Errorf("orientation %d, %s: %d at %v, want black %t", orientation, order, y, at, black)
				}
			}
		}
	}
}

// A cut or lying Exif part leaves a picture as it is stored.
func TestBrokenExif(t *testing.T) {
	whole := held(t, 6, "II")
	for at := 2; at < 40; at++ {
		for _, value := range []byte{0, 0x7F, 0xFF} {
			broken := bytes.Clone(whole)
			broken[at] = value
			w := newWorld(t, tgsim.Options{})
			_, _ = w.Photo(anna, broken, "") // whether it is a picture or not: nothing breaks
		}
	}
}

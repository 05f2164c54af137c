package peer

import (
	"image"
	"slices"
	"testing"
)

func TestResize(t *testing.T) {
	gray := &image.Gray{Pix: []uint8{0, 100, 200, 100, 0, 50}, Stride: 3, Rect: image.Rect(0, 0, 3, 2)}
	if half := halved(gray); !slices.Equal(half.Pix, []uint8{50}) {
		t.Errorf("half %v", half.Pix)
	}
	twice := doubled(gray)
	if want := []uint8{0, 50, 100, 150, 200, 200}; twice.Rect != image.Rect(0, 0, 6, 4) || !slices.Equal(twice.Pix[:6], want) {
		t.Errorf("twice %v begins with %v, want %v", twice.Rect, twice.Pix[:6], want)
	}
	if bottom := twice.Pix[18:]; !slices.Equal(bottom, []uint8{100, 50, 0, 25, 50, 50}) {
		t.Errorf("twice ends with %v", bottom)
	}
	if one := image.NewGray(image.Rect(0, 0, 1, 1)); halved(one).Rect != one.Rect {
		t.Error("one pixel cannot be halved to nothing")
	}
}

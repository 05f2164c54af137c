package worn

import (
	"bytes"
	"testing"
)

func TestEmptyHoldsNothing(t *testing.T) {
	for seed := range uint64(150) {
		img := Empty(seed)
		if w, h := img.Rect.Dx(), img.Rect.Dy(); min(w, h) < 160 || max(w, h) > 320 {
			t.Errorf("seed %d: %d by %d pixels", seed, w, h)
		}
		if got := readBy(t, img); got != "" && got[:2] == "t=" {
			t.Errorf("seed %d reads %q", seed, got)
		}
	}
	if !bytes.Equal(Empty(3).Pix, Empty(3).Pix) {
		t.Error("two pictures of one seed differ")
	}
}

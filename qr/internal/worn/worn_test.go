package worn

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"testing"
)

func decoded(t *testing.T, file []byte) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestSameSeedSameSheet(t *testing.T) {
	a, b, other := Draw("combo", 2, 5), Draw("combo", 2, 5), Draw("combo", 2, 6)
	if !bytes.Equal(a.Picture, b.Picture) || a.Text != b.Text {
		t.Error("two pictures of one seed differ")
	}
	if bytes.Equal(a.Picture, other.Picture) || a.Text == other.Text {
		t.Error("another seed made the same picture")
	}
}

func TestUndamagedSheetIsReadable(t *testing.T) {
	for seed := range uint64(6) {
		s := Draw("fade", 0, seed)
		if got := readBy(t, decoded(t, s.Picture)); got != s.Text {
			t.Errorf("seed %d reads %q, want %q", seed, got, s.Text)
		}
	}
}

// Every module of an easy picture has its colour where the truth says it is,
// and the truth is where it fits best: moved by a third of a module it is worse.
func TestCentersAreTrue(t *testing.T) {
	for seed := range uint64(6) {
		s := Draw("fade", 0, seed)
		img := decoded(t, s.Picture)
		here := contrastAt(img, s, 0, 0)
		if here < 0.25 {
			t.Errorf("seed %d: light and dark differ by %.2f", seed, here)
		}
		for _, side := range []Point{{1, 0}, {0, 1}} {
			move := s.ModulePx / 3
			before := contrastAt(img, s, -move*side.X, -move*side.Y)
			after := contrastAt(img, s, move*side.X, move*side.Y)
			// The top of a parabola through the three.
			top := move * (after - before) / (4*here - 2*before - 2*after)
			if math.Abs(top) > 0.12 {
				t.Errorf("seed %d: fits best %.2f px off along %v", seed, top, side)
			}
		}
	}
}

// contrastAt is how much lighter the light modules are than the dark ones.
func contrastAt(img image.Image, s Sheet, dx, dy float64) float64 {
	var sum, n [2]float64
	for y, row := range s.Modules {
		for x, isDark := range row {
			k := 0
			if isDark {
				k = 1
			}
			sum[k] += luma(img, s.Centers[y][x].X+dx, s.Centers[y][x].Y+dy)
			n[k]++
		}
	}
	return sum[0]/n[0] - sum[1]/n[1]
}

func luma(img image.Image, x, y float64) float64 {
	x, y = x-0.5, y-0.5
	i, j := int(math.Floor(x)), int(math.Floor(y))
	u, v := x-float64(i), y-float64(j)
	at := func(i, j int) float64 { return float64(color.GrayModel.Convert(img.At(i, j)).(color.Gray).Y) / 255 }
	return mix(mix(at(i, j), at(i+1, j), u), mix(at(i, j+1), at(i+1, j+1), u), v)
}

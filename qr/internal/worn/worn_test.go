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
	const small = "lowres"
	a, b, other := Draw(small, 2, 5), Draw(small, 2, 5), Draw(small, 2, 6)
	if !bytes.Equal(a.Picture, b.Picture) || a.Text != b.Text {
		t.Error("two pictures of one seed differ")
	}
	if bytes.Equal(a.Picture, other.Picture) || a.Text == other.Text {
		t.Error("another seed made the same picture")
	}
}

func TestUndamagedSheet(t *testing.T) {
	for seed := range uint64(3) {
		s := Draw("fade", 0, seed)
		img := decoded(t, s.Picture)
		if got := readBy(t, img); got != s.Text {
			t.Errorf("seed %d reads %q, want %q", seed, got, s.Text)
		}
		if differ := contrastAt(img, s, 0, 0); differ < 0.25 {
			t.Errorf("seed %d: light and dark differ by %.2f where the truth says they are", seed, differ)
		}
		for _, way := range []Point{{1, 0}, {0, 1}} {
			if off := misplaced(img, s, way); math.Abs(off) > 0.12 {
				t.Errorf("seed %d: the picture fits best %.2f px off along %v", seed, off, way)
			}
		}
	}
}

// misplaced is how far along a way all centres would have to move to fit the
// picture best: the top of a parabola through three contrasts.
func misplaced(img image.Image, s Sheet, way Point) float64 {
	move := s.ModulePx / 3
	here := contrastAt(img, s, 0, 0)
	before := contrastAt(img, s, -move*way.X, -move*way.Y)
	after := contrastAt(img, s, move*way.X, move*way.Y)
	return move * (after - before) / (4*here - 2*before - 2*after)
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

package gray

import (
	"math"
	"testing"
)

func TestBlurKeepsAnEvenArea(t *testing.T) {
	for _, radius := range []int{1, 2, 7, 60, 500} {
		for _, grey := range []byte{0, 1, 128, 254, 255} {
			p := New(37, 23)
			for i := range p.Pix {
				p.Pix[i] = grey
			}
			for i, v := range p.Blur(radius).Pix {
				if v != grey {
					t.Fatalf("radius %d: pixel %d of grey %d is %d", radius, i, grey, v)
				}
			}
		}
	}
}

func TestFiltersKnowTheWayBack(t *testing.T) {
	p := New(200, 120)
	marked := Point{150, 40}
	for y := 36; y < 44; y++ {
		for x := 146; x < 154; x++ {
			p.Pix[y*p.W+x] = 255
		}
	}
	for name, q := range map[string]*Plane{
		"halved": p.Shrink(100, 60), "a third": p.Shrink(66, 40),
		"twice": p.Shrink(150, 90).Shrink(75, 45), "blurred": p.Blur(3),
	} {
		var sum, x, y float64
		for i, v := range q.Pix {
			v := float64(v)
			if q.Pix[i] == 0 {
				continue
			}
			sum, x, y = sum+v, x+v*(float64(i%q.W)+0.5), y+v*(float64(i/q.W)+0.5)
		}
		back := q.ToPicture.Apply(Point{x / sum, y / sum})
		if math.IsNaN(back.X) || !near(back, marked, 1.5) {
			t.Errorf("%s: the mark comes back at %v, want %v", name, back, marked)
		}
	}
}

func near(a, b Point, pixels float64) bool { return math.Hypot(a.X-b.X, a.Y-b.Y) <= pixels }

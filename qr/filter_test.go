package qr

import (
	"math"
	"testing"
)

func TestBlurKeepsAnEvenArea(t *testing.T) {
	for _, radius := range []int{1, 2, 7, 60, 500} {
		for _, grey := range []byte{0, 1, 128, 254, 255} {
			p := newPlane(37, 23)
			for i := range p.pix {
				p.pix[i] = grey
			}
			for i, v := range p.blur(radius).pix {
				if v != grey {
					t.Fatalf("radius %d: pixel %d of grey %d is %d", radius, i, grey, v)
				}
			}
		}
	}
}

func TestFiltersKnowTheWayBack(t *testing.T) {
	p := newPlane(200, 120)
	marked := Point{150, 40}
	for y := 36; y < 44; y++ {
		for x := 146; x < 154; x++ {
			p.pix[y*p.w+x] = 255
		}
	}
	for name, q := range map[string]*plane{
		"halved": p.shrink(100, 60), "a third": p.shrink(66, 40), "doubled": p.enlarge(), "turned": p.rotate(33),
		"turned and halved": p.rotate(-70).shrink(70, 80), "blurred": p.blur(3),
	} {
		var sum, x, y float64
		for i, v := range q.pix {
			v := float64(v)
			if q.pix[i] <= 128 { // the filling of a turned sheet
				continue
			}
			sum, x, y = sum+v, x+v*(float64(i%q.w)+0.5), y+v*(float64(i/q.w)+0.5)
		}
		back := q.toPicture.apply(Point{x / sum, y / sum})
		if math.IsNaN(back.X) || !near(back, marked, 1.5) {
			t.Errorf("%s: the mark comes back at %v, want %v", name, back, marked)
		}
	}
}

package tone

import (
	"math"

	"promobot/qr/internal/grid"
)

// Masks make half of the modules dark everywhere (ISO/IEC 18004, 7.8). Where
// far fewer or far more are, something lies over them, glare, a tear, a line
// that the print head left out, a stroke of a pen, and a module of that colour
// says little, while one of the other colour says what it always does.

// frame is a stretch of modules about one that is judged as a whole.
type frame struct{ left, up, right, down int }

var frames = []frame{
	{1, 1, 1, 1}, {2, 2, 2, 2}, {3, 3, 3, 3}, {5, 5, 5, 5},
	{200, 0, 200, 0}, {0, 200, 0, 200}, {6, 0, 6, 0}, {0, 6, 0, 6},
}

// Tempered limits what modules may say where their colour is suspiciously
// common. The ratios are those of Believed.
func Tempered(ratios []float64, dimension int) []float64 {
	dark, light := shares(ratios, dimension)
	out := make([]float64, len(ratios))
	for i, l := range ratios {
		x, y := i%dimension, i/dimension
		mine, other := light, dark
		if l > 0 {
			mine, other = dark, light
		}
		out[i] = math.Copysign(min(math.Abs(l), limit(mine, other, x, y)), l)
	}
	return out
}

// shares sums how many data modules are dark and light.
func shares(ratios []float64, dimension int) (dark, light sums) {
	d, l := make([]float64, len(ratios)), make([]float64, len(ratios))
	for i, v := range ratios {
		d[i] = 1 / (1 + math.Exp(-v))
		l[i] = 1 - d[i]
	}
	for _, m := range grid.Known(dimension) {
		d[m.Y*dimension+m.X], l[m.Y*dimension+m.X] = 0, 0
	}
	return newSums(d, dimension), newSums(l, dimension)
}

// limit is the least of all frames: minus the logarithm of the chance that a
// module of the other colour looks like this one.
func limit(mine, other sums, x, y int) float64 {
	least := math.Inf(1)
	for _, f := range frames {
		m, _ := mine.box(x-f.left, y-f.up, x+f.right+1, y+f.down+1)
		o, _ := other.box(x-f.left, y-f.up, x+f.right+1, y+f.down+1)
		n := m + o
		if n < 8 {
			continue
		}
		share := o/n + 1/math.Sqrt(n) // two standard deviations of a fair coin
		if lost := 1 - 2*share; lost > 0 {
			least = min(least, -math.Log(lost))
		}
	}
	return least
}

package tone

import (
	"math"
	"sync"

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
	data := dataOf(dimension)
	dark := data.shares(ratios)
	out := make([]float64, len(ratios))
	for i, l := range ratios {
		lost := data.lost(&dark, l > 0, i%dimension, i/dimension)
		if out[i] = l; lost > 0 {
			out[i] = math.Copysign(min(math.Abs(l), -math.Log(lost)), l)
		}
	}
	return out
}

// Covered marks the modules that something probably lies over: one of the other
// colour would look the same more often than not.
func Covered(ratios []float64, dimension int) []bool {
	data := dataOf(dimension)
	dark := data.shares(ratios)
	out := make([]bool, len(ratios))
	for i, l := range ratios {
		out[i] = data.lost(&dark, l > 0, i%dimension, i/dimension) > 0.5
	}
	return out
}

// data is which modules of a symbol carry data: about half of them are dark.
type data struct {
	dimension int
	carries   []bool
	counts    sums
}

// doubts are two standard deviations of a fair coin, as a share of so many
// modules; too few say nothing.
var doubts = func() (table [178]float64) {
	for n := range table {
		if table[n] = 1; n >= 8 {
			table[n] = 1 / math.Sqrt(float64(n))
		}
	}
	return table
}()

var datas sync.Map // dimension to *data

func dataOf(dimension int) *data {
	if d, ok := datas.Load(dimension); ok {
		return d.(*data)
	}
	d, _ := datas.LoadOrStore(dimension, newData(dimension))
	return d.(*data)
}

func newData(dimension int) *data {
	d := &data{dimension: dimension, carries: make([]bool, dimension*dimension)}
	counted := make([]float64, len(d.carries))
	for i := range counted {
		d.carries[i], counted[i] = true, 1
	}
	for _, m := range grid.Known(dimension) {
		d.carries[m.Y*dimension+m.X], counted[m.Y*dimension+m.X] = false, 0
	}
	d.counts = newSums(counted, dimension)
	return d
}

// shares sums how many data modules are rather dark. How surely does not count:
// what lies under a uniform stain is all the same, each a little.
func (d *data) shares(ratios []float64) sums {
	dark := make([]float64, len(ratios))
	for i, v := range ratios {
		if d.carries[i] && v > 0 {
			dark[i] = 1
		}
	}
	return newSums(dark, d.dimension)
}

// lost is the largest chance of all frames that a module of the other colour
// looks like this one; at most 0 where none does.
func (d *data) lost(darks *sums, dark bool, x, y int) (most float64) {
	for _, f := range frames {
		left, up, right, down := x-f.left, y-f.up, x+f.right+1, y+f.down+1
		n, _ := d.counts.box(left, up, right, down)
		doubt := doubts[min(int(n), len(doubts)-1)]
		if doubt >= 0.5 {
			continue
		}
		other, _ := darks.box(left, up, right, down)
		if dark {
			other = n - other
		}
		most = max(most, 1-2*(other/n+doubt))
	}
	return most
}

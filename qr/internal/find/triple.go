package find

import (
	"math"

	"promobot/qr/internal/gray"
)

const (
	leastApart = 12.0 // modules between the middles of finders, of 14 in the smallest symbol
	mostApart  = 180.0
)

// triples puts finders together that stand at a right angle, each seen along
// the axes of the other, and appends what they say.
func triples(all []guess, found []finder) []guess {
	for _, corner := range found {
		f := corner
		for range 4 {
			for _, right := range found {
				across, ok := f.along(right)
				if !ok {
					continue
				}
				down := f
				down.frame = f.quarter()
				for _, below := range found {
					if deep, ok := down.along(below); ok && ratio(across, deep) < 1.6 {
						all = corners(all, f, right, below, across, deep)
					}
				}
			}
			f.frame = f.quarter()
		}
	}
	return all
}

// along is how many modules f's axis to the right goes to another finder that
// stands there, by the sizes of both.
func (f finder) along(other finder) (modules float64, ok bool) {
	x, y := f.modules(other.middle)
	if x < leastApart*0.7 || math.Abs(y) > 0.35*x || x > mostApart*1.4 {
		return 0, false
	}
	back := other.facing(f)
	bx, by := back.modules(f.middle)
	if bx > -leastApart*0.7 || math.Abs(by) > 0.35*-bx || ratio(x, -bx) > 1.8 {
		return 0, false
	}
	modules = math.Sqrt(x * -bx)
	return modules, modules > leastApart && modules < mostApart
}

// facing turns a finder by quarters until its axes are nearest to those of
// another.
func (f finder) facing(other finder) finder {
	best, turned := f, f
	for range 3 {
		turned.frame = turned.quarter()
		if dot(turned.right, other.right) > dot(best.right, other.right) {
			best = turned
		}
	}
	return best
}

func dot(a, b gray.Point) float64 { return a.X*b.X + a.Y*b.Y }

func ratio(a, b float64) float64 { return max(a/b, b/a) }

// corners guesses from a top left finder and its two neighbours. The fourth
// corner is opposite in a parallelogram, or, in perspective, where the sides
// meet that the two neighbours look along.
func corners(all []guess, corner, right, below finder, across, deep float64) []guess {
	opposite := minus(plus(right.middle, below.middle), corner.middle)
	ends := []gray.Point{opposite}
	side, foot := right.facing(corner), below.facing(corner)
	if at, ok := meeting(side.middle, side.down, foot.middle, foot.right); ok {
		ends = append(ends, at, halfway(opposite, at))
	}
	for _, d := range dimensions((across+deep)/2 + 7) {
		for _, end := range ends {
			all = appendSound(all, square(d, [4]gray.Point{corner.middle, right.middle, end, below.middle}))
		}
	}
	return all
}

// meeting is where two lines cross, given by a point and a direction each.
func meeting(a, along, b, across gray.Point) (gray.Point, bool) {
	area := cross(along, across)
	if math.Abs(area) < 1e-6 {
		return gray.Point{}, false
	}
	return plus(a, scaled(along, cross(minus(b, a), across)/area)), true
}

// dimensions are those nearest to an estimate. The larger the symbol the less
// the estimate says.
func dimensions(modules float64) []int {
	nearest := 17 + 4*int(math.Round((modules-17)/4))
	spread := 4 * (1 + nearest/60)
	var all []int
	for d := nearest - spread; d <= nearest+spread; d += 4 {
		if d >= 21 && d <= 177 {
			all = append(all, d)
		}
	}
	return all
}

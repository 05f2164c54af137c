package find

import "promobot/qr/internal/gray"

// pairs puts finders together that stand along a side or across the diagonal;
// the third is torn off or hidden. What they say is appended.
func pairs(all []guess, found []finder) []guess {
	for i, a := range found {
		for range 4 {
			for j, b := range found {
				if across, ok := a.along(b); ok {
					all = side(all, a, b.facing(a), across)
				}
				if across, ok := a.askew(b); ok && i < j {
					all = diagonal(all, a, b.facing(a), across)
				}
			}
			a.frame = a.quarter()
		}
	}
	return all
}

// side guesses from two finders that stand above the symbol, side by side: it
// is upright, or it lies on its left side.
func side(all []guess, a, b finder, across float64) []guess {
	for _, d := range dimensions(across + 7) {
		far := float64(d - 7)
		middles := [4]gray.Point{a.middle, b.middle, b.at(0, far), a.at(0, far)}
		all = appendSound(all, square(d, middles), square(d, rotated(middles, 1)))
	}
	return all
}

// askew is how many modules a side has whose diagonal goes from a to b, down
// and to the right.
func (f finder) askew(other finder) (modules float64, ok bool) {
	x, y := f.modules(other.middle)
	if x < leastApart*0.7 || y < leastApart*0.7 || ratio(x, y) > 1.6 || max(x, y) > mostApart*1.4 {
		return 0, false
	}
	bx, by := other.facing(f).modules(f.middle)
	if bx > -leastApart*0.7 || by > -leastApart*0.7 || ratio(bx, by) > 1.6 || ratio(x+y, -bx-by) > 1.8 {
		return 0, false
	}
	modules = (x + y - bx - by) / 4
	return modules, modules > leastApart && modules < mostApart
}

// diagonal guesses from finders at the top left and the bottom right of a
// square: one of the two other corners is the symbol's top left.
func diagonal(all []guess, a, b finder, across float64) []guess {
	for _, d := range dimensions(across + 7) {
		far := float64(d - 7)
		right := halfway(a.at(far, 0), b.at(0, -far))
		left := halfway(a.at(0, far), b.at(-far, 0))
		middles := [4]gray.Point{a.middle, right, b.middle, left}
		all = appendSound(all, square(d, rotated(middles, 1)), square(d, rotated(middles, 3)))
	}
	return all
}

func halfway(a, b gray.Point) gray.Point { return scaled(plus(a, b), 0.5) }

// rotated begins a square at another corner.
func rotated(middles [4]gray.Point, first int) (turned [4]gray.Point) {
	for i := range middles {
		turned[i] = middles[(first+i)%4]
	}
	return turned
}

func appendSound(all []guess, more ...guess) []guess {
	for _, g := range more {
		if g.sound() {
			all = append(all, g)
		}
	}
	return all
}

package find

import (
	"slices"

	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
)

const (
	maxLone    = 4
	loneScore  = 0.6 // of a finder that is worth looking about
	loneBeside = 0.8 // where another symbol was found
	largeLone  = 57  // modules a side: from one corner no farther can be seen
)

// lone guesses from finders that belong to no symbol found so far: the
// lattice that a finder begins is followed, a few rows at a time, in each of the
// four directions in which the symbol may lie.
func (s *Search) lone(found []finder, known []guess) []guess {
	least := float32(loneScore)
	if len(known) > 0 {
		least = loneBeside
	}
	found = slices.DeleteFunc(slices.Clone(found), func(f finder) bool {
		return f.score < least || within(f.middle, known)
	})
	var all []guess
	for _, f := range found[:min(len(found), maxLone)] {
		for range 4 {
			all = append(all, s.ends(s.grown(f))...)
			f.frame = f.quarter()
		}
	}
	return all
}

// grown follows the lattice to the right and down from a finder. The guess
// begins at the finder's corner.
func (s *Search) grown(f finder) guess {
	g := guess{dimension: 12, Homography: grid.Homography{
		A: f.right.X, B: f.down.X, C: f.at(-3.5, -3.5).X,
		D: f.right.Y, E: f.down.Y, F: f.at(-3.5, -3.5).Y, I: 1,
	}}
	for _, reach := range []int{11, 14, 18, 23, 30} {
		g.dimension = reach
		e := eye{s.levelOf(g), finderPattern(), reach}
		g = g.climbed([]float64{0.4, 0.2}, func(g guess) float32 {
			return e.known(g.Homography) + e.lattice(g.Homography, 0.5)
		})
	}
	return g
}

// ends is where the grown lattice may end, and how the symbol may be turned: a
// finder stands in any corner but the last.
func (s *Search) ends(g guess) []guess {
	var all []guess
	for d := 21; d <= largeLone; d += 4 {
		g.dimension = d
		c := g.outline()
		for _, first := range []int{0, 1, 3} {
			all = appendSound(all, between(d, rotated(c, first)))
		}
	}
	return s.rate(all, 4)
}

// within reports that a place lies in one of the symbols.
func within(p gray.Point, symbols []guess) bool {
	for _, g := range symbols {
		c, inside := g.outline(), true
		for i := range c {
			inside = inside && cross(minus(c[(i+1)%4], c[i]), minus(p, c[i])) > 0
		}
		if inside {
			return true
		}
	}
	return false
}

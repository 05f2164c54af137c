// Package find says where symbols may lie in a picture, also where finders are
// torn off, under a glare, faint or blurred.
//
// It works on the local contrast of the picture: finders are looked for by
// rings of light and dark, put together by threes and twos or taken alone, and
// what they promise is weighed by everything else that a symbol is known to
// have: timing rows, alignment patterns, the white around it, and modules that
// stand in rows everywhere within.
package find

import (
	"cmp"
	"slices"

	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
)

// Candidate is a place where a symbol may lie.
type Candidate struct {
	Grid  grid.Grid // flat, in pixels of the plane
	Score float64   // 1 for a perfect symbol, below 0.3 hardly one
}

// Candidates lists the likely symbols of a plane, likeliest first, at most
// most of them. Several may lie in one place and differ in size or turn. A
// symbol in a mirror is found as any other: its grid is as it looks.
func Candidates(p *gray.Plane, most int) []Candidate {
	if min(p.W, p.H) < 1 {
		return nil
	}
	s := search{levels: reliefs(p), patterns: map[int]*pattern{}}
	found := finders(spots(s.levels))
	guesses := s.rate(slices.Concat(triples(found), pairs(found)))
	return s.settle(guesses, most)
}

// search is the work on one plane.
type search struct {
	levels   []*relief
	patterns map[int]*pattern
}

const (
	maxGuesses = 24
	maxFine    = 8 // guesses that are worth the dear fit
	hopeless   = 0.15
)

// rate weighs guesses as they are and keeps the best of each place.
func (s *search) rate(guesses []guess) []guess {
	var rated []guess
	for _, g := range guesses {
		if g.score = s.eye(g).glance(g.Homography); g.score > hopeless {
			rated = append(rated, g)
		}
	}
	return distinct(rated, maxGuesses, 1.5)
}

// settle moves the guesses onto what is seen and ranks what came out.
func (s *search) settle(guesses []guess, most int) []Candidate {
	for i, g := range guesses {
		guesses[i] = s.eye(g).coarse(g)
	}
	guesses = distinct(guesses, max(most, maxFine), 1)
	for i, g := range guesses[:min(len(guesses), maxFine)] {
		guesses[i] = s.eye(g).fine(g)
	}
	for i, g := range guesses {
		guesses[i].score = s.eye(g).total(g)
	}
	var all []Candidate
	for _, g := range distinct(guesses, most, 1) {
		all = append(all, Candidate{gridOf(g), float64(g.score)})
	}
	return all
}

// distinct puts the best first and drops guesses whose corners all lie within
// so many modules of those of a better one.
func distinct(guesses []guess, most int, modules float64) []guess {
	slices.SortStableFunc(guesses, func(a, b guess) int { return cmp.Compare(b.score, a.score) })
	var kept []guess
	for _, g := range guesses {
		if len(kept) == most {
			break
		}
		same := func(other guess) bool { return g.dimension == other.dimension && g.apart(other) < modules }
		if !slices.ContainsFunc(kept, same) {
			kept = append(kept, g)
		}
	}
	return kept
}

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

// Search looks for the symbols of one plane. It is used by one goroutine.
type Search struct {
	levels []*relief

	seen  []spot
	found []finder
	rated []guess // of upright finders, as they are, the best first
}

// New begins a search. The plane must not change while it lasts.
func New(p *gray.Plane) *Search {
	if min(p.W, p.H) < 1 {
		return &Search{}
	}
	s := &Search{levels: reliefs(p)}
	s.seen = spots(s.levels, upright)
	s.rated, s.found = s.together(s.seen, fewFinders)
	return s
}

// Promising lists the symbols that clear finders promise, the best first: at
// most so many in the best place, and one in every other place where the
// finders speak for it as clearly as where most pictures have their symbol.
// They are hardly fitted: a module or two off at worst.
func (s *Search) Promising(most int) []Candidate {
	var list []guess
	for _, g := range spread(slices.Clone(s.rated)) {
		if len(list) == most || g.score < promising {
			break
		}
		list = append(list, s.eye(g).coarse(g))
	}
	if len(list) < most {
		return candidates(list)
	}
	tried := slices.Clone(list)
	for _, g := range s.rated {
		if g.score < hopeful || len(list) == maxPlaces {
			break
		}
		if overlapsAny(g, tried) {
			continue
		}
		g = s.eye(g).coarse(g)
		tried = append(tried, g)
		if g.score >= besides {
			list = append(list, g)
		}
	}
	return candidates(list)
}

func overlapsAny(g guess, others []guess) bool { return slices.ContainsFunc(others, g.overlaps) }

func candidates(list []guess) (all []Candidate) {
	for _, g := range list {
		all = append(all, Candidate{gridOf(g), float64(g.score)})
	}
	return all
}

// Leave out what lies in the outline of a symbol that was read, clockwise from
// any corner: its finders promise nothing any more.
func (s *Search) Leave(outline [4]gray.Point) {
	s.seen = slices.DeleteFunc(s.seen, func(one spot) bool { return one.in(outline) })
	s.found = slices.DeleteFunc(s.found, func(f finder) bool { return f.seen.in(outline) })
	s.rated = slices.DeleteFunc(s.rated, func(g guess) bool { return g.stands(outline) })
}

// Clear reports whether a finder is left that is beyond doubt.
func (s *Search) Clear() bool {
	return slices.ContainsFunc(s.found, func(f finder) bool { return f.score >= clearFinder })
}

// Candidates lists the likely symbols, likeliest first, at most most of them.
// Several may lie in one place and differ in size or turn. A symbol in a mirror
// is found as any other: its grid is as it looks.
func (s *Search) Candidates(most int) []Candidate {
	if s.levels == nil {
		return nil
	}
	guesses, found := s.settled(s.rated), s.found
	if len(convincing(guesses)) == 0 {
		var more []guess
		more, found = s.together(thinned(append(s.seen, spots(s.levels, aslant()...)...), maxSpots), maxFinders)
		guesses = append(guesses, s.settled(more)...)
	}
	if more := s.lone(found, convincing(guesses)); len(more) > 0 {
		guesses = append(guesses, s.weighed(more)...)
	}
	list := distinct(spread(distinct(guesses, len(guesses), 1)), most, 1)
	if len(list) > 0 {
		score := list[0].score
		list[0] = s.eye(list[0]).exact(list[0])
		list[0].score = score
	}
	return candidates(list)
}

// together guesses from finders by threes and twos.
func (s *Search) together(seen []spot, faint int) ([]guess, []finder) {
	found := finders(seen, faint)
	return s.rate(pairs(triples(nil, found), found), maxGuesses), found
}

const (
	maxGuesses = 24
	maxFine    = 8 // guesses that are worth the dear fit
	maxSame    = 3 // of them in one place
	hopeless   = 0.15
	promising  = 0.3
	certain    = 0.6 // of a score: its finders need no other explanation
	besides    = 0.7 // of a score: another symbol of the picture, not chance
	hopeful    = 0.5 // the same before it is fitted
	maxPlaces  = 10
	obvious    = 0.8 // of a score: neither does its place
	muchBetter = 1.7 // times a score
)

// rate weighs guesses as they are, first by a glance, and keeps the best.
func (s *Search) rate(guesses []guess, most int) []guess {
	for i, g := range guesses {
		guesses[i].score = s.eye(g).glance(g.Homography)
	}
	guesses = slices.DeleteFunc(guesses, func(g guess) bool { return g.score < hopeless/2 })
	guesses = distinct(guesses, 4*most, 1)
	for i, g := range guesses {
		guesses[i].score = s.eye(g).near(g.Homography)
	}
	guesses = slices.DeleteFunc(guesses, func(g guess) bool { return g.score < hopeless })
	return distinct(guesses, most, 1.5)
}

// settled moves the guesses, the best of which are first, onto what is seen and
// weighs what came out.
func (s *Search) settled(guesses []guess) []guess {
	var kept []guess
	for _, g := range guesses {
		if !outdone(g, guesses) {
			kept = append(kept, s.eye(g).coarse(g))
		}
	}
	return s.weighed(kept)
}

// weighed fits the most promising guesses in every place once more.
func (s *Search) weighed(guesses []guess) []guess {
	for i, g := range guesses {
		guesses[i].score = s.eye(g).total(g)
	}
	guesses = spread(distinct(guesses, len(guesses), 1))
	for i, g := range guesses {
		if i < maxFine && !outdone(g, guesses[:i]) {
			g = s.eye(g).fine(g)
			g.score = s.eye(g).total(g)
		}
		guesses[i] = g
	}
	return guesses
}

// outdone reports that something in the same place agrees so much better that
// no fit makes up for it.
func outdone(g guess, others []guess) bool {
	return slices.ContainsFunc(others, func(other guess) bool {
		return (other.score > obvious && other.score > g.score || other.score > muchBetter*g.score) && g.overlaps(other)
	})
}

// spread puts what stands in a place of its own before the fourth of one place.
func spread(guesses []guess) []guess {
	var first, last []guess
	for _, g := range guesses {
		same := 0
		for _, other := range first {
			if g.overlaps(other) {
				same++
			}
		}
		if same < maxSame {
			first = append(first, g)
			continue
		}
		last = append(last, g)
	}
	return append(first, last...)
}

func convincing(guesses []guess) []guess {
	return slices.DeleteFunc(slices.Clone(guesses), func(g guess) bool { return g.score < certain })
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

package qr

import (
	"cmp"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode/detector"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"

	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
)

// maxTriples bounds the work on a page of print that looks like finders.
const maxTriples = 24

const (
	maxFinders = 24
	tooOdd     = 1.2
)

var thorough = map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}

// triple is three finder patterns that may belong to one symbol.
type triple = *detector.FinderPatternInfo

// locate lists the likely symbols of a matrix, likeliest first, and all the
// finder patterns it saw.
func locate(m *gozxing.BitMatrix) ([]triple, []*detector.FinderPattern) {
	finders := multi.NewMultiFinderPatternFinder(m, nil)
	_, _ = finders.FindMulti(thorough) // its own choice of triples is too narrow
	seen := slices.Clone(finders.GetPossibleCenters())
	triples := combine(strongest(seen))
	if best, err := detector.NewFinderPatternFinder(m, nil).Find(thorough); err == nil {
		triples = slices.Insert(triples, 0, best)
	}
	return triples[:min(len(triples), maxTriples)], seen
}

// strongest keeps the finders that the most rows agree on.
func strongest(seen []*detector.FinderPattern) []*detector.FinderPattern {
	few := slices.Clone(seen)
	slices.SortStableFunc(few, func(a, b *detector.FinderPattern) int { return cmp.Compare(b.GetCount(), a.GetCount()) })
	return few[:min(len(few), maxFinders)]
}

// combine lists the triples that can be a symbol, the most regular first.
func combine(finders []*detector.FinderPattern) []triple {
	type rated struct {
		triple
		oddness float64
	}
	var all []rated
	for i, a := range finders {
		for j, b := range finders[:i] {
			for _, c := range finders[:j] {
				bl, tl, tr := gozxing.ResultPoint_OrderBestPatterns(a, b, c)
				t := detector.NewFinderPatternInfo(
					bl.(*detector.FinderPattern), tl.(*detector.FinderPattern), tr.(*detector.FinderPattern))
				if odd := oddness(t); odd < tooOdd {
					all = append(all, rated{t, odd})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b rated) int { return cmp.Compare(a.oddness, b.oddness) })
	triples := make([]triple, min(len(all), maxTriples))
	for i := range triples {
		triples[i] = all[i].triple
	}
	return triples
}

// oddness is 0 for three equal finders at an isosceles right angle a plausible
// number of modules apart, and grows with every departure from it.
func oddness(t triple) float64 {
	tl, tr, bl := t.GetTopLeft(), t.GetTopRight(), t.GetBottomLeft()
	right, down := gozxing.ResultPoint_Distance(tl, tr), gozxing.ResultPoint_Distance(tl, bl)
	diagonal := gozxing.ResultPoint_Distance(tr, bl)
	sizes := []float64{tl.GetEstimatedModuleSize(), tr.GetEstimatedModuleSize(), bl.GetEstimatedModuleSize()}
	largest, least := slices.Max(sizes), slices.Min(sizes)
	if modules := (right + down) / 2 / largest; modules < 9 || (right+down)/2/least > 190 {
		return math.Inf(1)
	}
	return math.Abs(right-down)/max(right, down) +
		math.Abs(diagonal-math.Hypot(right, down))/diagonal +
		(largest-least)/largest
}

// grids guesses from three finders: the detector's own guess with the
// alignment pattern it found, then the neighbouring versions without one.
func grids(m *gozxing.BitMatrix, t triple) []grid.Grid {
	var guesses []grid.Grid
	tl, tr, bl := t.GetTopLeft(), t.GetTopRight(), t.GetBottomLeft()
	found, err := detector.NewDetector(m).ProcessFinderPatternInfo(t)
	best := 0
	if err == nil {
		best = found.GetBits().GetWidth()
		var alignment *detector.AlignmentPattern
		if points := found.GetPoints(); len(points) > 3 {
			alignment, _ = points[3].(*detector.AlignmentPattern)
		}
		guesses = append(guesses, fromFinders(tl, tr, bl, alignment, best))
	}
	module := (tl.GetEstimatedModuleSize() + tr.GetEstimatedModuleSize() + bl.GetEstimatedModuleSize()) / 3
	across := (gozxing.ResultPoint_Distance(tl, tr) + gozxing.ResultPoint_Distance(tl, bl)) / 2
	likely := nearestDimension(across/max(module, 0.5) + 7)
	for _, d := range []int{likely, likely - 4, likely + 4, best - 4, best + 4} {
		if _, err := decoder.Version_GetProvisionalVersionForDimension(d); err != nil || d > 177 || known(guesses, d) {
			continue
		}
		guesses = append(guesses, fromFinders(tl, tr, bl, nil, d))
	}
	return guesses
}

func known(guesses []grid.Grid, dimension int) bool {
	return slices.ContainsFunc(guesses, func(g grid.Grid) bool { return g.Dimension == dimension })
}

func nearestDimension(modules float64) int {
	return 17 + 4*max(1, int(math.Round((modules-17)/4)))
}

// corners are those of the symbol in the picture. A mirrored symbol was read
// with rows and columns exchanged.
func corners(p *gray.Plane, g grid.Grid, mirrored bool) [4]Point {
	c := g.Outline()
	for i := range c {
		c[i] = p.ToPicture.Apply(c[i])
	}
	if mirrored {
		c[1], c[3] = c[3], c[1]
	}
	return c
}

// fromFinders is the flat grid through the middles of three finders and of the
// last alignment pattern; without one it is a parallelogram.
func fromFinders(tl, tr, bl gozxing.ResultPoint, alignment *detector.AlignmentPattern, dimension int) grid.Grid {
	far := float64(dimension) - 3.5
	from := [4]Point{{X: 3.5, Y: 3.5}, {X: far, Y: 3.5}, {X: far, Y: far}, {X: 3.5, Y: far}}
	to := [4]Point{point(tl), point(tr), {}, point(bl)}
	to[2] = Point{X: to[1].X - to[0].X + to[3].X, Y: to[1].Y - to[0].Y + to[3].Y}
	if alignment != nil {
		from[2] = Point{X: far - 3, Y: far - 3}
		to[2] = point(alignment)
	}
	return grid.Grid{Dimension: dimension, View: grid.QuadToQuad(from, to)}
}

func point(p gozxing.ResultPoint) Point { return Point{X: p.GetX(), Y: p.GetY()} }

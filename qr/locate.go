package qr

import (
	"cmp"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode/detector"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// maxTriples bounds the work on a page of print that looks like finders.
const maxTriples = 24

var thorough = map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}

// triple is three finder patterns that may belong to one symbol.
type triple = *detector.FinderPatternInfo

// finder is one finder pattern as a pass saw it, in pixels of the picture.
type finder struct {
	at     Point
	module float64 // pixels of the picture
	count  int     // rows that agree
}

// locate lists the likely symbols of a matrix, likeliest first, and all the
// finder patterns it saw.
func locate(m *gozxing.BitMatrix) ([]triple, []*detector.FinderPattern) {
	single := detector.NewFinderPatternFinder(m, nil)
	var triples []triple
	if best, err := single.Find(thorough); err == nil {
		triples = append(triples, best)
	}
	others, err := multi.NewMultiFinderPatternFinder(m, nil).FindMulti(thorough)
	if err != nil {
		return triples, single.GetPossibleCenters()
	}
	slices.SortStableFunc(others, func(a, b triple) int { return cmp.Compare(oddness(a), oddness(b)) })
	triples = append(triples, others...)
	return triples[:min(len(triples), maxTriples)], single.GetPossibleCenters()
}

// oddness is 0 for equal modules and an isosceles right angle.
func oddness(t triple) float64 {
	tl, tr, bl := t.GetTopLeft(), t.GetTopRight(), t.GetBottomLeft()
	right, down := gozxing.ResultPoint_Distance(tl, tr), gozxing.ResultPoint_Distance(tl, bl)
	diagonal := gozxing.ResultPoint_Distance(tr, bl)
	sizes := []float64{tl.GetEstimatedModuleSize(), tr.GetEstimatedModuleSize(), bl.GetEstimatedModuleSize()}
	return math.Abs(right-down)/max(right, down, 1) +
		math.Abs(diagonal-math.Hypot(right, down))/max(diagonal, 1) +
		(slices.Max(sizes)-slices.Min(sizes))/slices.Max(sizes)
}

// grid is a guess where the modules of a symbol lie in a plane.
type grid struct {
	dimension int // modules a side: 21, 25 … 177
	fromUnits *common.PerspectiveTransform
}

// grids guesses from three finders: the detector's own guess with the
// alignment pattern it found, then the neighbouring versions without one.
func grids(m *gozxing.BitMatrix, t triple) []grid {
	var guesses []grid
	tl, tr, bl := t.GetTopLeft(), t.GetTopRight(), t.GetBottomLeft()
	found, err := detector.NewDetector(m).ProcessFinderPatternInfo(t)
	best := 0
	if err == nil {
		best = found.GetBits().GetWidth()
		var alignment *detector.AlignmentPattern
		if points := found.GetPoints(); len(points) > 3 {
			alignment, _ = points[3].(*detector.AlignmentPattern)
		}
		guesses = append(guesses, grid{best, detector.Detector_createTransform(tl, tr, bl, alignment, best)})
	}
	module := (tl.GetEstimatedModuleSize() + tr.GetEstimatedModuleSize() + bl.GetEstimatedModuleSize()) / 3
	across := (gozxing.ResultPoint_Distance(tl, tr) + gozxing.ResultPoint_Distance(tl, bl)) / 2
	likely := nearestDimension(across/max(module, 0.5) + 7)
	for _, d := range []int{likely, likely - 4, likely + 4, best - 4, best + 4} {
		if _, err := decoder.Version_GetProvisionalVersionForDimension(d); err != nil || d > 177 || known(guesses, d) {
			continue
		}
		guesses = append(guesses, grid{d, detector.Detector_createTransform(tl, tr, bl, nil, d)})
	}
	return guesses
}

func known(guesses []grid, dimension int) bool {
	return slices.ContainsFunc(guesses, func(g grid) bool { return g.dimension == dimension })
}

func nearestDimension(modules float64) int {
	return 17 + 4*max(1, int(math.Round((modules-17)/4)))
}

// place is where a point of the grid, in modules, lies in the plane.
func (g grid) place(x, y float64) Point {
	at := []float64{x, y}
	g.fromUnits.TransformPoints(at)
	return Point{at[0], at[1]}
}

// corners are those of the symbol in the picture. A mirrored symbol was read
// with rows and columns exchanged.
func (g grid) corners(p *plane, mirrored bool) [4]Point {
	d := float64(g.dimension)
	c := [4]Point{g.place(0, 0), g.place(d, 0), g.place(d, d), g.place(0, d)}
	for i := range c {
		c[i] = p.toPicture.apply(c[i])
	}
	if mirrored {
		c[1], c[3] = c[3], c[1]
	}
	return c
}

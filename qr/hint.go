package qr

import (
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// Hint says what is wrong with a picture, as far as it can be told.
type Hint string

// Hints. They are guesses from what the passes saw, good enough to tell a
// person what to do better with the next photo.
const (
	HintNone      Hint = "none"       // there is a text
	HintNoCode    Hint = "no_code"    // nothing looks like a QR code
	HintCut       Hint = "cut"        // part of the code is outside the picture
	HintBlurred   Hint = "blurred"    // out of focus or shaken
	HintGlare     Hint = "glare"      // light covers part of the code
	HintTooSmall  Hint = "too_small"  // fewer than two pixels a module
	HintOtherCode Hint = "other_code" // a code was read, but not one that is wanted
	HintDamaged   Hint = "damaged"    // a code is there and cannot be read
)

// finder is one finder pattern, in pixels of the picture.
type finder struct {
	at     Point
	module float64
}

// ghost is a place that looks like a symbol and could not be read.
type ghost struct {
	grid      grid
	plane     *plane
	agreement float64
}

const (
	certainRows   = 4 // rows that agree on a finder before a hint is built on it
	leastModule   = 2 // pixels
	glareSide     = 6 // modules a side without ink are no part of a masked symbol
	glareGray     = 5 * 238
	timingAtLeast = 0.45 // of the contrast of the finders
	clearly       = 0.55 // agreement of what is certainly a symbol, well placed
)

// remember keeps the finders of the pass that saw most of them.
func (h *hunt) remember(p *plane, centers []*detector.FinderPattern) {
	var seen []finder
	scale := math.Hypot(p.toPicture.a, p.toPicture.d)
	for _, c := range centers {
		if c.GetCount() >= certainRows {
			seen = append(seen, finder{p.toPicture.apply(Point{c.GetX(), c.GetY()}), c.GetEstimatedModuleSize() * scale})
		}
	}
	if len(seen) > len(h.finders) && len(h.finders) < 3 {
		h.finders = seen
	}
}

func (h *hunt) rememberGhost(g ghost) {
	if g.agreement > h.ghost.agreement {
		h.ghost = g
	}
}

func (h *hunt) hint() Hint {
	switch {
	case len(h.codes) > 0:
		return HintOtherCode
	case h.ghost.agreement > clearly:
		return h.ghostHint()
	case slices.ContainsFunc(h.finders, h.atEdge), len(h.finders) == 2 && h.thirdOutside():
		return HintCut
	case h.ghost.plane != nil:
		return h.ghostHint()
	case outOfFocus(h.picture):
		return HintBlurred
	case len(h.finders) == 2 || len(h.finders) == 3:
		return HintDamaged
	}
	return HintNoCode
}

// atEdge reports a finder that does not lie wholly inside the picture, or so
// near to its edge that its separator does not.
func (h *hunt) atEdge(f finder) bool {
	room := 4.5 * f.module
	return f.at.X < room || f.at.Y < room ||
		f.at.X > float64(h.picture.w)-room || f.at.Y > float64(h.picture.h)-room
}

// thirdOutside reports that two finders along one side of a symbol leave no
// room in the picture for the third on one side of them.
func (h *hunt) thirdOutside() bool {
	a, b := h.finders[0], h.finders[1]
	across := Point{b.at.X - a.at.X, b.at.Y - a.at.Y}
	modules := math.Hypot(across.X, across.Y) / max(a.module, b.module)
	if modules < 12 || modules > 175 || max(a.module, b.module) > 1.5*min(a.module, b.module) {
		return false
	}
	outside := func(dx, dy float64) bool {
		return h.outside(Point{a.at.X + dx, a.at.Y + dy}, 0) && h.outside(Point{b.at.X + dx, b.at.Y + dy}, 0)
	}
	return outside(-across.Y, across.X) || outside(across.Y, -across.X)
}

func (h *hunt) ghostHint() Hint {
	g := h.ghost.grid
	corners := g.corners(h.ghost.plane, false)
	side := math.Hypot(corners[1].X-corners[0].X, corners[1].Y-corners[0].Y)
	module := side / float64(g.dimension)
	switch {
	case slices.ContainsFunc(corners[:], func(c Point) bool { return h.outside(c, module) }):
		return HintCut
	case module < leastModule:
		return HintTooSmall
	case h.ghost.glare():
		return HintGlare
	case h.ghost.timing() < timingAtLeast:
		return HintBlurred
	}
	return HintDamaged
}

func (h *hunt) outside(c Point, by float64) bool {
	return c.X < -by || c.Y < -by || c.X > float64(h.picture.w)+by || c.Y > float64(h.picture.h)+by
}

// glare looks for a square of modules that are all as bright as light itself.
func (g ghost) glare() bool {
	d := g.grid.dimension
	dull := make([]int, d*d)
	for i := range dull {
		if moduleGray(g.plane, g.grid, i%d, i/d) < glareGray {
			dull[i] = 1000
		}
	}
	sums := integral(dull, d)
	for y := glareSide / 2; y < d-glareSide/2; y++ {
		for x := glareSide / 2; x < d-glareSide/2; x++ {
			if sums.mean(x, y, glareSide/2) == 0 {
				return true
			}
		}
	}
	return false
}

// timing is the contrast of single modules, in the timing patterns, as a share
// of that of large areas, in the finders. Blur takes the first away first.
func (g ghost) timing() float64 {
	var small, large [2]tally // light, dark
	for _, m := range knownModules(g.grid.dimension) {
		v, kind := float64(moduleGray(g.plane, g.grid, m.x, m.y)), 0
		if m.dark {
			kind = 1
		}
		if g.single(m) {
			small[kind].add(v)
			continue
		}
		large[kind].add(v)
	}
	return (small[0].mean() - small[1].mean()) / max(1, large[0].mean()-large[1].mean())
}

func (g ghost) single(m module) bool {
	inside := func(i int) bool { return i >= 8 && i < g.grid.dimension-8 }
	return m.y == 6 && inside(m.x) || m.x == 6 && inside(m.y)
}

type tally struct{ sum, n float64 }

func (t *tally) add(v float64) { t.sum += v; t.n++ }
func (t tally) mean() float64  { return t.sum / max(1, t.n) }

// outOfFocus reports that even the hardest edges of a picture rise slowly.
func outOfFocus(p *plane) bool {
	const side, plain, slow = 800, 40, 0.09
	p = p.fit(side)
	var values, curvatures [256]int
	for y := 1; y < p.h-1; y++ {
		for x := 1; x < p.w-1; x++ {
			i := y*p.w + x
			c := 4*int(p.pix[i]) - int(p.pix[i-1]) - int(p.pix[i+1]) - int(p.pix[i-p.w]) - int(p.pix[i+p.w])
			values[p.pix[i]]++
			curvatures[min(max(c, -c), 255)]++
		}
	}
	contrast := quantile(values, 0.99) - quantile(values, 0.01)
	return contrast > plain && float64(quantile(curvatures, 0.995)) < slow*float64(contrast)
}

// quantile is the least value that the share of the counts does not exceed.
func quantile(counts [256]int, share float64) int {
	total, sum := 0, 0
	for _, n := range counts {
		total += n
	}
	for v, n := range counts {
		if sum += n; float64(sum) >= share*float64(total) {
			return v
		}
	}
	return 255
}

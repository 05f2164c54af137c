package qr

import (
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing/qrcode/detector"

	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
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
	sight
	agreement float64
}

const (
	certainRows   = 4 // rows that agree on a finder before a hint is built on it
	leastModule   = 2 // pixels
	glareSide     = 6 // modules a side without ink are no part of a masked symbol
	glareGray     = 5 * 238
	timingAtLeast = 0.45 // of the contrast of the finders
	perhaps       = 0.4  // worth of a sight that is hardly print by chance
	clearly       = 0.55 // agreement of what is certainly a symbol, well placed
)

// remember keeps the finders of the pass that saw most of them.
func (h *hunt) remember(p *gray.Plane, centers []*detector.FinderPattern) {
	var seen []finder
	scale := p.ToPicture.Scale()
	for _, c := range centers {
		if c.GetCount() >= certainRows {
			seen = append(seen, finder{p.ToPicture.Apply(Point{X: c.GetX(), Y: c.GetY()}), c.GetEstimatedModuleSize() * scale})
		}
	}
	if len(seen) > len(h.finders) && len(h.finders) < 3 {
		h.finders = seen
	}
}

// likeliest is the unread symbol whose known modules agree best.
func (h *hunt) likeliest() (best ghost) {
	for _, s := range h.sights {
		if s.worth > best.worth {
			best.sight = s
		}
	}
	if best.plane != nil {
		best.agreement = grid.Agreement(best.plane, best.grid, grid.Known(best.grid.Dimension))
	}
	return best
}

// complaint says what is wrong, and where if it is a symbol that is seen.
func (h *hunt) complaint() (Hint, Flaw) {
	likeliest := h.likeliest()
	hint, seen := h.hint(likeliest)
	if !seen {
		return hint, Flaw{}
	}
	return hint, h.flaw(likeliest, hint)
}

// hint also reports whether it is about the likeliest symbol.
func (h *hunt) hint(likeliest ghost) (hint Hint, seen bool) {
	switch {
	case len(h.codes) > 0:
		return HintOtherCode, false
	case likeliest.worth > perhaps && likeliest.agreement > clearly:
		return h.ghostHint(likeliest), true
	case slices.ContainsFunc(h.finders, h.atEdge), len(h.finders) == 2 && h.thirdOutside():
		return HintCut, false
	case likeliest.worth > perhaps:
		return h.ghostHint(likeliest), true
	case outOfFocus(h.picture):
		return HintBlurred, false
	case len(h.finders) == 2 || len(h.finders) == 3:
		return HintDamaged, false
	}
	return HintNoCode, false
}

// atEdge reports a finder that does not lie wholly inside the picture, or so
// near to its edge that its separator does not.
func (h *hunt) atEdge(f finder) bool {
	room := 4.5 * f.module
	return f.at.X < room || f.at.Y < room ||
		f.at.X > float64(h.picture.W)-room || f.at.Y > float64(h.picture.H)-room
}

// thirdOutside reports that two finders along one side of a symbol leave no
// room in the picture for the third on one side of them.
func (h *hunt) thirdOutside() bool {
	a, b := h.finders[0], h.finders[1]
	across := Point{X: b.at.X - a.at.X, Y: b.at.Y - a.at.Y}
	modules := math.Hypot(across.X, across.Y) / max(a.module, b.module)
	if modules < 12 || modules > 175 || max(a.module, b.module) > 1.5*min(a.module, b.module) {
		return false
	}
	outside := func(dx, dy float64) bool {
		return h.outside(Point{X: a.at.X + dx, Y: a.at.Y + dy}, 0) && h.outside(Point{X: b.at.X + dx, Y: b.at.Y + dy}, 0)
	}
	return outside(-across.Y, across.X) || outside(across.Y, -across.X)
}

func (h *hunt) ghostHint(ghost ghost) Hint {
	g := ghost.grid
	outline := corners(ghost.plane, g, false)
	side := math.Hypot(outline[1].X-outline[0].X, outline[1].Y-outline[0].Y)
	module := side / float64(g.Dimension)
	switch {
	case slices.ContainsFunc(outline[:], func(c Point) bool { return h.outside(c, module) }):
		return HintCut
	case module < leastModule:
		return HintTooSmall
	case ghost.glare():
		return HintGlare
	case ghost.timing() < timingAtLeast:
		return HintBlurred
	}
	return HintDamaged
}

func (h *hunt) outside(c Point, by float64) bool {
	return c.X < -by || c.Y < -by || c.X > float64(h.picture.W)+by || c.Y > float64(h.picture.H)+by
}

// glare looks for a square of modules that are all as bright as light itself.
func (g ghost) glare() bool {
	return slices.ContainsFunc(g.glaring(), func(covered bool) bool { return covered })
}

// glaring marks the middles of such squares.
func (g ghost) glaring() []bool {
	d := g.grid.Dimension
	dull, covered := make([]int, d*d), make([]bool, d*d)
	for i := range dull {
		if moduleGray(g.plane, g.grid, i%d, i/d) < glareGray {
			dull[i] = 1000
		}
	}
	sums := integral(dull, d)
	for y := glareSide / 2; y < d-glareSide/2; y++ {
		for x := glareSide / 2; x < d-glareSide/2; x++ {
			covered[y*d+x] = sums.mean(x, y, glareSide/2) == 0
		}
	}
	return covered
}

// timing is the contrast of single modules, in the timing patterns, as a share
// of that of large areas, in the finders. Blur takes the first away first.
func (g ghost) timing() float64 {
	var small, large [2]tally // light, dark
	for _, m := range grid.Known(g.grid.Dimension) {
		v, kind := float64(moduleGray(g.plane, g.grid, m.X, m.Y)), 0
		if m.Dark {
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

func (g ghost) single(m grid.Module) bool {
	inside := func(i int) bool { return i >= 8 && i < g.grid.Dimension-8 }
	return m.Y == 6 && inside(m.X) || m.X == 6 && inside(m.Y)
}

type tally struct{ sum, n float64 }

func (t *tally) add(v float64) { t.sum += v; t.n++ }
func (t tally) mean() float64  { return t.sum / max(1, t.n) }

// outOfFocus reports that even the hardest edges of a picture rise slowly.
func outOfFocus(p *gray.Plane) bool {
	const side, plain, slow = 800, 40, 0.09
	p = p.Fit(side)
	var values, curvatures [256]int
	for y := 1; y < p.H-1; y++ {
		for x := 1; x < p.W-1; x++ {
			i := y*p.W + x
			c := 4*int(p.Pix[i]) - int(p.Pix[i-1]) - int(p.Pix[i+1]) - int(p.Pix[i-p.W]) - int(p.Pix[i+p.W])
			values[p.Pix[i]]++
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

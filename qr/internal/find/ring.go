package find

import (
	"cmp"
	"math"
	"slices"

	"promobot/qr/internal/gray"
)

const (
	smallest  = 1.4      // pixels a module: below this no camera shows modules
	coarser   = 1.2      // from one size of ring to the next
	ownLevel  = 3.8      // pixels a module from which a relief of half the size sees as much
	faintRing = 0.40     // of 1 for a perfect finder: half of one still counts
	even      = unit / 3 // contrast below which agreement means little
	maxSpots  = 72
)

// spot is a place that looks like the middle of a finder: dark, a light ring,
// a dark ring. Places and sizes are in pixels of the relief.
type spot struct {
	on     *relief
	x, y   float64
	module float64
	seen   slant
	score  float32
}

// slant is how paper is seen from aside: shortened in one direction.
type slant struct{ xx, xy, yy float64 }

var upright = slant{1, 0, 1}

// aslant are views from four sides, to about half of the length.
func aslant() (all []slant) {
	const long, short = 1.3, 0.7
	for turn := range 4 {
		sin, cos := math.Sincos(float64(turn) * math.Pi / 4)
		all = append(all, slant{long*cos*cos + short*sin*sin, (long - short) * sin * cos, long*sin*sin + short*cos*cos})
	}
	return all
}

func (s slant) apply(x, y float64) gray.Point {
	return gray.Point{X: s.xx*x + s.xy*y, Y: s.xy*x + s.yy*y}
}

// spots looks for finders of all sizes and angles as they are seen from the
// given sides, best first.
func spots(levels []*relief, seen ...slant) []spot {
	var all []spot
	largest := float64(max(levels[0].w, levels[0].h)) / 18
	for module := smallest; module <= largest; module *= coarser {
		level := 0
		for ; level+1 < len(levels) && module/levels[level].scale >= ownLevel; level++ {
		}
		on := levels[level]
		if module/on.scale < ownLevel {
			for _, side := range seen {
				all = newRings(on, module/on.scale, side).sweep(all)
			}
		}
	}
	return thinned(all, maxSpots)
}

// thinned keeps the best of those that lie within one finder.
func thinned(all []spot, most int) []spot {
	slices.SortStableFunc(all, func(a, b spot) int { return cmp.Compare(b.score, a.score) })
	var kept []spot
	for _, s := range all {
		if len(kept) == most {
			break
		}
		if !slices.ContainsFunc(kept, s.near) {
			kept = append(kept, s)
		}
	}
	return kept
}

func (s spot) near(t spot) bool {
	module := max(s.module*s.on.scale, t.module*t.on.scale)
	return math.Hypot(s.x*s.on.scale-t.x*t.on.scale, s.y*s.on.scale-t.y*t.on.scale) < 2.5*module
}

// rings samples circles of one size about any pixel. Circles see a square at
// any angle: at 2.1 modules from its middle a finder is light almost all
// around, at 3.3 dark, at 4.4 light again.
type rings struct {
	on                         *relief
	module                     float64
	seen                       slant
	core, light, dark, outside []int // offsets of pixels
}

func newRings(on *relief, module float64, seen slant) *rings {
	circle := func(radius float64, n int) []int {
		offsets := make([]int, n)
		for i := range offsets {
			sin, cos := math.Sincos(2 * math.Pi * (float64(i) + 0.25) / float64(n))
			at := seen.apply(cos*radius*module, sin*radius*module)
			offsets[i] = int(math.Round(at.Y))*on.stride + int(math.Round(at.X))
		}
		return offsets
	}
	return &rings{on, module, seen, circle(0.9, 6), circle(2.1, 12), circle(3.3, 16), circle(4.4, 16)}
}

// sweep keeps the best place of every patch about as wide as a finder's half. It
// looks at every other pixel as on a chessboard, of large rings at every fourth:
// no middle is farther off than two thirds of a module.
func (r *rings) sweep(all []spot) []spot {
	patch := max(2, int(3*r.module))
	best := make([]peakAt, (r.on.w+patch-1)/patch)
	for top := 0; top < r.on.h; top += patch {
		clear(best)
		for y := top; y < min(top+patch, r.on.h); y++ {
			switch {
			case r.module < 2.4:
				r.sweepRow(y, y%2, patch, best)
			case y%2 == 0:
				r.sweepRow(y, 0, patch, best)
			}
		}
		for _, b := range best {
			if b.score > 0 {
				if b = r.climbed(b); b.score > faintRing {
					all = append(all, r.spot(b))
				}
			}
		}
	}
	return all
}

// peakAt is where rings agree best so far.
type peakAt struct {
	i     int // of a pixel
	score float32
}

// sweepRow scores the dents of a row: pixels that are dark, with four of the
// light ring lighter, and four of the dark ring darker again. Of a finder that
// is half torn off they still are. It looks at every other pixel.
func (r *rings) sweepRow(y, first, patch int, best []peakAt) {
	start := (y+rim)*r.on.stride + rim + first
	n := r.on.w - first
	from := func(offset int) []int8 { return r.on.v[start+offset:][:n] }
	middles := from(0)
	l0, l1, l2, l3 := from(r.light[0]), from(r.light[3]), from(r.light[6]), from(r.light[9])
	d0, d1, d2, d3 := from(r.dark[2]), from(r.dark[6]), from(r.dark[10]), from(r.dark[14])
	for x := 0; x < n; x += 2 {
		middle := int(middles[x])
		if middle >= -unit/4 {
			continue
		}
		light := int(l0[x]) + int(l1[x]) + int(l2[x]) + int(l3[x])
		if light <= 4*middle+2*unit {
			continue
		}
		dark := int(d0[x]) + int(d1[x]) + int(d2[x]) + int(d3[x])
		if 4*(light-dark) < light-4*middle {
			continue
		}
		b := &best[(first+x)/patch]
		if score := r.score(start + x); score > max(faintRing*0.8, b.score) {
			*b = peakAt{start + x, score}
		}
	}
}

// climbed looks at the pixels about that the sweep left out.
func (r *rings) climbed(b peakAt) peakAt {
	at, stride := b.i, r.on.stride
	for _, by := range [...]int{-1, 1, -stride, stride, -stride - 1, -stride + 1, stride - 1, stride + 1} {
		i := at + by
		if score := r.score(i); score > b.score {
			b = peakAt{i, score}
		}
	}
	return b
}

func (r *rings) spot(b peakAt) spot {
	x, y := b.i%r.on.stride-rim, b.i/r.on.stride-rim
	return spot{r.on, float64(x) + 0.5, float64(y) + 0.5, r.module, r.seen, b.score}
}

// score is the correlation of the pixels about one with a finder: 1 for a
// perfect one, of any contrast. It gives up early where the middle is not
// darker than the ring about it.
func (r *rings) score(i int) float32 {
	core, coreSquares := r.sum(i, r.core)
	light, lightSquares := r.sum(i, r.light)
	if light*len(r.core)-core*len(r.light) < unit/4*len(r.core)*len(r.light) {
		return 0
	}
	dark, darkSquares := r.sum(i, r.dark)
	outside, outsideSquares := r.sum(i, r.outside)
	const n, spread = 6 + 12 + 16 + 16.0/2, 6 + 12 + 16*0.7 + 16*0.5/2
	product := float32(light-core) - 0.85*float32(dark) + 0.7*float32(outside)/2
	sum := float32(core+light+dark) + float32(outside)/2
	squares := float32(coreSquares+lightSquares+darkSquares) + float32(outsideSquares)/2
	return product / root(spread*(squares-sum*sum/n+n*even*even))
}

func (r *rings) sum(i int, offsets []int) (sum, squares int) {
	for _, by := range offsets {
		v := int(r.on.v[i+by])
		sum += v
		squares += v * v
	}
	return sum, squares
}

func root(v float32) float32 { return float32(math.Sqrt(float64(v))) }

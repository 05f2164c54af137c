package qr

import (
	"cmp"
	"context"
	"slices"

	"promobot/qr/internal/find"
	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
	"promobot/qr/internal/soft"
	"promobot/qr/internal/tone"
)

const (
	mostPromising = 2
	mostFound     = 8    // likely symbols of one plane
	mostThorough  = 4    // sights that are worth the dear reading
	worthBending  = 0.25 // what the known modules must say before a grid is bent
	worthReading  = 0.15 // the same before a sight is read thoroughly
)

// sight is one way to see a symbol: where its modules lie and how dark each is.
type sight struct {
	plane *gray.Plane
	grid  grid.Grid
	stage string
	dark  []float64 // ratios of tone
	worth float64   // see worthOf
	read  bool      // thoroughly, in vain
}

// worthOf is what the modules whose colour is known say for themselves, in
// bits a module: 1 when all are surely right, negative when they contradict.
func worthOf(dark []float64, dimension int) float64 {
	known := grid.Known(dimension)
	sum := 0.0
	for _, m := range known {
		sum += soft.Gain(dark[m.Y*dimension+m.X], m.Dark)
	}
	return sum / float64(len(known))
}

// search reads the likely symbols of a plane module by module: each as it was
// found, then bent to the paper, then the likeliest of all with everything
// that is known of receipts. A brief search ends with what clear finders promise.
func (h *hunt) search(ctx context.Context, p *gray.Plane, brief bool) {
	found := find.New(p)
	h.leave(p, found)
	for _, c := range found.Promising(mostPromising) {
		if h.over(ctx) {
			return
		}
		h.promising(p, c.Grid)
	}
	if h.leave(p, found); brief || h.over(ctx) || h.found() && !found.Clear() {
		return
	}
	h.bend(ctx, p, h.candidates(ctx, p, found))
	h.thorough(ctx)
}

// over reports that nothing more is looked for, or that time is up.
func (h *hunt) over(ctx context.Context) bool { return ctx.Err() != nil || h.done() }

// leave tells a search what was read already.
func (h *hunt) leave(p *gray.Plane, found *find.Search) {
	back := p.ToPicture.Inverse()
	for _, c := range h.codes {
		outline := c.Corners
		for i := range outline {
			outline[i] = back.Apply(outline[i])
		}
		found.Leave(outline)
	}
}

// promising reads what clear finders promise, as it is and bent.
func (h *hunt) promising(p *gray.Plane, g grid.Grid) {
	g, _ = g.Sized(p)
	if !h.knownPlace(p, g) && !h.tryPlain(p, g, "promising") {
		bent, _ := g.Bent(p)
		h.try(p, bent, "promising+bent")
	}
}

// candidates reads what was found as it is and returns what stayed unread.
func (h *hunt) candidates(ctx context.Context, p *gray.Plane, found *find.Search) (unread []grid.Grid) {
	for _, c := range found.Candidates(mostFound) {
		if h.over(ctx) {
			return nil
		}
		g, _ := c.Grid.Sized(p)
		if !h.knownPlace(p, g) && !h.seen(p, g) && !h.try(p, g, "found") {
			unread = append(unread, g)
		}
	}
	return unread
}

// bend lays the unread grids over paper that is not flat.
func (h *hunt) bend(ctx context.Context, p *gray.Plane, unread []grid.Grid) {
	for _, g := range unread {
		if h.over(ctx) {
			return
		}
		if !h.knownPlace(p, g) && h.lately(g) > worthBending {
			if bent, _ := g.Bent(p); !h.seen(p, bent) {
				h.try(p, bent, "bent")
			}
		}
	}
}

// tryPlain reads a grid quickly as it is and remembers nothing.
func (h *hunt) tryPlain(p *gray.Plane, g grid.Grid, stage string) bool {
	s := sight{plane: p, grid: g, stage: stage}
	s.dark = tone.Tempered(tone.Believed(tone.Sample(p, g).Plain()), g.Dimension)
	return h.readSight(s, soft.Quick)
}

// try reads a grid quickly, as it is and equalised, and remembers what it saw.
func (h *hunt) try(p *gray.Plane, g grid.Grid, stage string) bool {
	field := tone.Sample(p, g)
	if h.quick(sight{plane: p, grid: g, stage: stage}, field.Plain()) {
		return true
	}
	judged, ok := field.Equalised()
	return ok && h.quick(sight{plane: p, grid: g, stage: stage + "+equalised"}, judged)
}

func (h *hunt) quick(s sight, judged []float64) bool {
	s.dark = tone.Tempered(tone.Believed(judged), s.grid.Dimension)
	s.worth = worthOf(s.dark, s.grid.Dimension)
	if h.readSight(s, soft.Quick) {
		return true
	}
	h.sights = append(h.sights, s)
	return false
}

// seen reports that a grid was tried that differs by less than a third of a
// module at the corners and in the middle.
func (h *hunt) seen(p *gray.Plane, g grid.Grid) bool {
	return slices.ContainsFunc(h.sights, func(s sight) bool { return s.plane == p && s.grid.Near(g, 1.0/3) })
}

// lately is the worth of the best sight of a grid as it was found.
func (h *hunt) lately(g grid.Grid) (worth float64) {
	for _, s := range h.sights {
		if s.grid == g {
			worth = max(worth, s.worth)
		}
	}
	return worth
}

// thorough reads the best sights with all that is known of receipts.
func (h *hunt) thorough(ctx context.Context) {
	slices.SortStableFunc(h.sights, func(a, b sight) int { return cmp.Compare(b.worth, a.worth) })
	for i := range h.sights[:min(len(h.sights), mostThorough)] {
		s := &h.sights[i]
		if h.over(ctx) {
			return
		}
		if s.read || s.worth < worthReading || h.knownPlace(s.plane, s.grid) {
			continue
		}
		s.read = true
		h.readSight(*s, soft.Thorough)
	}
}

func (h *hunt) readSight(s sight, effort soft.Effort) bool {
	r, ok := soft.Read(soft.Symbol{Dimension: s.grid.Dimension, Dark: s.dark}, effort)
	if !ok {
		return false
	}
	h.keep(Code{Text: r.Text, Corners: corners(s.plane, s.grid, r.Mirrored), Stage: s.stage + "+" + r.How, Confidence: max(0, r.Agreement)})
	h.reads = append(h.reads, s)
	return true
}

// knownPlace reports that the grid lies where a symbol was read already.
func (h *hunt) knownPlace(p *gray.Plane, g grid.Grid) bool {
	here := Code{Corners: corners(p, g, false)}
	return slices.ContainsFunc(h.codes, func(c Code) bool { return samePlace(c, here) })
}

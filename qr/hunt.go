package qr

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"

	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
)

// hunt is the search of one picture.
type hunt struct {
	accept  func(text string) bool
	all     bool
	picture *gray.Plane
	views   [views]*gray.Plane

	codes   []Code
	sights  []sight  // symbols that stayed unread, as they were seen
	reads   []sight  // and those that were read
	finders []finder // of the pass that saw most
}

// run goes up the ladder until something is accepted or the time is over.
func (h *hunt) run(ctx context.Context) {
	for i, step := range ladder {
		if i > 0 && (ctx.Err() != nil || h.done()) || i >= enough && h.found() {
			return
		}
		if p := h.see(step.view); p != nil {
			h.climb(ctx, step, p)
		}
	}
}

// done reports that nothing more is looked for.
func (h *hunt) done() bool { return !h.all && h.found() }

func (h *hunt) found() bool {
	return slices.ContainsFunc(h.codes, func(c Code) bool { return h.accept(c.Text) })
}

// climb makes one step. A panic of the library on a strange symbol ends the
// step, not the search.
func (h *hunt) climb(ctx context.Context, step rung, p *gray.Plane) {
	defer func() { _ = recover() }()
	if step.binarize == nil {
		h.search(ctx, p, step.brief)
		return
	}
	h.pass(ctx, step, p)
}

// pass reads every symbol it can in one plane whose pixels are decided first.
func (h *hunt) pass(ctx context.Context, step rung, p *gray.Plane) {
	m := step.binarize(p)
	if m == nil {
		return
	}
	triples, centers := locate(m)
	h.remember(p, centers)
	for i, t := range triples {
		if i > 0 && ctx.Err() != nil {
			return
		}
		if !h.known(p, t) {
			h.readTriple(step, p, m, t)
		}
	}
}

func (h *hunt) readTriple(step rung, p *gray.Plane, m *gozxing.BitMatrix, t triple) {
	for _, g := range grids(m, t) {
		if bits, ok := sampleInk(m, g); ok && h.read(step.name, p, g, bits) {
			return
		}
		if bits, ok := sampleGray(p, g); ok && h.read(step.name, p, g, bits) {
			return
		}
	}
}

// known reports that the finders belong to a symbol that was read already.
func (h *hunt) known(p *gray.Plane, t triple) bool {
	middle := Code{Corners: [4]Point{}}
	for i, f := range []gozxing.ResultPoint{t.GetTopRight(), t.GetBottomLeft()} {
		at := p.ToPicture.Apply(Point{X: f.GetX(), Y: f.GetY()})
		middle.Corners[i], middle.Corners[i+2] = at, at
	}
	return slices.ContainsFunc(h.codes, func(c Code) bool { return samePlace(c, middle) })
}

func (h *hunt) read(stage string, p *gray.Plane, g grid.Grid, bits *gozxing.BitMatrix) bool {
	s, err := readSymbol(bits)
	if err != nil {
		return false
	}
	h.keep(Code{Text: s.text, Corners: corners(p, g, s.mirrored), Stage: stage, Confidence: s.spare})
	h.reads = append(h.reads, sight{plane: p, grid: g, stage: stage})
	return true
}

// keep adds a code. Of two readings of one symbol the one with more error
// correction to spare stays.
func (h *hunt) keep(c Code) {
	for i, other := range h.codes {
		if samePlace(c, other) {
			if c.Text != other.Text && c.Confidence > other.Confidence {
				h.codes[i] = c
			}
			return
		}
	}
	h.codes = append(h.codes, c)
}

// samePlace reports that the middles are nearer than a third of a side.
func samePlace(a, b Code) bool {
	side := math.Hypot(a.Corners[1].X-a.Corners[0].X, a.Corners[1].Y-a.Corners[0].Y)
	p, q := a.middle(), b.middle()
	return math.Hypot(p.X-q.X, p.Y-q.Y) < side/3
}

func (c Code) middle() Point {
	var m Point
	for _, corner := range c.Corners {
		m.X += corner.X / 4
		m.Y += corner.Y / 4
	}
	return m
}

func (h *hunt) result() Result {
	slices.SortStableFunc(h.codes, inReadingOrder)
	for _, c := range h.codes {
		if h.accept(c.Text) {
			return Result{Text: c.Text, Stage: c.Stage, Confidence: c.Confidence, Codes: h.codes, Hint: HintNone}
		}
	}
	hint, flaw := h.complaint()
	return Result{Codes: h.codes, Hint: hint, Flaw: flaw, Trace: h.trace()}
}

// inReadingOrder puts what stands higher first; codes whose middles are less
// than half a side apart in height stand in one line, left to right.
func inReadingOrder(a, b Code) int {
	p, q := a.middle(), b.middle()
	height := math.Hypot(a.Corners[3].X-a.Corners[0].X, a.Corners[3].Y-a.Corners[0].Y)
	if math.Abs(p.Y-q.Y) < height/2 {
		return cmp.Compare(p.X, q.X)
	}
	return cmp.Compare(p.Y, q.Y)
}

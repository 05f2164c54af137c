package corpus

import (
	"math"

	"promobot/qr"
)

// roomAround is how far a place is blown up about its middle: labels are drawn
// by hand, some a little inside the symbol.
const roomAround = 1.25

// Right counts the labels that were read. Each reading counts for one label
// only, so that a text printed twice must be read twice. Where places are known
// the middle of the reading lies within them; a decoder that tells no place
// (all corners the same zero) is believed.
func (p Picture) Right(codes []qr.Code) (n int) {
	used := make([]bool, len(codes))
	for i := range p.Texts {
		if best := p.nearest(i, codes, used); best >= 0 {
			used[best] = true
			n++
		}
	}
	return n
}

// nearest is the unused reading of the label with the middle nearest to it; -1
// if there is none.
func (p Picture) nearest(label int, codes []qr.Code, used []bool) int {
	best, nearest := -1, math.Inf(1)
	for i, c := range codes {
		if used[i] || p.Texts[label] == "" || !Same(c.Text, p.Texts[label]) {
			continue
		}
		away, inside := p.away(label, c)
		if inside && away < nearest {
			best, nearest = i, away
		}
	}
	return best
}

// away is how far the reading is from the label, and whether it lies within.
func (p Picture) away(label int, c qr.Code) (float64, bool) {
	placeless := c.Corners == [4]qr.Point{}
	if len(p.Corners) == 0 || placeless {
		return 0, true
	}
	at, want := middle(c.Corners), middle(p.Corners[label])
	return math.Hypot(at.X-want.X, at.Y-want.Y), within(at, p.Corners[label])
}

// Wrong lists the readings that are on no label; none where labels are not
// complete. Of a fiscal picture only readings that accept lets through are
// wrong: the others never reach anybody.
func (p Picture) Wrong(codes []qr.Code, accept func(text string) bool) (texts []string) {
	if p.Open || p.Corpus == BoofCV {
		return nil
	}
	for _, c := range codes {
		if !p.says(c.Text) && (!p.Fiscal || accept(c.Text)) {
			texts = append(texts, c.Text)
		}
	}
	return texts
}

func (p Picture) says(text string) bool {
	for _, label := range p.Texts {
		if label != "" && Same(text, label) {
			return true
		}
	}
	return false
}

func middle(corners [4]qr.Point) (m qr.Point) {
	for _, c := range corners {
		m.X, m.Y = m.X+c.X/4, m.Y+c.Y/4
	}
	return m
}

// within reports whether the point lies in the place, blown up.
func within(at qr.Point, place [4]qr.Point) bool {
	m, side := middle(place), 0.0
	blown := func(i int) qr.Point {
		c := place[i%4]
		return qr.Point{X: m.X + (c.X-m.X)*roomAround, Y: m.Y + (c.Y-m.Y)*roomAround}
	}
	for i := range place {
		a, b := blown(i), blown(i+1)
		cross := (b.X-a.X)*(at.Y-a.Y) - (b.Y-a.Y)*(at.X-a.X)
		if cross*side < 0 {
			return false
		}
		side = math.Copysign(1, cross)
	}
	return true
}

package qr

import (
	"cmp"
	"context"
	"slices"

	"promobot/qr/internal/soft"
	"promobot/qr/internal/tone"
)

// recover reads the likeliest unread symbols module by module.
func (h *hunt) recover(ctx context.Context) {
	slices.SortStableFunc(h.ghosts, func(a, b ghost) int { return cmp.Compare(b.agreement, a.agreement) })
	n := 0
	var tried []ghost
	for _, g := range h.ghosts {
		if h.done() || n >= 12 {
			return
		}
		same := slices.ContainsFunc(tried, func(o ghost) bool {
			if o.grid.Dimension != g.grid.Dimension {
				return false
			}
			a, b := corners(g.plane, g.grid, false), corners(o.plane, o.grid, false)
			for i := range a {
				dx, dy := a[i].X-b[i].X, a[i].Y-b[i].Y
				if dx*dx+dy*dy > 1 {
					return false
				}
			}
			return true
		})
		if same {
			continue
		}
		tried = append(tried, g)
		n++
		h.readSoft(g)
	}
}

func (h *hunt) readSoft(g ghost) bool {
	field := tone.Sample(g.plane, g.grid)
	for k := range 2 {
		judged := field.Plain()
		if k == 1 {
			judged, _ = field.Equalised()
			if judged == nil {
				return false
			}
		}
		llr := tone.Tempered(tone.Believed(judged), g.grid.Dimension)
		r, ok := soft.Read(soft.Symbol{Dimension: g.grid.Dimension, Dark: llr}, soft.Thorough, h.accept)
		if ok {
			h.keep(Code{Text: r.Text, Corners: corners(g.plane, g.grid, r.Mirrored), Stage: "soft-" + r.How, Confidence: r.Agreement})
			return true
		}
	}
	return false
}

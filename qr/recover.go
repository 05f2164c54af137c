package qr

import (
	"context"

	"promobot/qr/internal/find"
	"promobot/qr/internal/gray"
	"promobot/qr/internal/grid"
	"promobot/qr/internal/soft"
	"promobot/qr/internal/tone"
)

// recover reads the likeliest unread symbols module by module.
func (h *hunt) recover(ctx context.Context) {
	p := h.see(whole)
	found := find.Candidates(p, 8)
	for _, effort := range []soft.Effort{soft.Quick, soft.Thorough} {
		for _, c := range found {
			if h.done() || ctx.Err() != nil {
				return
			}
			if effort == soft.Quick {
				g, _ := c.Grid.Refined(p)
				if h.readSoft(p, c.Grid, "soft", effort) || h.readSoft(p, g, "refined", effort) {
					continue
				}
				continue
			}
			g, _ := c.Grid.Refined(p)
			b, _ := c.Grid.Bent(p)
			_ = h.readSoft(p, g, "refined", effort) || h.readSoft(p, b, "bent", effort)
		}
	}
}

func (h *hunt) readSoft(p *gray.Plane, g grid.Grid, stage string, effort soft.Effort) bool {
	field := tone.Sample(p, g)
	for k := range 2 {
		judged := field.Plain()
		if k == 1 {
			judged, _ = field.Equalised()
			if judged == nil {
				return false
			}
			stage += "-eq"
		}
		llr := tone.Tempered(tone.Believed(judged), g.Dimension)
		r, ok := soft.Read(soft.Symbol{Dimension: g.Dimension, Dark: llr}, effort, h.accept)
		if ok {
			h.keep(Code{Text: r.Text, Corners: corners(p, g, r.Mirrored), Stage: stage + "-" + r.How, Confidence: r.Agreement})
			return true
		}
	}
	return false
}

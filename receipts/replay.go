package receipts

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/money"
	"promobot/internal/store"
)

// EventRejudged is a receipt judged again from its stored lines. data: status
// (before), version, placed {line: sku}, aliases {word: sku}, back {line: Back},
// points, refusal. With that a replay can judge it as it was judged.
const EventRejudged = "receipt.rejudged"

// Back is what of a line had gone back to the shop.
type Back struct {
	Quantity fns.Quantity  `json:"quantity"`
	Sum      money.Kopecks `json:"sum"`
}

func (s *Service) rejudged(ctx context.Context, tx *store.Tx, r Receipt, lines []Line, version campaigns.Version, h campaigns.History, reward campaigns.Reward) error {
	back := map[int]Back{}
	for i, l := range lines {
		if l.ReturnedThousandths > 0 {
			back[i] = Back{l.ReturnedThousandths, l.ReturnedKopecks}
		}
	}
	data := map[string]any{"status": r.Status, "version": version.Number, "placed": h.Placed, "aliases": h.Aliases, "back": back, "points": reward.Points}
	if no := reward.Refusal; no != nil {
		data["refusal"] = no.Rule
	}
	return s.record(ctx, tx, r, EventRejudged, data)
}

// QR is what the receipt's code says, as stored.
func (r Receipt) QR() fns.QR { return r.qr() }

// AsOf is the document of a verified receipt, as its stored lines tell it, when
// so much of the lines had gone back; gone are the lines of which nothing was
// left.
func AsOf(r Receipt, stored []Line, back map[int]Back) (t fns.Ticket, gone map[int]bool) {
	lines, gone := make([]Line, len(stored)), map[int]bool{}
	for i, l := range stored {
		l.ReturnedThousandths, l.ReturnedKopecks = back[i].Quantity, back[i].Sum
		lines[i], gone[i] = l, l.gone()
	}
	return ticketOf(r, lines), gone
}

// AsItStands is the document of a verified receipt less what has gone back by
// now, and the history with what people have said of its stored lines by now;
// some tells that anything went back.
func AsItStands(ctx context.Context, g *gorm.DB, r Receipt, stored []Line, h campaigns.History) (t fns.Ticket, now campaigns.History, some bool, err error) {
	taught, err := usedAliases(ctx, g, stored)
	if err != nil {
		return t, h, false, fmt.Errorf("names of receipt %d: %w", r.ID, err)
	}
	placing(&h, stored, taught)
	return ticketOf(r, stored), h, wentBack(stored), nil
}

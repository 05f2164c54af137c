package receipts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/store"
	"promobot/rewards"
)

// mostSales bounds how many purchases of a participant a refund is compared
// with, the newest first.
const mostSales = 200

// fit is a sale that the goods of a refund may come from.
type fit struct {
	sale  Receipt
	backs []back
	exact bool           // all that is left of it goes back
	till  bool           // on the same fiscal drive
	takes rewards.Points // what would be taken back
}

// fitting finds the sales of the participant that have all goods of a refund:
// of the same seller or till, bought before. The best is first: one that goes
// back whole, one of the same till, the latest.
func (s *Service) fitting(ctx context.Context, tx *store.Tx, r Receipt, ticket fns.Ticket) ([]fit, error) {
	var sales []Receipt
	err := tx.WithContext(ctx).Order("purchased_at DESC, id DESC").Limit(mostSales).Find(&sales,
		"participant_id = ? AND operation = ? AND verified_at IS NOT NULL AND status IN ? AND purchased_at <= ? AND (fn = ? OR seller_inn = ? AND seller_inn <> '')",
		r.ParticipantID, fns.Sale, []Status{Accepted, Held, Review, Reversed}, ticket.At, r.FN, ticket.SellerINN).Error
	if err != nil {
		return nil, fmt.Errorf("sales of refund %d: %w", r.ID, err)
	}
	var fits []fit
	for _, sale := range sales {
		f, ok, err := s.fits(ctx, tx, sale, ticket)
		if err != nil {
			return nil, err
		}
		if ok {
			fits = append(fits, f)
		}
	}
	slices.SortStableFunc(fits, func(a, b fit) int { return cmp.Compare(b.rank(), a.rank()) })
	return fits, nil
}

func (f fit) rank() (n int) {
	for i, yes := range []bool{f.till, f.exact, f.sale.Status != Reversed} {
		if yes {
			n += 1 << i
		}
	}
	return n
}

// fits compares one sale, which was bought under terms that take returns. A
// refund that lists nothing is of a sale that goes back whole.
func (s *Service) fits(ctx context.Context, tx *store.Tx, sale Receipt, ticket fns.Ticket) (fit, bool, error) {
	lines, err := s.Lines(ctx, tx.DB, sale.ID)
	if err != nil {
		return fit{}, false, err
	}
	f := fit{sale: sale, till: sale.FN == ticket.FN}
	whole := all(lines)
	ok := len(whole) > 0 && sumOf(whole) == ticket.Total
	if f.backs = whole; len(ticket.Items) > 0 {
		f.backs, ok = unsold(lines, goodsOf(ticket))
	}
	if !ok {
		return f, false, nil
	}
	f.exact = slices.Equal(f.backs, whole)
	version, reward, err := s.remaining(ctx, tx, sale, without(lines, f.backs))
	if err != nil || !version.Returns.Taken() {
		return f, false, err
	}
	parts, err := s.owed(ctx, tx, sale, reward)
	f.takes = parts.Sum()
	return f, true, err
}

// matters tells that it is not the same to the participant which of the best
// sales the goods come from.
func matters(fits []fit) bool {
	return slices.ContainsFunc(fits, func(f fit) bool { return f.rank() == fits[0].rank() && f.takes != fits[0].takes })
}

// askWhich has a person say which sale it is.
func (s *Service) askWhich(ctx context.Context, tx *store.Tx, r Receipt, fits []fit) error {
	var ids []string
	for _, f := range fits {
		ids = append(ids, strconv.FormatInt(f.sale.ID, 10))
	}
	hit := fraud.Hit{Rule: ReasonWhichOne, Args: map[string]any{"receipts": ids}}
	return s.review(ctx, tx, r, fraud.Verdict{Outcome: fraud.Review, Hits: []fraud.Hit{hit}})
}

// approveRefund takes the goods back from the sale that costs the participant
// least: a person has approved the case for him.
func (s *Service) approveRefund(ctx context.Context, tx *store.Tx, r Receipt) error {
	lines, err := s.Lines(ctx, tx.DB, r.ID)
	if err != nil {
		return err
	}
	ticket := ticketOf(r, lines)
	fits, err := s.fitting(ctx, tx, r, ticket)
	if err != nil {
		return err
	}
	if len(fits) == 0 {
		return s.reject(ctx, tx, r, ReasonNoSale, map[string]any{"total": ticket.Total})
	}
	least := slices.MinFunc(fits, func(a, b fit) int { return cmp.Compare(a.takes, b.takes) })
	return s.refundOf(ctx, tx, r, ticket, least)
}

// without are the lines as they are when the goods have gone back.
func without(lines []Line, backs []back) []Line {
	lines = slices.Clone(lines)
	for _, b := range backs {
		lines[b.line].ReturnedThousandths += b.quantity
		lines[b.line].ReturnedKopecks += b.sum
	}
	return lines
}

// remaining judges a sale again by what is left of it, by the terms that it was
// bought under. It changes nothing.
func (s *Service) remaining(ctx context.Context, tx *store.Tx, sale Receipt, lines []Line) (campaigns.Version, campaigns.Reward, error) {
	version, history, err := s.had(ctx, tx, sale)
	if err != nil {
		return version, campaigns.Reward{}, err
	}
	taught, err := usedAliases(ctx, tx.DB, lines)
	if err != nil {
		return version, campaigns.Reward{}, err
	}
	placing(&history, lines, taught)
	return version, version.Remaining(ticketOf(sale, lines), history), nil
}

// had is the history of a sale that is judged again by what is left of it: what
// it has brought itself is due to it, and no budget cuts it.
func (s *Service) had(ctx context.Context, tx *store.Tx, sale Receipt) (campaigns.Version, campaigns.History, error) {
	version, history, err := s.history(ctx, tx, sale)
	given := sale.given()
	history.FirstReceipt = given[campaigns.PartFirst] > 0
	for part := range given {
		delete(history.FocusPaid, part)
	}
	return version, history, err
}

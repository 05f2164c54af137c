package receipts

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/rewards"
)

// place marks lines that were in doubt, and those that a person names, as what
// they are.
func place(lines []Line, placed map[int]string) error {
	for n, sku := range placed {
		if n < 0 || n >= len(lines) {
			return fmt.Errorf("line %d: %w", n, ErrNone)
		}
		lines[n].Candidate, lines[n].Review = sku, LineOpen
	}
	for i := range lines {
		if lines[i].Review == LineOpen {
			lines[i].Review = LineApproved
		}
	}
	return nil
}

// OpenLines lists lines that wait for a person, of receipts that are accepted,
// oldest first, at most limit. Lines of a held receipt are decided with its
// case.
func OpenLines(ctx context.Context, g *gorm.DB, limit int) ([]Line, error) {
	var lines []Line
	err := g.WithContext(ctx).Order("id").Limit(limit).
		Find(&lines, "review = ? AND receipt_id IN (SELECT id FROM receipts WHERE status = ?)", LineOpen, Accepted).Error
	if err != nil {
		return nil, fmt.Errorf("lines that wait: %w", err)
	}
	return lines, nil
}

// PlaceLine decides an unsure line of an accepted receipt: approved, it counts
// as its candidate and what it earns is accrued; refused, it never counts.
func (s *Service) PlaceLine(ctx context.Context, lineID int64, to LineReview) error {
	if to != LineApproved && to != LineRefused {
		return fmt.Errorf("line %d: %q is no decision", lineID, to)
	}
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		var line Line
		err := tx.WithContext(ctx).Take(&line, lineID).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("line %d: %w", lineID, ErrNone)
		}
		if err != nil {
			return err
		}
		r, err := s.hold(ctx, tx, line.ReceiptID)
		if err != nil {
			return err
		}
		res := tx.WithContext(ctx).Model(&Line{}).Where("id = ? AND review = ?", lineID, LineOpen).Update("review", to)
		if res.Error != nil {
			return fmt.Errorf("line %d: %w", lineID, res.Error)
		}
		if res.RowsAffected == 0 || r.Status != Accepted {
			return fmt.Errorf("line %d: %w", lineID, ErrDecided)
		}
		if to != LineApproved {
			return nil
		}
		return s.payLine(ctx, tx, r, line)
	})
}

// payLine accrues what the receipt earns more with its newly placed line. Under
// a limit of units a line may displace a dearer one: then it earns nothing more,
// and nothing is taken back.
func (s *Service) payLine(ctx context.Context, tx *store.Tx, r Receipt, line Line) error {
	lines, err := s.Lines(ctx, tx.DB, r.ID)
	if err != nil {
		return err
	}
	version, reward, err := s.placed(ctx, tx, r, lines)
	if err != nil || reward.Refusal != nil {
		return err
	}
	_, err = s.payMore(ctx, tx, r, version, reward, fmt.Sprintf("%s/line:%d", Subject(r.ID), line.N), line.Name)
	return err
}

// payMore accrues what an accepted receipt earns more than it was given, and
// tells of the line that it is for.
func (s *Service) payMore(ctx context.Context, tx *store.Tx, r Receipt, version campaigns.Version, reward campaigns.Reward, source, name string) (rewards.Points, error) {
	more := reward.Beyond(r.given())
	more.First = 0 // it was due, or not, when the receipt was accepted
	granted, err := s.desk.Grant(ctx, tx, version, r.ParticipantID, source, more)
	if err != nil {
		return 0, err
	}
	r.bring(granted.Parts)
	if err := move(ctx, tx, Accepted, r); err != nil {
		return 0, err
	}
	err = notify.Tell(ctx, tx, notify.Notice{ParticipantID: r.ParticipantID, Key: NoticeLine,
		Args: map[string]any{"name": name, "points": granted.Points, "balance": granted.Balance.Available}})
	if err != nil {
		return 0, err
	}
	_, err = s.desk.Automatic(ctx, tx, version, r.ParticipantID, source)
	return granted.Points, err
}

// placed judges the receipt again from its stored lines, with those that a
// person has placed, and writes down what each earns now.
func (s *Service) placed(ctx context.Context, tx *store.Tx, r Receipt, lines []Line) (campaigns.Version, campaigns.Reward, error) {
	running, err := s.book.Running(ctx, tx.DB, r.qr().At)
	if err != nil {
		return campaigns.Version{}, campaigns.Reward{}, err
	}
	if err := s.lockBudgets(ctx, tx, running, r.CampaignID); err != nil {
		return campaigns.Version{}, campaigns.Reward{}, err
	}
	version, history, err := s.terms(ctx, tx, r)
	if err != nil {
		return version, campaigns.Reward{}, err
	}
	taught, err := usedAliases(ctx, tx.DB, lines)
	if err != nil {
		return version, campaigns.Reward{}, err
	}
	placing(&history, lines, taught)
	if r.Status == Accepted { // its place among the others is taken already
		history.ReceiptsDay, history.ReceiptsTotal = 0, 0
	}
	judge := version.Reward
	if wentBack(lines) {
		judge = version.Left
	}
	reward := judge(ticketOf(r, lines), history)
	for i, l := range lines {
		made := reward.Lines[i]
		err := tx.WithContext(ctx).Model(&Line{}).Where("id = ?", l.ID).
			Updates(map[string]any{"sku": made.SKU, "candidate": l.Candidate, "points": made.Points, "reason": made.Reason,
				"review": l.Review, "alias_id": l.AliasID}).Error
		if err != nil {
			return version, reward, err
		}
	}
	return version, reward, s.rejudged(ctx, tx, r, lines, version, history, reward)
}

// placing says of the lines what a person has said of them, and which are gone.
func placing(h *campaigns.History, lines []Line, taught aliases) {
	h.Trusted, h.Placed, h.Returned, h.Aliases = map[int]bool{}, map[int]string{}, map[int]bool{}, taught.words()
	for i, l := range lines {
		if l.Review == LineApproved {
			h.Trusted[i], h.Placed[i] = true, l.Candidate
		}
		h.Returned[i] = l.gone()
	}
}

// wentBack tells that some of the goods were returned.
func wentBack(lines []Line) bool {
	return slices.ContainsFunc(lines, func(l Line) bool { return l.ReturnedThousandths > 0 })
}

// keepLines writes the ticket's lines with what was made of them. An unsure
// line waits for a person: it is not paid and not lost.
func (s *Service) keepLines(ctx context.Context, tx *store.Tx, r Receipt, ticket fns.Ticket, reward campaigns.Reward, taught aliases) error {
	lines, judged := make([]Line, len(ticket.Items)), make([]map[string]any, len(ticket.Items))
	for i, item := range ticket.Items {
		made := reward.Lines[i]
		lines[i] = Line{ReceiptID: r.ID, N: i, Name: item.Name, NameKey: lineKey(item.Name), GTIN: item.GTIN, QuantityThousandths: item.Quantity,
			PriceKopecks: item.Price, SumKopecks: item.Sum, PaymentType: item.PaymentType,
			SKU: made.SKU, Candidate: made.Candidate, Points: made.Points, Reason: made.Reason,
			AliasID: taught.of(ticket.SellerINN, lineKey(item.Name))}
		if made.Unsure {
			lines[i].Review = LineOpen
		}
		judged[i] = map[string]any{"name": item.Name, "sku": made.SKU, "title": made.Title, "units": made.Units,
			"points": made.Points, "reason": made.Reason, "unsure": made.Unsure}
	}
	for _, line := range lines {
		store.Append(tx, line)
	}
	return s.record(ctx, tx, r, EventJudged, map[string]any{"lines": judged, "aliases": taught.words()})
}

// Lines returns the lines of a receipt in their order.
func (s *Service) Lines(ctx context.Context, g *gorm.DB, receiptID int64) ([]Line, error) {
	var lines []Line
	err := g.WithContext(ctx).Order("n").Find(&lines, "receipt_id = ?", receiptID).Error
	if err != nil {
		return nil, fmt.Errorf("lines of receipt %d: %w", receiptID, err)
	}
	return lines, nil
}

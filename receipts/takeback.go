package receipts

import (
	"context"
	"fmt"

	"promobot/campaigns"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/rewards"
)

// takeBack applies a return to its sale, whose participant the caller holds:
// the lines are marked, what is left is judged again, and of each part of the
// grant the difference is taken back. It tells the participant under subject.
func (s *Service) takeBack(ctx context.Context, tx *store.Tx, sale Receipt, row returnRow, backs []back, subject, notice string) (Reversal, error) {
	lines, err := s.Lines(ctx, tx.DB, sale.ID)
	if err != nil {
		return Reversal{}, err
	}
	lines = without(lines, backs)
	version, reward, err := s.remaining(ctx, tx, sale, lines)
	if err != nil {
		return Reversal{}, err
	}
	if err := markBack(ctx, tx, lines, reward); err != nil {
		return Reversal{}, err
	}
	source := returnSource(sale.ID, row.ID)
	taken, err := s.reclaim(ctx, tx, &sale, version, reward, source, ReasonBack)
	if err == nil {
		err = s.besideBack(ctx, tx, sale, lines, source, &taken)
	}
	if err != nil {
		return Reversal{}, err
	}
	now := tx.Now()
	err = tx.WithContext(ctx).Model(&row).Updates(map[string]any{"sale_id": sale.ID, "applied_at": now, "sum_kopecks": row.SumKopecks}).Error
	if err != nil {
		return Reversal{}, fmt.Errorf("return %d: %w", row.ID, err)
	}
	total := taken.Total()
	err = s.record(ctx, tx, sale, EventReturned, map[string]any{"return": row.ID, "source": row.Source, "sum": row.SumKopecks,
		"taken": total.Sum(), "short": total.Short, "points": sale.Points, "status": sale.Status, "lines": len(backs), "by": row.ByWhom, "note": row.Note})
	if err != nil {
		return Reversal{}, err
	}
	came := Reversal{Receipt: sale, Taken: total.Sum(), Held: total.Held, Available: total.Available, Debt: total.Debt, Short: total.Short,
		Withdrawn: taken.Withdrawn, Notice: backArgs(sale, version, row, taken)}
	return came, notify.Tell(ctx, tx, notify.Notice{ParticipantID: sale.ParticipantID, Subject: subject, Key: notice, Args: came.Notice})
}

// backArgs are what a notice of a return names: receipt (the sale), date, sum,
// refund, points (taken or owed), short, debt (all that is owed now), blocked,
// balance and withdrawn [{title, title_en}].
func backArgs(sale Receipt, version campaigns.Version, row returnRow, taken rewards.Taken) map[string]any {
	total := taken.Total()
	args := map[string]any{"receipt": sale.ID, "refund": row.SumKopecks, "points": total.Sum(), "short": total.Short,
		"debt": -taken.Balance.Debt, "balance": taken.Balance.Available, "blocked": version.Returns.Points == campaigns.Block}
	if sale.PurchasedAt != nil {
		args["date"], args["sum"] = sale.PurchasedAt.UTC(), sale.TotalKopecks
	}
	gone := []map[string]any{}
	for _, c := range taken.Withdrawn {
		gone = append(gone, map[string]any{"title": c.Title, "title_en": c.TitleEN})
	}
	args["withdrawn"] = gone
	return args
}

// markBack writes what went back of each line and what each earns now.
func markBack(ctx context.Context, tx *store.Tx, lines []Line, reward campaigns.Reward) error {
	for i, l := range lines {
		err := tx.WithContext(ctx).Model(&Line{}).Where("id = ?", l.ID).Updates(map[string]any{"points": reward.Lines[i].Points,
			"returned_thousandths": l.ReturnedThousandths, "returned_kopecks": l.ReturnedKopecks}).Error
		if err != nil {
			return fmt.Errorf("line %d goes back: %w", l.ID, err)
		}
	}
	return nil
}

// owed are the parts of a sale's grant that are more than what it still earns.
// Nothing is ever added.
func (s *Service) owed(ctx context.Context, tx *store.Tx, sale Receipt, reward campaigns.Reward) (campaigns.Parts, error) {
	if sale.Status == Rejected || sale.Status == Reversed {
		return nil, nil
	}
	up, err := s.desk.GivenUp(ctx, tx, sale.CampaignID, Subject(sale.ID))
	if err != nil {
		return nil, err
	}
	owed, earns := campaigns.Parts{}, reward.Parts()
	for part, n := range sale.given() {
		if n -= earns[part] + up[part]; n > 0 {
			owed[part] = n
		}
	}
	return owed, nil
}

// returnSource names a return in the books.
func returnSource(saleID, returnID int64) string {
	return fmt.Sprintf("%s/return:%d", Subject(saleID), returnID)
}

// reclaim takes the difference back, as source in the books, and moves the sale;
// one that nothing is left of is reversed for the reason.
func (s *Service) reclaim(ctx context.Context, tx *store.Tx, sale *Receipt, version campaigns.Version, reward campaigns.Reward, source, reason string) (rewards.Taken, error) {
	from := sale.Status
	running, err := s.book.Running(ctx, tx.DB, sale.qr().At)
	if err != nil {
		return rewards.Taken{}, err
	}
	if err := s.lockBudgets(ctx, tx, running, sale.CampaignID); err != nil {
		return rewards.Taken{}, err
	}
	parts, err := s.owed(ctx, tx, *sale, reward)
	if err != nil {
		return rewards.Taken{}, err
	}
	back := rewards.Back{Version: version, ParticipantID: sale.ParticipantID, Subject: Subject(sale.ID),
		Source: source, Granted: sale.SubmittedAt, Parts: parts}
	if from == Held || from == Review {
		back.Aside = sale.Points
	}
	taken, err := s.desk.TakeBack(ctx, tx, back)
	if err != nil {
		return taken, err
	}
	less := campaigns.Parts{}
	for part, n := range taken.Parts() {
		less[part] = -n
	}
	sale.bring(less)
	if first, there := sale.Facts["first"]; there && first != 0.0 {
		sale.Facts["first"] = sale.Parts[campaigns.PartFirst]
	}
	if gone(reward) && (from == Accepted || from == Held) {
		sale.Status, sale.Reason = Reversed, reason
	}
	if from == Held && sale.Status == Reversed {
		now := tx.Now()
		sale.DecidedAt = &now
		if err := tx.WithContext(ctx).Delete(&holdRow{ReceiptID: sale.ID}).Error; err != nil {
			return taken, err
		}
	}
	return taken, move(ctx, tx, from, *sale)
}

// gone tells that nothing of a reward is left, and no person can change that.
func gone(r campaigns.Reward) bool { return r.Refusal != nil && !r.Refusal.NeedsPerson() }

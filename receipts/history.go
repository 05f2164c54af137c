package receipts

import (
	"context"
	"fmt"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/store"
	"promobot/rewards"
)

// historyColumns count the receipts of a person: those of the campaign on a day
// and in all, those of other campaigns that it counted too, and those that were
// accepted in whatever campaign. The bonus for the first receipt ever is due
// before any was.
const historyColumns = `COALESCE(SUM(CASE WHEN campaign_id = ? AND submitted_at >= ? AND submitted_at < ? THEN 1 ELSE 0 END), 0) AS day,
	COALESCE(SUM(CASE WHEN campaign_id = ? THEN 1 ELSE 0 END), 0) AS total,
	(SELECT COUNT(*) FROM receipt_campaigns c JOIN receipts b ON b.id = c.receipt_id WHERE c.participant_id = ? AND c.campaign_id = ? AND c.receipt_id <> ?
		AND b.submitted_at >= ? AND b.submitted_at < ?) AS beside_day,
	(SELECT COUNT(*) FROM receipt_campaigns c WHERE c.participant_id = ? AND c.campaign_id = ? AND c.receipt_id <> ?) AS beside,
	COALESCE(SUM(CASE WHEN status = ? THEN 1 ELSE 0 END), 0) AS accepted`

// terms reads what a reward depends on beside the ticket and the placed lines.
// It locks the campaign's budget.
func (s *Service) terms(ctx context.Context, tx *store.Tx, r Receipt) (campaigns.Version, campaigns.History, error) {
	version, history, err := s.history(ctx, tx, r)
	if err == nil {
		history.Room, err = s.desk.Room(ctx, tx, version, r.ParticipantID, r.given().OfReceipt())
	}
	return version, history, err
}

// history is terms without what the budget leaves.
func (s *Service) history(ctx context.Context, tx *store.Tx, r Receipt) (campaigns.Version, campaigns.History, error) {
	if r.VersionID == nil {
		return campaigns.Version{}, campaigns.History{}, fmt.Errorf("receipt %d has no terms", r.ID)
	}
	version, err := s.book.ByID(ctx, tx.DB, *r.VersionID)
	if err != nil {
		return version, campaigns.History{}, err
	}
	from, until := version.Day(r.SubmittedAt)
	var n struct{ Day, Total, BesideDay, Beside, Accepted int }
	err = tx.WithContext(ctx).Model(&Receipt{}).
		Select(historyColumns, r.CampaignID, from, until, r.CampaignID, r.ParticipantID, r.CampaignID, r.ID, from, until,
			r.ParticipantID, r.CampaignID, r.ID, Accepted).
		Where("participant_id = ? AND status IN ? AND id <> ? AND operation <> ?", r.ParticipantID, []Status{Accepted, Review, Held}, r.ID, fns.SaleReturn).
		Find(&n).Error
	if err != nil {
		return version, campaigns.History{}, fmt.Errorf("history of participant %d: %w", r.ParticipantID, err)
	}
	first := n.Accepted == 0
	if first {
		first, err = s.desk.FirstReceiptDue(ctx, tx, r.ParticipantID)
	}
	if err != nil {
		return version, campaigns.History{}, err
	}
	history := campaigns.History{FirstReceipt: first, ReceiptsDay: n.Day + n.BesideDay, ReceiptsTotal: n.Total + n.Beside, Waived: r.Waived, SubmittedAt: r.SubmittedAt}
	history.FocusPaid, err = s.desk.FocusHad(ctx, tx, r.ParticipantID, version.FocusParts(r.qr().At))
	return version, history, err
}

// given is what the receipt has brought by now, held points included.
func (r Receipt) given() campaigns.Parts {
	if r.Parts != nil || r.Points == 0 {
		return r.Parts
	}
	first, _ := r.Facts["first"].(float64)
	return campaigns.Parts{campaigns.PartLines: r.Points - rewards.Points(first), campaigns.PartFirst: rewards.Points(first)}
}

// bring adds parts to what the receipt has brought.
func (r *Receipt) bring(parts campaigns.Parts) {
	r.Parts = r.given().With(parts)
	r.Points = r.Parts.Sum()
}

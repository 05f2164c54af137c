package receipts

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/failpoint"
	"promobot/internal/store"
	"promobot/rewards"
)

// documentRow is the one verified receipt of a fiscal document.
type documentRow struct {
	Scheme    string
	FN        string
	FD        int64
	ReceiptID int64
}

// TableName is the table of documents.
func (documentRow) TableName() string { return "fiscal_documents" }

// settle brings a receipt that the fiscal service has proved to its verdict, in
// one transaction; the caller holds the participant.
func (s *Service) settle(ctx context.Context, tx *store.Tx, r Receipt, ticket fns.Ticket) error {
	var mismatch *fns.Mismatch
	if err := fns.Agree(r.qr(), ticket); errors.As(err, &mismatch) {
		if r.Waived != ReasonMismatch {
			return s.reject(ctx, tx, r, ReasonMismatch, map[string]any{"field": mismatch.Field})
		}
		var no *campaigns.Refusal
		if r, no, err = s.adopt(ctx, tx, r, ticket); err != nil {
			return err
		}
		if no != nil {
			return s.reject(ctx, tx, r, no.Rule, no.Args)
		}
	}
	if r.Operation == fns.SaleReturn {
		return s.refund(ctx, tx, r, ticket)
	}
	first, err := s.claim(ctx, tx, r)
	if err != nil {
		return err
	}
	if !first {
		return s.late(ctx, tx, r)
	}
	now := tx.Now()
	r.VerifiedAt, r.SellerINN, r.Seller, r.Region = &now, ticket.SellerINN, ticket.Seller, campaigns.Region(ticket.Address)
	if err := s.record(ctx, tx, r, EventVerified, map[string]any{"lines": len(ticket.Items), "seller": ticket.Seller}); err != nil {
		return err
	}
	return s.judge(ctx, tx, r, ticket)
}

// claim makes the receipt the one that stands for its document, unless another
// does.
func (s *Service) claim(ctx context.Context, tx *store.Tx, r Receipt) (first bool, err error) {
	document := documentRow{Scheme: r.Scheme, FN: r.FN, FD: r.FD, ReceiptID: r.ID}
	if first, err = store.Once(ctx, tx, &document); err != nil {
		return false, fmt.Errorf("document of receipt %d: %w", r.ID, err)
	}
	return first, nil
}

// adopt takes the service's word where the code differs from it, as a person
// has decided, and applies what is judged by the code alone.
func (s *Service) adopt(ctx context.Context, tx *store.Tx, r Receipt, t fns.Ticket) (Receipt, *campaigns.Refusal, error) {
	at := t.At
	r.TotalKopecks, r.PurchasedAt, r.Operation = t.Total, &at, t.Operation
	return s.lead(ctx, tx, r)
}

// late rejects the claim that lost the race for its document.
func (s *Service) late(ctx context.Context, tx *store.Tx, r Receipt) error {
	reason, facts, err := s.duplicate(ctx, tx.DB, r)
	if err != nil {
		return err
	}
	if reason == "" {
		return fmt.Errorf("receipt %d: its document is taken but by no verified receipt", r.ID)
	}
	return s.reject(ctx, tx, r, reason, facts)
}

// judge applies the fraud rules and the terms, and grants, holds or rejects. Of
// what is verified the fraud rules see all, whatever the terms make of it.
func (s *Service) judge(ctx context.Context, tx *store.Tx, r Receipt, ticket fns.Ticket) error {
	verdict, err := s.screen(ctx, tx, r, ticket)
	if err != nil {
		return err
	}
	list, policy, err := s.candidates(ctx, tx, r, ticket, nil)
	if err != nil {
		return err
	}
	chosen := choose(list, policy)
	version, reward := chosen.version, chosen.reward
	r, r.ticket = r.under(version), &ticket
	if version.Returns.Taken() {
		if err := s.awaited(ctx, tx, r); err != nil {
			return err
		}
	}
	if err := s.keepLines(ctx, tx, r, ticket, reward, chosen.taught); err != nil {
		return err
	}
	if no := reward.Refusal; no != nil && !no.NeedsPerson() {
		return s.reject(ctx, tx, r, no.Rule, no.Args)
	}
	r.HourLimit = s.rules.ReceiptsPerHour
	if no := reward.Refusal; no != nil {
		verdict = verdict.With(fraud.Hit{Rule: no.Rule, Args: no.Args})
	}
	switch verdict.Outcome {
	case fraud.Refuse:
		return s.reject(ctx, tx, r, verdict.Hits[0].Rule, verdict.Hits[0].Args)
	case fraud.Review:
		return s.setAside(ctx, tx, r, version, reward, verdict)
	case fraud.Hold, fraud.Slow:
		return s.putOff(ctx, tx, r, version, reward, verdict)
	}
	return s.accept(ctx, tx, r, version, r.source(), reward)
}

// historyColumns count the receipts of a person: those of the campaign on a day
// and in all, those of other campaigns that it counted too, and those that were accepted in whatever campaign. The bonus for
// the first receipt ever is due before any was.
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

// asideFor sets the points of the receipt aside and notes them on it. Of one
// whose points were set aside before and went back they wait to be granted.
func (s *Service) asideFor(ctx context.Context, tx *store.Tx, r *Receipt, version campaigns.Version, reward campaigns.Reward) error {
	if r.ticket == nil { // not for the first time
		if emptied, err := s.desk.Emptied(ctx, tx, r.CampaignID, Subject(r.ID)); err != nil || emptied {
			return err
		}
	}
	held, err := s.desk.HoldReward(ctx, tx, version, r.ParticipantID, r.source(), reward)
	if err == nil {
		r.bring(held)
	}
	return err
}

// screen lets the fraud rules judge, in the transaction that holds the
// participant, so that limits do not leak. What was appealed against a fraud
// rule is counted and passes.
func (s *Service) screen(ctx context.Context, tx *store.Tx, r Receipt, ticket fns.Ticket) (fraud.Verdict, error) {
	use, err := s.people.PhoneUse(ctx, tx.DB, r.ParticipantID)
	if err != nil {
		return fraud.Verdict{}, err
	}
	f := fraud.Facts{Subject: Subject(r.ID), ParticipantID: r.ParticipantID, At: r.SubmittedAt, BoughtAt: r.qr().At,
		PhoneMark: use.Phone, NameMark: use.Name, FN: r.FN, INN: r.SellerINN,
		NamesOnPhone: use.People, Families: use.Families, Total: ticket.Total}
	for _, item := range ticket.Items {
		f.Lines += item.Sum
	}
	return s.rules.Judge(ctx, tx, f)
}

// setAside puts the receipt aside with its points until a person decides.
func (s *Service) setAside(ctx context.Context, tx *store.Tx, r Receipt, version campaigns.Version, reward campaigns.Reward, v fraud.Verdict) error {
	if err := s.asideFor(ctx, tx, &r, version, reward); err != nil {
		return err
	}
	return s.review(ctx, tx, r, v)
}

// review opens a case and tells the participant that a person looks.
func (s *Service) review(ctx context.Context, tx *store.Tx, r Receipt, v fraud.Verdict) error {
	from := r.Status
	r.Status, r.Reason = Review, v.Hits[0].Rule
	r.Facts = map[string]any{"reason": r.Reason, "points": r.Points}
	if err := move(ctx, tx, from, r); err != nil {
		return err
	}
	c := fraud.Case{ParticipantID: r.ParticipantID, Subject: Subject(r.ID), Kind: fraud.KindReview, Score: v.Score, Rules: v.Rules, Hits: v.Hits}
	if err := fraud.OpenCase(ctx, tx, c); err != nil {
		return err
	}
	if err := s.record(ctx, tx, r, EventHeld, map[string]any{"rules": v.Hits, "points": r.Points}); err != nil {
		return err
	}
	return s.tell(ctx, tx, r, NoticeReview)
}

// accept grants the reward and tells the participant what for.
func (s *Service) accept(ctx context.Context, tx *store.Tx, r Receipt, version campaigns.Version, source string, reward campaigns.Reward) error {
	from, now := r.Status, tx.Now()
	granted, err := s.desk.Grant(ctx, tx, version, r.ParticipantID, source, reward)
	if err != nil {
		return err
	}
	r.bring(granted.Parts)
	r.Status, r.Reason, r.DecidedAt = Accepted, "", &now
	r.Facts = map[string]any{"lines": linesTold(reward), "unsure": unsure(reward), "lines_points": r.Parts[campaigns.PartLines],
		"first": granted.First, "points": r.Points, "balance": granted.Balance.Available}
	if granted.Repaid > 0 {
		r.Facts["repaid"] = granted.Repaid
	}
	if granted.Until.After(now) {
		r.Facts["until"] = granted.Until
	}
	if extra := version.Called(r.Parts); len(extra) > 0 {
		r.Facts["extra"] = extraTold(extra)
	}
	if reward.Cut != nil {
		r.Facts["cut"], r.Facts["cut_rule"] = reward.Cut.Points, reward.Cut.Rule
	}
	beside, err := s.beside(ctx, tx, r)
	if err != nil {
		return err
	}
	if len(beside) > 0 {
		balance, err := s.desk.Balance(ctx, tx.DB, r.ParticipantID)
		if err != nil {
			return err
		}
		r.Facts["beside"], r.Facts["balance"] = beside, balance.Available
		for _, other := range beside {
			r.Facts["points"] = r.Facts["points"].(rewards.Points) + other.Points
		}
	}
	if err := moveLast(ctx, tx, from, r); err != nil {
		return err
	}
	happened := map[string]any{"points": r.Points, "first": granted.First, "parts": r.Parts}
	if until, waits := r.Facts["until"]; waits {
		happened["until"] = until
	}
	if err := s.record(ctx, tx, r, EventAccepted, happened); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, r, NoticeAccepted); err != nil {
		return err
	}
	_, err = s.desk.Automatic(ctx, tx, version, r.ParticipantID, r.told())
	failpoint.Pass(failpoint.Settling)
	return err
}

type toldExtra struct {
	Title   string         `json:"title"`
	TitleEN string         `json:"title_en"`
	Points  rewards.Points `json:"points"`
}

func extraTold(list []campaigns.Extra) (told []toldExtra) {
	for _, e := range list {
		told = append(told, toldExtra{e.Title, e.TitleEN, e.Points})
	}
	return told
}

type toldLine struct {
	Title  string         `json:"title"`
	Units  int64          `json:"units"`
	Points rewards.Points `json:"points"`
}

// linesTold sums up the lines that count by product, in the order of the
// receipt: a tray of twelve equal lines is one.
func linesTold(reward campaigns.Reward) []toldLine {
	told, at := []toldLine{}, map[string]int{}
	for _, line := range reward.Lines {
		if line.SKU == "" {
			continue
		}
		i, known := at[line.SKU]
		if !known {
			i = len(told)
			at[line.SKU], told = i, append(told, toldLine{Title: line.Title})
		}
		told[i].Units += line.Units
		told[i].Points += line.Points
	}
	return told
}

func unsure(reward campaigns.Reward) int {
	n := 0
	for _, line := range reward.Lines {
		if line.Unsure {
			n++
		}
	}
	return n
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

package receipts

import (
	"context"
	"errors"
	"fmt"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/store"
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

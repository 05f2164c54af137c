package receipts

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm/clause"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/store"
)

// Refusals of a decision.
var (
	// ErrDecided reports that the receipt or the line does not wait for one.
	ErrDecided = errors.New("receipts: nothing waits for a decision")
	// ErrTerms reports a receipt that the terms forbid even as a person sees it:
	// the case can only be refused.
	ErrTerms = errors.New("receipts: the terms forbid it, refuse the case")
)

// Approve decides a case for the participant: held points are released, and
// lines that only a person could place count as their candidates. A receipt
// that the fiscal service answered strangely is asked about anew.
func (s *Service) Approve(ctx context.Context, caseID int64, by, note string) error {
	return s.ApprovePlacing(ctx, caseID, by, note, nil)
}

// ApprovePlacing is Approve, and says of lines, numbered from 0, which products
// they are. A line that is not there is ErrNone.
func (s *Service) ApprovePlacing(ctx context.Context, caseID int64, by, note string, placed map[int]string) error {
	return s.decide(ctx, caseID, fraud.CaseApproved, by, note, func(ctx context.Context, tx *store.Tx, r Receipt, c fraud.Case) error {
		return s.approve(ctx, tx, r, c, placed)
	})
}

// Refuse decides a case against the participant: held points are taken back.
func (s *Service) Refuse(ctx context.Context, caseID int64, by, note string) error {
	return s.decide(ctx, caseID, fraud.CaseRefused, by, note, s.refuse)
}

func (s *Service) decide(ctx context.Context, caseID int64, to fraud.CaseStatus, by, note string,
	then func(ctx context.Context, tx *store.Tx, r Receipt, c fraud.Case) error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		c, err := fraud.CaseByID(ctx, tx.DB, caseID)
		if err != nil {
			return err
		}
		id, err := subjectID(c.Subject)
		if err != nil {
			return err
		}
		r, err := s.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if c, err = fraud.Decide(ctx, tx, caseID, to, by, note); err != nil {
			return err
		}
		if r.Status != Review {
			return fmt.Errorf("receipt %d: %w", id, ErrDecided)
		}
		if err := s.record(ctx, tx, r, EventDecided, map[string]any{"case": c.ID, "kind": c.Kind, "decision": to, "by": by, "note": note}); err != nil {
			return err
		}
		if r, err = s.taken(ctx, tx, r); err != nil {
			return err
		}
		return then(ctx, tx, r, c)
	})
}

func (s *Service) approve(ctx context.Context, tx *store.Tx, r Receipt, c fraud.Case, placed map[int]string) error {
	switch {
	case c.Kind == fraud.KindAppeal:
		return s.grantAppeal(ctx, tx, r, placed)
	case r.VerifiedAt == nil:
		return s.askAnew(ctx, tx, r, NoticeRead)
	case r.Operation == fns.SaleReturn:
		return s.approveRefund(ctx, tx, r)
	}
	return s.takeUp(ctx, tx, r, placed)
}

// takeUp judges a verified receipt again as a person has decided: the lines in
// doubt count, the fraud rules do not.
func (s *Service) takeUp(ctx context.Context, tx *store.Tx, r Receipt, placed map[int]string) error {
	lines, err := s.Lines(ctx, tx.DB, r.ID)
	if err != nil {
		return err
	}
	if err := place(lines, placed); err != nil {
		return fmt.Errorf("receipt %d: %w", r.ID, err)
	}
	version, reward, err := s.placed(ctx, tx, r, lines)
	if err != nil {
		return err
	}
	if no := reward.Refusal; no != nil {
		// Placed by a person, the lines still fail the terms.
		return fmt.Errorf("receipt %d: %w: %s", r.ID, ErrTerms, no.Rule)
	}
	if !slices.ContainsFunc(reward.Lines, func(l campaigns.LineReward) bool { return l.SKU != "" }) {
		return fmt.Errorf("receipt %d: %w: no line counts, say which is a product", r.ID, ErrTerms)
	}
	return s.pay(ctx, tx, r, version, reward)
}

// pay releases what was held and grants the rest; nothing of what was held is
// taken back.
func (s *Service) pay(ctx context.Context, tx *store.Tx, r Receipt, version campaigns.Version, reward campaigns.Reward) error {
	if r.Points == 0 {
		emptied, err := s.desk.Emptied(ctx, tx, r.CampaignID, Subject(r.ID))
		if err != nil {
			return err
		}
		if emptied {
			return s.accept(ctx, tx, r, version, r.source()+"/placed", reward)
		}
		return s.accept(ctx, tx, r, version, r.source(), reward)
	}
	if err := s.desk.Release(ctx, tx, version, r.ParticipantID, r.source(), r.Points, reward.Until); err != nil {
		return err
	}
	return s.accept(ctx, tx, r, version, r.source()+"/placed", reward.Beyond(r.given()))
}

// askAnew puts the question to the fiscal service again, as if for the first
// time: the 72 hours of a document that is not in the store begin anew.
func (s *Service) askAnew(ctx context.Context, tx *store.Tx, r Receipt, notice string) error {
	r.Status, r.Reason, r.Facts = Checking, "", map[string]any{}
	r.AskedAt, r.AnsweredAt = nil, nil
	if err := move(ctx, tx, Review, r); err != nil {
		return err
	}
	// A code that was denied before has never been asked about.
	err := tx.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&requestRow{ReceiptID: r.ID}).Error
	if err != nil {
		return fmt.Errorf("ask anew about receipt %d: %w", r.ID, err)
	}
	if err := s.tell(ctx, tx, r, notice); err != nil {
		return err
	}
	return tx.Enqueue(ctx, CheckArgs{ReceiptID: r.ID})
}

func (s *Service) refuse(ctx context.Context, tx *store.Tx, r Receipt, c fraud.Case) error {
	if c.Kind == fraud.KindAppeal {
		return s.refuseAppeal(ctx, tx, r)
	}
	if err := s.desk.Forfeit(ctx, tx, r.CampaignID, r.ParticipantID, r.source(), r.Points); err != nil {
		return err
	}
	return s.reject(ctx, tx, r, ReasonCaseRefused, nil)
}

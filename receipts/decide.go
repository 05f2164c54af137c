package receipts

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"promobot/campaigns"
	"promobot/fraud"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/rewards"
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
		return then(ctx, tx, r, c)
	})
}

func (s *Service) approve(ctx context.Context, tx *store.Tx, r Receipt, c fraud.Case, placed map[int]string) error {
	if c.Kind == fraud.KindAppeal {
		return s.grantAppeal(ctx, tx, r, placed)
	}
	if r.VerifiedAt == nil {
		return s.askAnew(ctx, tx, r, NoticeRead)
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

// pay releases what was held and grants the rest; nothing of what was held is
// taken back.
func (s *Service) pay(ctx context.Context, tx *store.Tx, r Receipt, version campaigns.Version, reward campaigns.Reward) error {
	if r.Points == 0 {
		return s.accept(ctx, tx, r, version, r.source(), reward)
	}
	if err := s.desk.Release(ctx, tx, r.ParticipantID, r.source(), r.Points); err != nil {
		return err
	}
	reward.Points = max(0, reward.Points-r.Points)
	return s.accept(ctx, tx, r, version, r.source()+"/placed", reward)
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
	more := campaigns.Reward{Points: max(0, reward.Points-r.paidForLines())}
	source := fmt.Sprintf("%s/line:%d", Subject(r.ID), line.N)
	granted, err := s.desk.Grant(ctx, tx, version, r.ParticipantID, source, more)
	if err != nil {
		return err
	}
	r.Points += granted.Points
	if err := move(ctx, tx, Accepted, r); err != nil {
		return err
	}
	err = notify.Tell(ctx, tx, notify.Notice{ParticipantID: r.ParticipantID, Key: NoticeLine,
		Args: map[string]any{"name": line.Name, "points": granted.Points, "balance": granted.Balance.Available}})
	if err != nil {
		return err
	}
	_, err = s.desk.Automatic(ctx, tx, version, r.ParticipantID, source)
	return err
}

// paidForLines is what an accepted receipt brought beside the bonus for the
// first receipt.
func (r Receipt) paidForLines() rewards.Points {
	first, _ := r.Facts["first"].(float64)
	return r.Points - rewards.Points(first)
}

// placed judges the receipt again from its stored lines, with those that a
// person has placed, and writes down what each earns now.
func (s *Service) placed(ctx context.Context, tx *store.Tx, r Receipt, lines []Line) (campaigns.Version, campaigns.Reward, error) {
	trusted, products := map[int]bool{}, map[int]string{}
	for i, l := range lines {
		if l.Review == LineApproved {
			trusted[i], products[i] = true, l.Candidate
		}
	}
	version, history, err := s.terms(ctx, tx, r)
	if err != nil {
		return version, campaigns.Reward{}, err
	}
	history.Trusted, history.Placed = trusted, products
	reward := version.Reward(ticketOf(r, lines), history)
	for i, l := range lines {
		made := reward.Lines[i]
		err := tx.WithContext(ctx).Model(&Line{}).Where("id = ?", l.ID).
			Updates(map[string]any{"sku": made.SKU, "candidate": l.Candidate, "points": made.Points, "reason": made.Reason, "review": l.Review}).Error
		if err != nil {
			return version, reward, err
		}
	}
	return version, reward, nil
}

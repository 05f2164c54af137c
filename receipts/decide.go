package receipts

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/rewards"
)

// ErrDecided reports that the receipt or the line does not wait for a decision.
var ErrDecided = errors.New("receipts: nothing waits for a decision")

// Approve decides a case for the participant: held points are released, and
// lines that only a person could place count as their candidates. A receipt
// that the fiscal service answered strangely is asked about anew.
func (s *Service) Approve(ctx context.Context, caseID int64, by, note string) error {
	return s.decide(ctx, caseID, fraud.CaseApproved, by, note, s.approve)
}

// Refuse decides a case against the participant: held points are taken back.
func (s *Service) Refuse(ctx context.Context, caseID int64, by, note string) error {
	return s.decide(ctx, caseID, fraud.CaseRefused, by, note, s.refuse)
}

func (s *Service) decide(ctx context.Context, caseID int64, to fraud.CaseStatus, by, note string,
	then func(ctx context.Context, tx *store.Tx, r Receipt) error) error {
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
		if _, err := fraud.Decide(ctx, tx, caseID, to, by, note); err != nil {
			return err
		}
		if r.Status != Review {
			return fmt.Errorf("receipt %d: %w", id, ErrDecided)
		}
		return then(ctx, tx, r)
	})
}

func (s *Service) approve(ctx context.Context, tx *store.Tx, r Receipt) error {
	if r.VerifiedAt == nil {
		return s.askAnew(ctx, tx, r)
	}
	if err := s.desk.Release(ctx, tx, r.ParticipantID, Subject(r.ID), r.Points); err != nil {
		return err
	}
	lines, err := s.Lines(ctx, tx.DB, r.ID)
	if err != nil {
		return err
	}
	for i := range lines {
		if lines[i].Review == LineOpen {
			lines[i].Review = LineApproved
		}
	}
	version, reward, err := s.placed(ctx, tx, r, lines)
	if err != nil {
		return err
	}
	if no := reward.Refusal; no != nil {
		// Placed by a person, the lines still fail the terms.
		return fmt.Errorf("receipt %d fails %s: refuse the case", r.ID, no.Rule)
	}
	// What was held is released already; nothing of it is taken back.
	reward.Points = max(0, reward.Points-r.Points)
	return s.accept(ctx, tx, r, version, Subject(r.ID)+"/placed", reward)
}

// askAnew puts the question to the fiscal service again, as if for the first
// time: the 72 hours of a document that is not in the store begin anew.
func (s *Service) askAnew(ctx context.Context, tx *store.Tx, r Receipt) error {
	r.Status, r.Reason, r.Facts = Checking, "", map[string]any{}
	r.AskedAt, r.AnsweredAt = nil, nil
	if err := move(ctx, tx, Review, r); err != nil {
		return err
	}
	if err := s.save(ctx, tx, requestRow{ReceiptID: r.ID}); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, r, NoticeRead); err != nil {
		return err
	}
	return tx.Enqueue(ctx, CheckArgs{ReceiptID: r.ID})
}

func (s *Service) refuse(ctx context.Context, tx *store.Tx, r Receipt) error {
	if err := s.desk.Forfeit(ctx, tx, r.CampaignID, r.ParticipantID, Subject(r.ID), r.Points); err != nil {
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
	trusted := map[int]bool{}
	ticket := fns.Ticket{Key: r.qr().Key, Operation: r.Operation, At: r.qr().At, Total: r.TotalKopecks, SellerINN: r.SellerINN}
	for i, l := range lines {
		trusted[i] = l.Review == LineApproved
		ticket.Items = append(ticket.Items, fns.Item{Name: l.Name, GTIN: l.GTIN, Price: l.PriceKopecks, Sum: l.SumKopecks,
			Quantity: l.QuantityThousandths, PaymentType: l.PaymentType})
	}
	version, history, err := s.terms(ctx, tx, r, trusted)
	if err != nil {
		return version, campaigns.Reward{}, err
	}
	reward := version.Reward(ticket, history)
	for i, l := range lines {
		made := reward.Lines[i]
		err := tx.WithContext(ctx).Model(&Line{}).Where("id = ?", l.ID).
			Updates(map[string]any{"sku": made.SKU, "points": made.Points, "reason": made.Reason, "review": l.Review}).Error
		if err != nil {
			return version, reward, err
		}
	}
	return version, reward, nil
}

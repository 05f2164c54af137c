package receipts

import (
	"context"
	"fmt"
	"time"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/events"
	"promobot/internal/store"
)

// The notices about a receipt that is settled by itself later, and the event;
// facts: points, until.
const (
	NoticeSlow   = "fraud.slow"      // the settlement is put off by some minutes
	NoticeHold   = "fraud.hold"      // the points are set aside for a time
	EventPutOff  = "receipt.put_off" // data: tier, rules [{rule, args}], points, until
	EventDecided = "receipt.decided" // a person has decided; data: case, kind, decision, by, note
)

// holdRow is a settlement that waits.
type holdRow struct {
	ReceiptID int64 `gorm:"primaryKey"`
	Tier      fraud.Outcome
	Until     time.Time
}

// TableName is the table of settlements that wait.
func (holdRow) TableName() string { return "receipt_holds" }

// source names the receipt in the books. What was refused may stand there with
// its hold and its end, so that a receipt taken up on appeal, or since a name
// was taught, has another name.
func (r Receipt) source() string { return r.told() }

// taken is a receipt that waits, by the name under which it was taken up last: a
// name that was taught took it up again, unless it was appealed since.
func (s *Service) taken(ctx context.Context, tx *store.Tx, r Receipt) (Receipt, error) {
	var list []events.Event
	err := tx.WithContext(ctx).Order("id DESC").Limit(1).
		Find(&list, "participant_id = ? AND subject = ? AND kind = ?", r.ParticipantID, Subject(r.ID), EventTaught).Error
	if err != nil {
		return r, fmt.Errorf("how receipt %d was taken up: %w", r.ID, err)
	}
	if len(list) > 0 && (r.AppealedAt == nil || list[0].HappenedAt.After(*r.AppealedAt)) {
		r.again = fmt.Sprintf("alias:%v", list[0].Data["alias"])
	}
	return r, nil
}

// putOff lets the receipt wait: of a hold the points are set aside, what is
// slow has none yet.
func (s *Service) putOff(ctx context.Context, tx *store.Tx, r Receipt, version campaigns.Version, reward campaigns.Reward, v fraud.Verdict) error {
	from, notice := r.Status, NoticeSlow
	wait := holdRow{ReceiptID: r.ID, Tier: v.Outcome, Until: tx.Now().Add(s.rules.Pause(v.Outcome))}
	if v.Outcome == fraud.Hold {
		notice = NoticeHold
		if err := s.asideFor(ctx, tx, &r, version, reward); err != nil {
			return err
		}
	}
	r.Status, r.Reason = Held, v.Hits[0].Rule
	r.Facts = map[string]any{"points": r.Points, "until": wait.Until}
	if err := move(ctx, tx, from, r); err != nil {
		return err
	}
	if err := tx.WithContext(ctx).Create(&wait).Error; err != nil {
		return fmt.Errorf("put receipt %d off: %w", r.ID, err)
	}
	data := map[string]any{"tier": v.Outcome, "rules": v.Hits, "points": r.Points, "until": wait.Until}
	if err := s.record(ctx, tx, r, EventPutOff, data); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, r, notice); err != nil {
		return err
	}
	return tx.Enqueue(ctx, ReleaseArgs{ReceiptID: r.ID})
}

// Release settles a receipt that was put off, when its time has come, unless
// something new speaks against it. It returns how long it is to wait yet; 0:
// the work is done.
func (s *Service) Release(ctx context.Context, id int64) (again time.Duration, err error) {
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		r, err := s.hold(ctx, tx, id)
		if err != nil || r.Status != Held {
			return err
		}
		var wait holdRow
		if err := tx.WithContext(ctx).Take(&wait, "receipt_id = ?", id).Error; err != nil {
			return fmt.Errorf("how long receipt %d waits: %w", id, err)
		}
		if again = wait.Until.Sub(tx.Now()); again > 0 {
			return nil
		}
		again = 0
		if err := tx.WithContext(ctx).Delete(&wait).Error; err != nil {
			return err
		}
		if r, err = s.taken(ctx, tx, r); err != nil {
			return err
		}
		return s.release(ctx, tx, r, wait.Tier)
	})
	return again, err
}

func (s *Service) release(ctx context.Context, tx *store.Tx, r Receipt, served fraud.Outcome) error {
	lines, err := s.Lines(ctx, tx.DB, r.ID)
	if err != nil {
		return err
	}
	verdict, err := s.screen(ctx, tx, r, ticketOf(r, lines))
	if err != nil {
		return err
	}
	version, reward, err := s.placed(ctx, tx, r, lines)
	if err != nil {
		return err
	}
	verdict = verdict.Beyond(served)
	if no := reward.Refusal; no != nil {
		hit := fraud.Hit{Rule: no.Rule, Args: no.Args}
		if !no.NeedsPerson() {
			hit.Tier = fraud.Refuse
		}
		verdict = verdict.With(hit)
	}
	return s.conclude(ctx, tx, r, version, reward, verdict)
}

// conclude carries a second verdict out on a receipt whose points may be held.
func (s *Service) conclude(ctx context.Context, tx *store.Tx, r Receipt, version campaigns.Version, reward campaigns.Reward, v fraud.Verdict) error {
	switch {
	case v.Outcome == fraud.Refuse:
		if err := s.desk.Forfeit(ctx, tx, r.CampaignID, r.ParticipantID, r.source(), r.Points); err != nil {
			return err
		}
		return s.reject(ctx, tx, r, v.Hits[0].Rule, v.Hits[0].Args)
	case v.Outcome == fraud.Review && r.Points > 0:
		return s.review(ctx, tx, r, v)
	case v.Outcome == fraud.Review:
		return s.setAside(ctx, tx, r, version, reward, v)
	case v.Outcome == fraud.Hold:
		return s.putOff(ctx, tx, r, version, reward, v)
	}
	return s.pay(ctx, tx, r, version, reward)
}

// ticketOf is the document as its stored lines tell it, less what went back.
func ticketOf(r Receipt, lines []Line) fns.Ticket {
	t := fns.Ticket{Key: r.qr().Key, Operation: r.Operation, At: r.qr().At, Total: r.TotalKopecks, SellerINN: r.SellerINN, Address: r.Region}
	for _, l := range lines {
		quantity, sum := l.left()
		t.Total -= l.ReturnedKopecks
		t.Items = append(t.Items, fns.Item{Name: l.Name, GTIN: l.GTIN, Price: l.PriceKopecks, Sum: sum,
			Quantity: quantity, PaymentType: l.PaymentType})
	}
	return t
}

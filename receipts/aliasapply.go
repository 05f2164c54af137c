package receipts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/fraud"
	"promobot/internal/store"
	"promobot/rewards"
)

// EventTaught is a receipt judged again since a name on it was taught; data:
// alias, name, sku, points.
const EventTaught = "receipt.taught"

// aliasSettles is how long after teaching receipts are looked for again: what
// was being settled at that very moment did not see the alias yet.
const aliasSettles = 2 * time.Minute

// AliasEffect is what an alias does, or would do.
type AliasEffect struct {
	Receipts int            // judged otherwise than before
	Accepted int            // of these, refused or put aside before
	People   int            // whose points change
	Points   rewards.Points // in all
}

func (e *AliasEffect) add(o AliasEffect) {
	e.Receipts, e.Accepted, e.People, e.Points = e.Receipts+o.Receipts, e.Accepted+o.Accepted, e.People+o.People, e.Points+o.Points
}

// ApplyAlias judges the receipts again on which the name of an alias stands
// unmatched, each by the terms it was bought under, pays what they earn more,
// and tells their people. Of an alias that was undone to take its points back
// it does the contrary. It may be called again at any time: what is done is
// passed over. again is when it wants to be; 0: never.
func (s *Service) ApplyAlias(ctx context.Context, id int64) (effect AliasEffect, again time.Duration, err error) {
	a, err := AliasByID(ctx, s.db.Read(ctx), id)
	if err != nil || a.Undo == UndoKeep {
		return effect, 0, err
	}
	if a.UndoneAt != nil {
		effect, err = s.spread(ctx, a, s.judgedWith, s.forget)
		return effect, max(0, aliasSettles-s.db.Now().Sub(*a.UndoneAt)), err
	}
	if err := s.fillKeys(ctx); err != nil {
		return effect, 0, err
	}
	again = max(0, aliasSettles-s.db.Now().Sub(a.TaughtAt))
	effect, err = s.spread(ctx, a, s.waitingFor, s.learn)
	return effect, again, err
}

// PreviewAlias is what teaching would do now; nothing is written.
func (s *Service) PreviewAlias(ctx context.Context, a Alias) (effect AliasEffect, err error) {
	if err := s.fillKeys(ctx); err != nil {
		return effect, err
	}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		if a, err = s.Teach(ctx, tx, a); err != nil {
			return err
		}
		effect, err = s.within(ctx, tx, a, s.waitingFor, s.learn)
		return errors.Join(err, errPreview)
	})
	if errors.Is(err, errPreview) {
		err = nil
	}
	return effect, err
}

// touched finds the receipts that an alias is about.
type touched func(g *gorm.DB, a Alias) *gorm.DB

// waitingFor are the verified receipts with a line of the name that no product
// and no other alias was found for.
func (s *Service) waitingFor(g *gorm.DB, a Alias) *gorm.DB {
	g = g.Table("receipts AS r").Joins("JOIN receipt_lines AS l ON l.receipt_id = r.id").
		Where("r.campaign_id = ? AND l.name_key = ? AND l.alias_id IS NULL AND l.sku = '' AND l.review IN ?",
			a.CampaignID, a.NameKey, []LineReview{LineSure, LineOpen})
	if a.SellerINN != "" {
		g = g.Where("r.seller_inn = ?", a.SellerINN)
	}
	return g
}

// change does to one receipt what an alias says.
type change func(ctx context.Context, tx *store.Tx, r Receipt, a Alias) (AliasEffect, error)

// spread carries an alias to all receipts that it touches, one participant and
// transaction after another.
func (s *Service) spread(ctx context.Context, a Alias, find touched, do change) (AliasEffect, error) {
	var people []int64
	err := find(s.db.Read(ctx), a).Distinct("r.participant_id").Order("r.participant_id").Pluck("r.participant_id", &people).Error
	if err != nil {
		return AliasEffect{}, fmt.Errorf("receipts of alias %d: %w", a.ID, err)
	}
	var sum AliasEffect
	for _, person := range people {
		err := s.db.InTx(ctx, func(tx *store.Tx) error {
			e, err := s.carry(ctx, tx, a, person, find, do)
			if err == nil {
				sum.add(e)
			}
			return err
		})
		if err != nil {
			return sum, fmt.Errorf("alias %d: %w", a.ID, err)
		}
	}
	return sum, nil
}

// within is spread inside one transaction.
func (s *Service) within(ctx context.Context, tx *store.Tx, a Alias, find touched, do change) (sum AliasEffect, err error) {
	var people []int64
	err = find(tx.WithContext(ctx), a).Distinct("r.participant_id").Order("r.participant_id").Pluck("r.participant_id", &people).Error
	for _, person := range people { // all of them before any budget
		if err == nil {
			err = s.people.Lock(ctx, tx, person)
		}
	}
	for _, person := range people {
		if err != nil {
			return sum, err
		}
		var e AliasEffect
		e, err = s.carry(ctx, tx, a, person, find, do)
		sum.add(e)
	}
	return sum, err
}

// carry applies an alias to the receipts of one participant, oldest first.
func (s *Service) carry(ctx context.Context, tx *store.Tx, a Alias, person int64, find touched, do change) (sum AliasEffect, err error) {
	if err := s.people.Lock(ctx, tx, person); err != nil {
		return sum, err
	}
	var ids []int64
	err = find(tx.WithContext(ctx), a).Where("r.participant_id = ?", person).Distinct("r.id").Order("r.id").Pluck("r.id", &ids).Error
	if err != nil {
		return sum, err
	}
	for _, id := range ids {
		r, err := s.ByID(ctx, tx.DB, id)
		if err != nil {
			return sum, err
		}
		e, err := do(ctx, tx, r, a)
		if err != nil {
			return sum, fmt.Errorf("receipt %d: %w", id, err)
		}
		sum.add(e)
	}
	if sum.Points != 0 {
		sum.People = 1
	}
	return sum, nil
}

// learn judges a receipt again with an alias.
func (s *Service) learn(ctx context.Context, tx *store.Tx, r Receipt, a Alias) (AliasEffect, error) {
	lines, err := s.Lines(ctx, tx.DB, r.ID)
	if err != nil {
		return AliasEffect{}, err
	}
	for i := range lines {
		if l := &lines[i]; l.NameKey == a.NameKey && l.AliasID == nil && l.SKU == "" {
			l.AliasID = &a.ID
			if l.Review == LineOpen {
				l.settle(a)
			}
		}
	}
	version, reward, err := s.placed(ctx, tx, r, lines)
	if err != nil || reward.Refusal != nil {
		return AliasEffect{}, err
	}
	before := r.Points
	r.again = "alias:" + strconv.FormatInt(a.ID, 10)
	switch {
	case r.Status == Accepted:
		return s.payAlias(ctx, tx, r, a, version, reward)
	case r.Status == Reversed && r.Reason == ReasonUndone && r.Points > 0:
		err = s.acceptRest(ctx, tx, r, a, version, reward, ticketOf(r, lines))
	case r.Status == Rejected && waitsForName(r), r.Status == Reversed && r.Reason == ReasonUndone:
		err = s.acceptLate(ctx, tx, r, a, version, reward, ticketOf(r, lines))
	case r.Status == Review:
		err = s.decideBy(ctx, tx, r, a, version, reward)
	default:
		return AliasEffect{}, nil
	}
	if err != nil {
		return AliasEffect{}, err
	}
	if err := tx.Flush(ctx); err != nil { // what accept leaves for the end
		return AliasEffect{}, err
	}
	after, err := s.ByID(ctx, tx.DB, r.ID)
	effect := AliasEffect{}
	if after.Status != r.Status {
		effect.Receipts = 1
	}
	if after.Status == Accepted {
		effect.Accepted, effect.Points = 1, after.Points-before
	}
	return effect, err
}

// settle answers the question about an unsure line.
func (l *Line) settle(a Alias) {
	if a.SKU == NotOurs {
		l.Review = LineRefused
		return
	}
	l.Candidate, l.Review = a.SKU, LineApproved
}

// waitsForName tells a refusal that another matching of names may lift.
func waitsForName(r Receipt) bool {
	reason := r.Reason
	if reason == ReasonAppealRefused {
		reason, _ = r.Facts["was"].(string)
	}
	return slices.Contains(nameRules, reason)
}

// nameRules are the refusals and doubts that come from the names of lines.
var nameRules = []string{campaigns.RuleNoPromo, campaigns.RulePromoMin, campaigns.RuleUnsureLines}

// payAlias accrues what an accepted receipt earns more.
func (s *Service) payAlias(ctx context.Context, tx *store.Tx, r Receipt, a Alias, version campaigns.Version, reward campaigns.Reward) (AliasEffect, error) {
	if more := reward.Beyond(r.given()); more.Total()-more.First <= 0 {
		return AliasEffect{}, nil
	}
	paid, err := s.payMore(ctx, tx, r, version, reward, r.source(), a.Name)
	if err != nil {
		return AliasEffect{}, err
	}
	return AliasEffect{Receipts: 1, Points: paid}, s.recordTaught(ctx, tx, r, a, paid)
}

// acceptLate takes a refused receipt up again, past the fraud rules.
func (s *Service) acceptLate(ctx context.Context, tx *store.Tx, r Receipt, a Alias, version campaigns.Version, reward campaigns.Reward, t fns.Ticket) error {
	verdict, err := s.screen(ctx, tx, r, t)
	if err != nil {
		return err
	}
	if err := s.recordTaught(ctx, tx, r, a, reward.Points); err != nil {
		return err
	}
	return s.conclude(ctx, tx, r, version, reward, verdict)
}

// acceptRest takes a receipt up again of which not everything could be taken
// back: that stays, and is not granted twice. What the fraud rules do not let
// pass is left as it is.
func (s *Service) acceptRest(ctx context.Context, tx *store.Tx, r Receipt, a Alias, version campaigns.Version, reward campaigns.Reward, t fns.Ticket) error {
	verdict, err := s.screen(ctx, tx, r, t)
	if err != nil || verdict.Outcome != fraud.Allow {
		return err
	}
	more := reward.Beyond(r.given())
	if err := s.recordTaught(ctx, tx, r, a, more.Points); err != nil {
		return err
	}
	return s.accept(ctx, tx, r, version, r.source(), more)
}

// decideBy closes a case that only the name has opened.
func (s *Service) decideBy(ctx context.Context, tx *store.Tx, r Receipt, a Alias, version campaigns.Version, reward campaigns.Reward) error {
	c, found, err := fraud.OpenCaseOf(ctx, tx.DB, Subject(r.ID))
	if err != nil || !found || r.VerifiedAt == nil {
		return err
	}
	if slices.ContainsFunc(c.Hits, func(h fraud.Hit) bool { return !slices.Contains(nameRules, h.Rule) }) {
		return nil // a person has more to decide
	}
	if _, err := fraud.Decide(ctx, tx, c.ID, fraud.CaseApproved, a.TaughtBy, "alias "+strconv.FormatInt(a.ID, 10)); err != nil {
		return err
	}
	if err := s.recordTaught(ctx, tx, r, a, reward.Points); err != nil {
		return err
	}
	return s.pay(ctx, tx, r, version, reward)
}

func (s *Service) recordTaught(ctx context.Context, tx *store.Tx, r Receipt, a Alias, n rewards.Points) error {
	return s.record(ctx, tx, r, EventTaught, map[string]any{"alias": a.ID, "name": a.Name, "sku": a.SKU, "points": n})
}

package rewards

import (
	"context"
	"strings"
	"time"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/points"
)

// Room is what the terms' budget leaves for a participant today, beside what a
// receipt had before; nil: there is no budget. It keeps others from granting
// out of the budget until the transaction ends.
func (d *Desk) Room(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, had points.Amount) (*campaigns.Room, error) {
	if v.Budget.None() {
		return nil, nil
	}
	granted, err := d.budgets.Granted(ctx, tx, v.CampaignID, participantID, budgetDay(v, tx.Now()))
	if err != nil {
		return nil, err
	}
	room := v.Budget.Room(granted)
	room.Points += had
	return room, nil
}

// LockBudgets locks what budgets of the campaigns there are, in the order of the
// ids. Whoever may grant out of several of them, or give back, does it first.
func (d *Desk) LockBudgets(ctx context.Context, tx *store.Tx, campaignIDs []int64) error {
	return d.budgets.Lock(ctx, tx, campaignIDs)
}

func budgetDay(v campaigns.Version, at time.Time) string { return v.Wall(at).Format(time.DateOnly) }

// issue posts what the terms grant, with its end, and counts it in their budget.
func (d *Desk) issue(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, subject string, p points.Posting, n points.Amount) (posted bool, err error) {
	p.Expires = v.PointsExpire(tx.Now())
	posted, err = d.post(ctx, tx, participantID, subject, p, n)
	if err != nil || !posted || v.Budget.None() {
		return posted, err
	}
	return true, d.budgets.Take(ctx, tx, points.Grant{Source: p.Source, Subject: root(subject), CampaignID: v.CampaignID,
		ParticipantID: participantID, Day: budgetDay(v, tx.Now()), Points: n}, v.Budget.Points, v.Budget.Day)
}

// root is what a source or a part of it is for: "receipt:17".
func root(source string) string {
	subject, _, _ := strings.Cut(source, "/")
	return subject
}

// giveBack returns to budgets what a posting brings back to a campaign.
func (d *Desk) giveBack(ctx context.Context, tx *store.Tx, participantID int64, subject string, p points.Posting) error {
	for _, leg := range p.Legs {
		campaignID, issued := leg.Account.Issuer()
		if !issued || leg.Amount <= 0 {
			continue
		}
		back := points.Grant{Source: p.Source, Subject: root(subject), CampaignID: campaignID, ParticipantID: participantID, Points: leg.Amount}
		if err := d.budgets.GiveBack(ctx, tx, back); err != nil {
			return err
		}
	}
	return nil
}

// fits cuts a reward that is not granted yet to the room of the budget.
func (d *Desk) fits(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, source string, r campaigns.Reward) (campaigns.Reward, error) {
	room, err := d.Room(ctx, tx, v, participantID, 0)
	if err != nil || room == nil {
		return r, err
	}
	stood, err := d.ledger.Posted(ctx, tx.DB, source+"/"+campaigns.PartLines)
	if err != nil || stood {
		return r, err
	}
	return r.Fit(room), nil
}

package points

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// ErrBudget reports a grant for which the budget has no room left.
var ErrBudget = errors.New("points: the budget has no room for it")

// Budgets count what campaigns grant out of their budgets. All who grant out of
// one lock the same row, which makes them wait for each other: so only what is
// bounded is counted.
type Budgets struct{}

// budgetRow counts what a campaign granted on a day; "" is all days.
type budgetRow struct {
	CampaignID int64
	Day        string
	Points     Amount
}

// TableName is the table of counters.
func (budgetRow) TableName() string { return "campaign_budgets" }

// Grant is what a posting takes out of a campaign's budget.
type Grant struct {
	ID            int64
	Source        string // of the posting
	Subject       string // what it is for: "receipt:17"
	CampaignID    int64
	ParticipantID int64
	Day           string // of the campaign's zone: "2026-06-13"
	Points        Amount // below zero: given back
}

// TableName is the table of shares.
func (Grant) TableName() string { return "budget_entries" }

// Granted is what was taken out of a budget and not given back.
type Granted struct {
	All            Amount // by all
	Day            Amount // by all on the day
	Participant    Amount // by the participant
	ParticipantDay Amount // by the participant on the day
}

// Granted reads it and locks it: until the transaction ends nobody else takes
// anything. The caller has locked the participant.
func (b Budgets) Granted(ctx context.Context, tx *store.Tx, campaignID, participantID int64, day string) (g Granted, err error) {
	of, err := b.lock(ctx, tx, campaignID, day)
	if err != nil {
		return g, fmt.Errorf("budget of campaign %d: %w", campaignID, err)
	}
	g.All, g.Day = of[""], of[day]
	err = tx.WithContext(ctx).Model(&Grant{}).Where("campaign_id = ? AND participant_id = ?", campaignID, participantID).
		Select("COALESCE(SUM(points), 0) AS participant, COALESCE(SUM(CASE WHEN day = ? THEN points ELSE 0 END), 0) AS participant_day", day).
		Row().Scan(&g.Participant, &g.ParticipantDay)
	if err != nil {
		return g, fmt.Errorf("budget of participant %d: %w", participantID, err)
	}
	return g, nil
}

// Lock locks the budgets of the campaigns that were used before, in the order of
// the ids, for a transaction that uses several.
func (Budgets) Lock(ctx context.Context, tx *store.Tx, campaignIDs []int64) error {
	var rows []budgetRow
	err := tx.WithContext(ctx).Clauses(store.ForUpdate()).Order("campaign_id").Find(&rows, "campaign_id IN ? AND day = ''", campaignIDs).Error
	if err != nil {
		return fmt.Errorf("budgets of campaigns %v: %w", campaignIDs, err)
	}
	return nil
}

// lock returns the two counters by their days; they are made when they are
// first needed.
func (b Budgets) lock(ctx context.Context, tx *store.Tx, campaignID int64, day string) (map[string]Amount, error) {
	of := map[string]Amount{}
	for range 2 {
		var rows []budgetRow
		err := tx.WithContext(ctx).Clauses(store.ForUpdate()).Order("day").Find(&rows, "campaign_id = ? AND day IN ?", campaignID, []string{"", day}).Error
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			of[row.Day] = row.Points
		}
		if len(rows) == 2 {
			break
		}
		for _, day := range []string{"", day} {
			if _, err := store.Once(ctx, tx, &budgetRow{CampaignID: campaignID, Day: day}); err != nil {
				return nil, err
			}
		}
	}
	return of, nil
}

// Take counts a grant of a posting that was just written. most is the bound of
// all days, mostDay that of its day, 0 none: beyond them it is ErrBudget, and
// the caller must give up the transaction.
func (b Budgets) Take(ctx context.Context, tx *store.Tx, g Grant, most, mostDay Amount) error {
	err := b.take(ctx, tx, g, most, mostDay)
	if err != nil {
		return fmt.Errorf("budget for %s: %w", g.Source, err)
	}
	return nil
}

func (b Budgets) take(ctx context.Context, tx *store.Tx, g Grant, most, mostDay Amount) error {
	of, err := b.lock(ctx, tx, g.CampaignID, g.Day)
	if err != nil {
		return err
	}
	if over(of[""]+g.Points, most) || over(of[g.Day]+g.Points, mostDay) {
		return ErrBudget
	}
	err = tx.WithContext(ctx).Model(&budgetRow{}).Where("campaign_id = ? AND day IN ?", g.CampaignID, []string{"", g.Day}).
		Update("points", gorm.Expr("points + ?", g.Points)).Error
	if err != nil {
		return err
	}
	return tx.WithContext(ctx).Create(&g).Error
}

func over(n, most Amount) bool { return most > 0 && n > most }

// GiveBack returns to the budget what a posting has taken back from the
// participant; back.Points is above zero and back.Day is not read. It goes to
// the days on which the subject took it, the last one first. Points that came
// out of no budget go to none.
func (b Budgets) GiveBack(ctx context.Context, tx *store.Tx, back Grant) error {
	var shares []Grant
	err := tx.WithContext(ctx).Model(&Grant{}).Where("subject = ? AND campaign_id = ? AND participant_id = ?", back.Subject, back.CampaignID, back.ParticipantID).
		Group("day").Having("SUM(points) > 0").Order("day DESC").Select("day, SUM(points) AS points").Scan(&shares).Error
	if err != nil {
		return fmt.Errorf("what participant %d had of a budget: %w", back.ParticipantID, err)
	}
	for left := back.Points; left > 0 && len(shares) > 0; shares = shares[1:] {
		g := back
		g.Day, g.Points = shares[0].Day, -min(left, shares[0].Points)
		left += g.Points
		if err := b.Take(ctx, tx, g, 0, 0); err != nil {
			return err
		}
	}
	return nil
}

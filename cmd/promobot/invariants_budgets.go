package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/points"
)

// limitsAndBudgets: neither passes what was promised.
func limitsAndBudgets(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := limitsHold(ctx, g, v); err != nil {
		return err
	}
	return budgetsHold(ctx, g, v)
}

// budgetsHold: the counters are the sums of their shares, each share is what the
// ledger says of its posting, and no bound is passed.
func budgetsHold(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := v.count(ctx, g, "budget_entries"); err != nil {
		return err
	}
	for what, query := range map[string]string{
		"counts other points than its shares": `SELECT 'budget:' || b.campaign_id || '/' || b.day FROM campaign_budgets b WHERE b.points <>
			(SELECT COALESCE(SUM(e.points), 0) FROM budget_entries e WHERE e.campaign_id = b.campaign_id AND (b.day = '' OR e.day = b.day))`,
		"is counted with other points than it moved": `SELECT b.source FROM (SELECT source, SUM(points) AS points FROM budget_entries GROUP BY source) b
			LEFT JOIN postings p ON p.source = b.source
			LEFT JOIN ledger_entries e ON e.posting_id = p.id AND e.account LIKE 'campaign:%/issued'
			WHERE e.amount IS NULL OR (e.amount < 0 AND b.points <> -e.amount) OR (e.amount > 0 AND (b.points > 0 OR b.points < -e.amount))`,
	} {
		if err := v.broken(ctx, g, what, query); err != nil {
			return err
		}
	}
	budgets, err := budgetsOf(ctx, g)
	if err != nil {
		return err
	}
	for id, b := range budgets {
		if err := b.bounds(ctx, g, v, id); err != nil {
			return err
		}
		if err := b.counted(ctx, g, v, id); err != nil {
			return err
		}
	}
	return nil
}

// bounded is the widest budget of a campaign's versions, and which have one.
type bounded struct {
	campaigns.Budget
	versions map[int64]bool
}

func budgetsOf(ctx context.Context, g *gorm.DB) (map[int64]*bounded, error) {
	var rows []struct {
		ID, CampaignID int64
		Terms          string
	}
	if err := g.WithContext(ctx).Raw("SELECT id, campaign_id, CAST(terms AS TEXT) AS terms FROM campaign_versions ORDER BY id").Scan(&rows).Error; err != nil {
		return nil, err
	}
	of := map[int64]*bounded{}
	for _, row := range rows {
		var terms struct{ Budget campaigns.Budget }
		if err := json.Unmarshal([]byte(row.Terms), &terms); err != nil {
			return nil, fmt.Errorf("terms of version %d: %w", row.ID, err)
		}
		if terms.Budget.None() {
			continue
		}
		b, known := of[row.CampaignID]
		if !known {
			b = &bounded{versions: map[int64]bool{}}
			of[row.CampaignID] = b
		}
		b.versions[row.ID] = true
		b.widen(terms.Budget)
	}
	return of, nil
}

// widen takes the larger of each two bounds; none is the largest.
func (b *bounded) widen(by campaigns.Budget) {
	for bound, n := range map[*points.Amount]points.Amount{&b.Points: by.Points, &b.Day: by.Day,
		&b.Participant: by.Participant, &b.ParticipantDay: by.ParticipantDay} {
		if n == 0 {
			n = math.MaxInt64
		}
		*bound = max(*bound, n)
	}
}

// bounds: nothing was granted beyond them.
func (b *bounded) bounds(ctx context.Context, g *gorm.DB, v *verified, id int64) error {
	for _, of := range []struct {
		most        points.Amount
		what, group string
		subject     string
	}{
		{b.Points, "in all", "campaign_id", "''"}, {b.Day, "on a day", "campaign_id, day", "'/' || day"},
		{b.Participant, "to a participant", "campaign_id, participant_id", "'/participant:' || participant_id"},
		{b.ParticipantDay, "to a participant on a day", "campaign_id, participant_id, day", "'/participant:' || participant_id || '/' || day"},
	} {
		query := fmt.Sprintf(`SELECT 'budget:' || campaign_id || %s FROM budget_entries WHERE campaign_id = ?
			GROUP BY %s HAVING SUM(points) > ?`, of.subject, of.group)
		if err := v.broken(ctx, g, fmt.Sprintf("has granted more than %d %s", of.most, of.what), query, id, of.most); err != nil {
			return err
		}
	}
	return nil
}

// counted: whatever was granted for a receipt under terms with a budget is.
func (b *bounded) counted(ctx context.Context, g *gorm.DB, v *verified, id int64) error {
	var receipts []struct{ ID, VersionID int64 }
	if err := g.WithContext(ctx).Raw("SELECT id, version_id FROM receipts WHERE campaign_id = ? AND points > 0", id).Scan(&receipts).Error; err != nil {
		return err
	}
	under := map[string]int64{}
	for _, r := range receipts {
		under[fmt.Sprint("receipt:", r.ID)] = r.VersionID
	}
	var sources []string
	err := g.WithContext(ctx).Raw(`SELECT p.source FROM postings p JOIN ledger_entries e ON e.posting_id = p.id WHERE e.account = ? AND e.amount < 0
		AND NOT EXISTS (SELECT 1 FROM budget_entries b WHERE b.source = p.source)`, points.Issued(id)).Scan(&sources).Error
	for _, source := range sources {
		subject, _, _ := strings.Cut(source, "/")
		if b.versions[under[subject]] {
			v.blame("%s was granted beside the budget", source)
		}
	}
	return err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/points"
)

// spend grants out of a budget of 100 points, 60 a day, 50 a person, 40 a person
// and day, up to each of these bounds; a receipt of version 1, which has no
// budget, is beside it.
func spend(ctx context.Context, tx *store.Tx) error {
	terms := campaigns.Terms{Slug: "spring", Zone: "UTC", Starts: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Ends: time.Date(2036, 4, 1, 0, 0, 0, 0, time.UTC),
		Products: []assortment.Product{{SKU: "kola", Brand: "Ясный Ключ", Title: "Кола", Volume: "0,5 л"}}}
	book := &campaigns.Book{}
	_, _, err := book.Apply(ctx, tx, terms)
	terms.Budget, terms.EffectiveFrom = campaigns.Budget{Points: 100, Day: 60, Participant: 50, ParticipantDay: 40}, terms.Starts.AddDate(0, 0, 1)
	_, _, err2 := book.Apply(ctx, tx, terms)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	for _, statement := range []string{
		`INSERT INTO participants (language, created_at) VALUES ('ru', ?)`, `INSERT INTO participants (language, created_at) VALUES ('ru', ?)`,
		receiptOf(1), receiptOf(2),
	} {
		if err := tx.Exec(statement, tx.Now()).Error; err != nil {
			return err
		}
	}
	for i, g := range []points.Grant{
		{Source: "receipt:2/lines", ParticipantID: 1, Day: "2026-03-05", Points: 40}, {Source: "participant:2/welcome", ParticipantID: 2, Day: "2026-03-05", Points: 20},
		{Source: "receipt:3/lines", ParticipantID: 1, Day: "2026-03-06", Points: 10}, {Source: "receipt:4/lines", ParticipantID: 2, Day: "2026-03-06", Points: 30},
		{Source: "receipt:1/lines", ParticipantID: 1},
	} {
		n := max(g.Points, 7)
		p := points.Posting{Source: g.Source, Kind: points.Accrual, Legs: points.Move(points.Issued(1), points.Available(g.ParticipantID), n)}
		if _, err := (points.Ledger{}).Post(ctx, tx, p); err != nil {
			return err
		}
		if g.CampaignID = 1; g.Points == 0 {
			continue
		}
		if err := (points.Budgets{}).Take(ctx, tx, g, 100, 60); err != nil {
			return fmt.Errorf("%d: %w", i, err)
		}
	}
	return nil
}

// receiptOf is an accepted receipt that a version judged.
func receiptOf(version int) string {
	return fmt.Sprintf(`INSERT INTO receipts (participant_id, campaign_id, source, way, country, scheme, status, reason, facts, code, fn, fd, fp, operation, total_kopecks,
		seller_inn, version_id, points, hour_limit, waived, submitted_at) VALUES (1, 1, 'update:%d', 'text', 'RU', 'ru-fns', 'accepted', '', '{}', '', '', 0, 0, 1, 0, '', %d, 7, 0, '', ?)`, version, version)
}

var errUndo = errors.New("undone")

func TestBudgetsAreVerified(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		if err := db.InTx(ctx, func(tx *store.Tx) error { return spend(ctx, tx) }); err != nil {
			t.Fatal(err)
		}
		for statement, want := range map[string]string{
			"UPDATE participants SET language = 'en'":                                        "",
			"UPDATE campaign_budgets SET points = points + 1 WHERE day = ''":                 "budget:1/ counts other",
			"UPDATE campaign_budgets SET points = points - 1 WHERE day = '2026-03-06'":       "budget:1/2026-03-06 counts other",
			"UPDATE ledger_entries SET amount = amount - 1 WHERE account LIKE '%issued'":     "receipt:2/lines is counted with other",
			"DELETE FROM budget_entries WHERE source = 'receipt:2/lines'":                    "receipt:2/lines was granted beside",
			"UPDATE budget_entries SET points = points + 1 WHERE source = 'receipt:3/lines'": "budget:1 has granted more than 100 in all",
			"UPDATE budget_entries SET points = points + 2 WHERE points = 20":                "budget:1/2026-03-05 has granted more than 60 on a day",
			"UPDATE budget_entries SET participant_id = 1 WHERE points = 20":                 "budget:1/participant:1 has granted more than 50 to a participant",
			"UPDATE budget_entries SET day = '2026-03-05' WHERE points = 30":                 "budget:1/participant:2/2026-03-05 has granted more than 40",
		} {
			v := &verified{}
			err := db.InTx(ctx, func(tx *store.Tx) error {
				if err := tx.Exec(statement).Error; err != nil {
					return err
				}
				if err := budgetsHold(ctx, tx.DB, v); err != nil {
					return err
				}
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				t.Fatal(err)
			}
			if said := strings.Join(v.Examples, "\n"); v.Checked < 3 || (want == "") != (v.Broken == 0) || !strings.Contains(said, want) {
				t.Errorf("%s: of %d\n%s\nwant %s", statement, v.Checked, said, want)
			}
		}
	})
}

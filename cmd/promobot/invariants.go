package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"promobot/internal/store"
	"promobot/points"
)

// invariant checks one promise on a database.
type invariant struct {
	id, promise string
	check       func(ctx context.Context, g *gorm.DB, v *verified) error
}

// invariants are the promises that exist so far, by their usual numbers.
var invariants = []invariant{
	{"I0", "every row's references lead somewhere", referencesLead},
	{"I1", "an acknowledged update is never lost", updatesEnd},
	{"I2", "a fiscal document pays at most once", documentsPayOnce},
	{"I3", "the ledger balances", ledgerWhole},
	{"I4", "no balance is on the wrong side of zero", books((points.Ledger).Signs)},
	{"I5", "a certificate has at most one owner and is never lost", certificatesOwned},
	{"I6", "a handled update has its answer", updatesAnswered},
	{"Q1", "no provider is asked more often than its quota of the day", quotasKept},
	{"I9", "points by hand beyond the limit have a second person", adjustmentsSeen},
	{"I10", "the audit trail is whole", trailWhole},
	{"I11", "velocity limits and budgets hold under concurrency", limitsAndBudgets},
	{"I12", "no work is stuck", workMoves},
	{"I14", "nobody is messaged against consent", pushesWanted},
	{"R1", "what goes back is taken back once, and no more than it brought", returnsBooked},
	{"T1", "what payments hold and took is what the books say", paymentsBooked},
}

// verify checks all of them on one snapshot, so that a bot at work is not
// blamed for what it did between two looks.
func verify(ctx context.Context, db *store.DB) ([]verified, error) {
	snapshot := &sql.TxOptions{ReadOnly: true}
	if db.Engine == store.Postgres {
		snapshot.Isolation = sql.LevelRepeatableRead
	}
	rows := make([]verified, len(invariants))
	err := db.Read(ctx).Transaction(func(g *gorm.DB) error {
		for i, inv := range invariants {
			rows[i] = verified{ID: inv.id, Examples: []string{}, promise: inv.promise}
			if err := inv.check(ctx, g, &rows[i]); err != nil {
				return fmt.Errorf("check %s: %w", inv.id, err)
			}
		}
		return nil
	}, snapshot)
	return rows, err
}

// broken runs a query whose rows are breaks, with a column "subject".
func (v *verified) broken(ctx context.Context, g *gorm.DB, what, query string, args ...any) error {
	var subjects []string
	if err := g.WithContext(ctx).Raw(query, args...).Scan(&subjects).Error; err != nil {
		return err
	}
	for _, subject := range subjects {
		v.blame("%s %s", subject, what)
	}
	return nil
}

func (v *verified) count(ctx context.Context, g *gorm.DB, table string) error {
	var n int64
	err := g.WithContext(ctx).Table(table).Count(&n).Error
	v.Checked += n
	return err
}

// unfinished are the arguments of the jobs of a kind that will still run.
func unfinished(ctx context.Context, g *gorm.DB, kind, arg string) (map[int64]bool, error) {
	var rows []struct{ Args string }
	err := g.WithContext(ctx).Raw(`SELECT CAST(args AS TEXT) AS args FROM river_job
		WHERE kind = ? AND state IN ('available', 'running', 'retryable', 'scheduled', 'pending')`, kind).Scan(&rows).Error
	ids := map[int64]bool{}
	for _, row := range rows {
		var args map[string]int64
		if err := json.Unmarshal([]byte(row.Args), &args); err != nil {
			return nil, fmt.Errorf("arguments of a job %s: %w", kind, err)
		}
		ids[args[arg]] = true
	}
	return ids, err
}

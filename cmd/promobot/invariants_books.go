package main

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"promobot/points"
)

// books adapts the ledger's own checks.
func books(check func(points.Ledger, context.Context, *gorm.DB, int) (int64, []points.Finding, error)) func(context.Context, *gorm.DB, *verified) error {
	return func(ctx context.Context, g *gorm.DB, v *verified) (err error) {
		var found []points.Finding
		v.Checked, found, err = check(points.Ledger{}, ctx, g, 1000)
		for _, f := range found {
			v.blame("%s: %s", f.Subject, f.Text)
		}
		return err
	}
}

// references are the foreign keys by which money and promises hang together.
// PostgreSQL keeps them by itself, SQLite only in connections that ask for it.
var references = []struct{ table, column, to string }{
	{"addresses", "participant_id", "participants"}, {"updates", "address_id", "addresses"}, {"messages", "address_id", "addresses"},
	{"messages", "update_id", "updates"}, {"receipts", "participant_id", "participants"}, {"fiscal_documents", "receipt_id", "receipts"},
	{"receipt_lines", "receipt_id", "receipts"}, {"awards", "participant_id", "participants"}, {"certificates", "award_id", "awards"},
	{"supply_orders", "award_id", "awards"}, {"certificates", "order_id", "supply_orders"}, {"awards", "replaces_id", "certificates"},
	{"cases", "participant_id", "participants"}, {"ledger_entries", "posting_id", "postings"},
	{"lots", "posting_id", "postings"}, {"lot_uses", "posting_id", "postings"}, {"ledger_root_heads", "root_id", "ledger_roots"},
	{"pay_quotes", "participant_id", "participants"}, {"pay_quotes", "shop_id", "tills"}, {"till_answers", "till_id", "tills"},
}

func referencesLead(ctx context.Context, g *gorm.DB, v *verified) error {
	for _, r := range references {
		if err := v.count(ctx, g, r.table); err != nil {
			return err
		}
		query := fmt.Sprintf(`SELECT '%s:' || t.%s FROM %s t WHERE t.%s IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM %s p WHERE p.id = t.%s)`, r.to, r.column, r.table, r.column, r.to, r.column)
		if err := v.broken(ctx, g, "is named by "+r.table+" and does not exist", query); err != nil {
			return err
		}
	}
	return nil
}

// ledgerWhole: the recount, and no posting from a source that nobody knows.
func ledgerWhole(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := books((points.Ledger).Recount)(ctx, g, v); err != nil {
		return err
	}
	if err := lotsWhole(ctx, g, v); err != nil {
		return err
	}
	if err := v.broken(ctx, g, "is a posting from nowhere", `SELECT source FROM postings
		WHERE source NOT LIKE 'receipt:%/%' AND source NOT LIKE 'participant:%/%' AND source NOT LIKE 'update:%/price' AND source NOT LIKE 'wait:%/price'
			AND source NOT LIKE 'lot:%/expiry%' AND source NOT LIKE 'quote:%/%' AND source NOT LIKE 'adjustment:%/%' AND source NOT LIKE 'update:%/withdrawn' AND source NOT LIKE 'wait:%/withdrawn'
			AND source NOT LIKE 'update:%/returned' AND source NOT LIKE 'wait:%/returned' AND source NOT LIKE 'certificate:%/replacement/returned'
			AND source NOT LIKE 'update:%/returned/debt' AND source NOT LIKE 'wait:%/returned/debt' AND source NOT LIKE 'certificate:%/replacement/returned/debt'
			AND source NOT LIKE 'certificate:%/replacement/withdrawn'`); err != nil {
		return err
	}
	return v.broken(ctx, g, "holds other points than its receipts under review, its open payments and what waits for refunds", `SELECT b.account FROM balances b
		LEFT JOIN (SELECT participant_id, SUM(points) AS points FROM (
				SELECT participant_id, points FROM receipts WHERE status IN ('review', 'held')
				UNION ALL SELECT participant_id, points FROM return_windows WHERE ended_at IS NULL
				UNION ALL SELECT participant_id, points FROM pay_quotes WHERE status = 'held') w GROUP BY participant_id) r
			ON b.account = 'participant:' || r.participant_id || '/held'
		WHERE b.account LIKE 'participant:%/held' AND b.balance <> COALESCE(r.points, 0)`)
}

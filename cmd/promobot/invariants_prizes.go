package main

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// certificatesOwned: every code that came in is somewhere, with one owner at
// most, and every award has its code, an open order, a case for its documents, a
// replacement or its price back.
func certificatesOwned(ctx context.Context, g *gorm.DB, v *verified) error {
	for _, table := range []string{"certificates", "awards", "supply_orders"} {
		if err := v.count(ctx, g, table); err != nil {
			return err
		}
	}
	if err := codesStand(ctx, g, v); err != nil {
		return err
	}
	for what, query := range ownership {
		if err := v.broken(ctx, g, what, query); err != nil {
			return err
		}
	}
	return ordersMove(ctx, g, v)
}

// codesStand: free + reserved + issued + opened + void = imported + ordered.
func codesStand(ctx context.Context, g *gorm.DB, v *verified) error {
	var imported, ordered, stand int64
	for into, query := range map[*int64]string{
		&imported: "SELECT COALESCE(SUM(added), 0) FROM certificate_imports",
		&ordered:  "SELECT COUNT(*) FROM certificates WHERE order_id IS NOT NULL AND import_id = 0",
		&stand:    "SELECT COUNT(*) FROM certificates WHERE status IN ('free', 'reserved', 'issued', 'opened', 'void')",
	} {
		if err := g.WithContext(ctx).Raw(query).Scan(into).Error; err != nil {
			return err
		}
	}
	if imported+ordered != stand {
		v.blame("%d codes were imported and %d ordered, %d are in a known state", imported, ordered, stand)
	}
	return nil
}

// ownership are queries whose rows are breaks, by what they break.
var ownership = map[string]string{
	"was given another prize than it names":                 `SELECT 'award:' || a.id FROM awards a JOIN certificates c ON c.award_id = a.id WHERE c.prize_id <> a.prize_id`,
	"stands in no known place":                              `SELECT 'award:' || id FROM awards WHERE status NOT IN ('issued', 'ordered', 'gated', 'returned', 'replaced')`,
	"has no certificate":                                    `SELECT 'award:' || a.id FROM awards a WHERE a.status IN ('issued', 'replaced') AND NOT EXISTS (SELECT 1 FROM certificates c WHERE c.award_id = a.id AND c.status IN ('issued', 'opened', 'void'))`,
	"has a code before its time":                            `SELECT 'award:' || a.id FROM awards a JOIN certificates c ON c.award_id = a.id WHERE a.status IN ('ordered', 'gated') AND c.status <> 'reserved'`,
	"has a code, and its price back":                        `SELECT 'award:' || a.id FROM awards a JOIN certificates c ON c.award_id = a.id WHERE a.status = 'returned' AND c.status <> 'void'`,
	"waits for an order that is not open":                   `SELECT 'award:' || a.id FROM awards a WHERE a.status = 'ordered' AND NOT EXISTS (SELECT 1 FROM supply_orders o WHERE o.award_id = a.id AND o.status IN ('new', 'sent'))`,
	"has an open order that it does not wait for":           `SELECT 'award:' || a.id FROM awards a JOIN supply_orders o ON o.award_id = a.id WHERE o.status IN ('new', 'sent') AND a.status <> 'ordered'`,
	"waits for documents without a case":                    `SELECT 'award:' || a.id FROM awards a WHERE a.status = 'gated' AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.kind = 'tax' AND c.status = 'open' AND c.participant_id = a.participant_id)`,
	"is replaced by nothing":                                `SELECT 'award:' || a.id FROM awards a WHERE a.status = 'replaced' AND NOT EXISTS (SELECT 1 FROM certificates c JOIN awards b ON b.replaces_id = c.id WHERE c.award_id = a.id AND c.status = 'void' AND b.participant_id = a.participant_id)`,
	"is done without its certificate":                       `SELECT 'order:' || o.id FROM supply_orders o WHERE o.status = 'done' AND NOT EXISTS (SELECT 1 FROM certificates c WHERE c.order_id = o.id)`,
	"is issued to nobody":                                   `SELECT 'certificate:' || id FROM certificates WHERE status IN ('reserved', 'issued', 'opened') AND award_id IS NULL`,
	"is free but owned":                                     `SELECT 'certificate:' || id FROM certificates WHERE status = 'free' AND award_id IS NOT NULL`,
	"came from nowhere":                                     `SELECT 'certificate:' || id FROM certificates WHERE (order_id IS NULL AND import_id = 0) OR (order_id IS NOT NULL AND import_id <> 0)`,
	"was not paid as the books say":                         `SELECT 'award:' || a.id FROM awards a WHERE a.replaces_id IS NULL AND NOT EXISTS (` + moved + `p.source = a.source || '/price' AND e.amount = -a.price)`,
	"did not get its price back":                            `SELECT 'award:' || a.id FROM awards a WHERE a.status = 'returned' AND NOT EXISTS (` + moved + `p.source = a.source || '/returned' AND e.amount = a.price)`,
	"got its price back and is not returned":                `SELECT 'award:' || a.id FROM awards a WHERE a.status <> 'returned' AND EXISTS (SELECT 1 FROM postings p WHERE p.source = a.source || '/returned')`,
	"took a replacement's price, which was paid for before": `SELECT 'award:' || a.id FROM awards a WHERE a.replaces_id IS NOT NULL AND EXISTS (SELECT 1 FROM postings p WHERE p.source = a.source || '/price')`,
}

// moved finds entries on the available points of the award's participant.
const moved = `SELECT 1 FROM postings p JOIN ledger_entries e ON e.posting_id = p.id WHERE e.account = 'participant:' || a.participant_id || '/available' AND `

// ordersMove: an order that has not ended has a job that looks after it.
func ordersMove(ctx context.Context, g *gorm.DB, v *verified) error {
	jobs, err := unfinished(ctx, g, "supply_order", "order_id")
	if err != nil {
		return err
	}
	var open []int64
	if err := g.WithContext(ctx).Raw("SELECT id FROM supply_orders WHERE status IN ('new', 'sent', 'late')").Scan(&open).Error; err != nil {
		return fmt.Errorf("open orders: %w", err)
	}
	for _, id := range open {
		if !jobs[id] {
			v.blame("order:%d is open and nobody looks after it", id)
		}
	}
	return nil
}

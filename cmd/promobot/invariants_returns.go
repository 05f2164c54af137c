package main

import (
	"context"

	"gorm.io/gorm"
)

// returnsBooked: no more went back of a receipt than was bought, what was taken
// is what the books say, nobody is owed, withdrawn certificates were never
// seen, and points that wait will come.
func returnsBooked(ctx context.Context, g *gorm.DB, v *verified) error {
	for _, table := range []string{"receipt_returns", "takings", "return_windows"} {
		if err := v.count(ctx, g, table); err != nil {
			return err
		}
	}
	for what, query := range map[string]string{
		"has a line of which more went back than was bought": `SELECT 'receipt:' || receipt_id FROM receipt_lines WHERE returned_thousandths < 0
			OR returned_kopecks < 0 OR returned_thousandths > quantity_thousandths OR returned_kopecks > sum_kopecks`,
		"took other points than the books say": `SELECT t.source FROM takings t LEFT JOIN (SELECT p.source, SUM(e.amount) AS amount
				FROM postings p JOIN ledger_entries e ON e.posting_id = p.id WHERE p.kind = 'return' AND e.account LIKE 'participant:%' GROUP BY p.source) b
				ON b.source = t.source || '/' || t.part
			WHERE t.part <> 'first-receipt' AND t.part NOT LIKE 'focus:%' AND COALESCE(b.amount, 0) <> -(t.held + t.available + t.debt)`,
		"is applied and names no sale": `SELECT 'return:' || id FROM receipt_returns WHERE applied_at IS NOT NULL AND (sale_id IS NULL OR refused <> '')`,
		"is a refund receipt that was taken without a return": `SELECT 'receipt:' || r.id FROM receipts r WHERE r.status = 'returned'
			AND NOT EXISTS (SELECT 1 FROM receipt_returns b WHERE b.document = r.scheme || '/' || r.fn || '/' || r.fd)`,
		"is reversed and no return says why": `SELECT 'receipt:' || r.id FROM receipts r WHERE r.status = 'reversed'
			AND NOT EXISTS (SELECT 1 FROM receipt_returns b WHERE b.sale_id = r.id AND b.applied_at IS NOT NULL)
			AND NOT EXISTS (SELECT 1 FROM aliases a JOIN takings t ON t.source LIKE 'receipt:' || r.id || '/alias:' || a.id || '/undo%' WHERE r.reason = 'alias.undone' AND a.undo = 'take_back')`,
		"is void but was opened, or has no award": `SELECT 'certificate:' || id FROM certificates WHERE status = 'void' AND award_id IS NOT NULL AND opened_at IS NOT NULL
				AND NOT EXISTS (SELECT 1 FROM awards a WHERE a.replaces_id = certificates.id)
			OR status = 'void' AND voided_at IS NOT NULL AND award_id IS NULL`,
		"is withdrawn and its price was not given back": `SELECT 'certificate:' || c.id FROM certificates c JOIN awards a ON a.id = c.award_id
			WHERE c.voided_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM postings p JOIN ledger_entries e ON e.posting_id = p.id
				WHERE p.source = a.source || '/withdrawn' AND e.account = 'participant:' || a.participant_id || '/available' AND e.amount = a.price)`,
	} {
		if err := v.broken(ctx, g, what, query); err != nil {
			return err
		}
	}
	return windowsEnd(ctx, g, v)
}

// windowsEnd: whatever waits has a job that will end its waiting.
func windowsEnd(ctx context.Context, g *gorm.DB, v *verified) error {
	var open []int64
	if err := g.WithContext(ctx).Raw("SELECT id FROM return_windows WHERE ended_at IS NULL").Scan(&open).Error; err != nil {
		return err
	}
	jobs, err := unfinished(ctx, g, "return_window", "wait_id")
	for _, id := range open {
		if !jobs[id] {
			v.blame("return_window:%d is open and nobody will end it", id)
		}
	}
	return err
}

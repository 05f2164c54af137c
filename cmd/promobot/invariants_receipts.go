package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/fraud"
)

// documentsPayOnce: one verified receipt for a document, points only for
// accepted or held receipts, and as many as the receipt says.
func documentsPayOnce(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := v.count(ctx, g, "receipts"); err != nil {
		return err
	}
	for what, query := range map[string]string{
		"has more than one verified receipt": `SELECT fn || '/' || fd FROM receipts WHERE verified_at IS NOT NULL
			GROUP BY scheme, fn, fd HAVING COUNT(*) > 1`,
		"is accepted but not verified": `SELECT 'receipt:' || id FROM receipts WHERE status = 'accepted' AND verified_at IS NULL`,
		"is verified but does not own its document": `SELECT 'receipt:' || r.id FROM receipts r WHERE r.verified_at IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM fiscal_documents d WHERE d.receipt_id = r.id AND d.scheme = r.scheme AND d.fn = r.fn AND d.fd = r.fd)`,
	} {
		if err := v.broken(ctx, g, what, query); err != nil {
			return err
		}
	}
	return receiptsPaid(ctx, g, v)
}

// receiptsPaid compares every receipt's points with what the ledger gave for it.
func receiptsPaid(ctx context.Context, g *gorm.DB, v *verified) error {
	paid, err := paidByReceipt(ctx, g)
	if err != nil {
		return err
	}
	var rows []receiptPaid
	if err := g.WithContext(ctx).Raw("SELECT id, points, status, CAST(facts AS TEXT) AS facts, COALESCE(CAST(parts AS TEXT), '') AS parts FROM receipts").Scan(&rows).Error; err != nil {
		return err
	}
	beside, err := besideReceipts(ctx, g)
	if err != nil {
		return err
	}
	for _, r := range rows {
		want := int64(0)
		if r.Status == "accepted" || r.Status == "review" || r.Status == "held" || r.Status == "reversed" {
			if want, err = r.ofReceipt(); err != nil {
				return err
			}
		}
		want += beside[r.ID]
		if paid[r.ID] != want {
			v.blame("receipt:%d is %s with %d points, the ledger gave %d", r.ID, r.Status, want, paid[r.ID])
		}
	}
	return nil
}

// besideReceipts is what other campaigns say that they gave for receipts.
func besideReceipts(ctx context.Context, g *gorm.DB) (map[int64]int64, error) {
	var rows []struct {
		ReceiptID int64
		Parts     string
	}
	err := g.WithContext(ctx).Raw("SELECT receipt_id, CAST(parts AS TEXT) AS parts FROM receipt_campaigns").Scan(&rows).Error
	beside := map[int64]int64{}
	for _, row := range rows {
		var parts campaigns.Parts
		if err := json.Unmarshal([]byte(row.Parts), &parts); err != nil {
			return nil, fmt.Errorf("what others gave for receipt %d: %w", row.ReceiptID, err)
		}
		beside[row.ReceiptID] += int64(parts.OfReceipt())
	}
	return beside, err
}

// receiptPaid is what a receipt says it has brought.
type receiptPaid struct {
	ID, Points   int64
	Status       string
	Facts, Parts string
}

// ofReceipt is what the receipt's own postings brought: what a person gets once
// is the participant's.
func (r receiptPaid) ofReceipt() (int64, error) {
	if r.Parts != "" && r.Parts != "null" {
		var parts campaigns.Parts
		err := json.Unmarshal([]byte(r.Parts), &parts)
		return r.Points - int64(parts.Sum()-parts.OfReceipt()), err
	}
	var facts struct{ First int64 }
	err := json.Unmarshal([]byte(r.Facts), &facts)
	return r.Points - facts.First, err
}

// paidByReceipt sums what postings "receipt:ID/…" moved to the participant,
// available or held.
func paidByReceipt(ctx context.Context, g *gorm.DB) (map[int64]int64, error) {
	var entries []struct {
		Source string
		Amount int64
	}
	err := g.WithContext(ctx).Raw(`SELECT p.source, e.amount FROM postings p JOIN ledger_entries e ON e.posting_id = p.id
		WHERE p.source LIKE 'receipt:%' AND e.account LIKE 'participant:%' AND p.kind NOT IN ('spending', 'refund')`).Scan(&entries).Error
	paid := map[int64]int64{}
	for _, e := range entries {
		var id int64
		if _, err := fmt.Sscanf(e.Source, "receipt:%d/", &id); err != nil {
			return nil, fmt.Errorf("posting %q names no receipt", e.Source)
		}
		paid[id] += e.Amount
	}
	return paid, err
}

// accepted is a receipt that passed the velocity rule by itself.
type accepted struct {
	ID, ParticipantID, HourLimit int64
	SubmittedAt                  time.Time
}

// limitsHold: no hour holds more accepted receipts of a participant than the
// limit they were judged by, unless a person let them pass.
func limitsHold(ctx context.Context, g *gorm.DB, v *verified) error {
	var rows []accepted
	err := g.WithContext(ctx).Raw(`SELECT id, participant_id, hour_limit, submitted_at FROM receipts r
		WHERE status = 'accepted' AND hour_limit > 0
		AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.subject = 'receipt:' || r.id AND c.status = 'approved')
		ORDER BY participant_id, submitted_at`).Scan(&rows).Error
	v.Checked = int64(len(rows))
	for i, r := range rows {
		n := int64(hourFrom(rows[i:]))
		if n > r.HourLimit {
			v.blame("receipt:%d begins an hour of participant %d with %d accepted receipts, the limit is %d", r.ID, r.ParticipantID, n, r.HourLimit)
		}
	}
	if err != nil {
		return err
	}
	return rulesHeld(ctx, g, v)
}

// rulesHeld: nothing that passed by itself was beyond a limit of the rules that
// it was judged by.
func rulesHeld(ctx context.Context, g *gorm.DB, v *verified) error {
	checked, leaks, err := fraud.Recount(ctx, func() *gorm.DB {
		return g.WithContext(ctx).Where(`outcome = 'allow' AND EXISTS (SELECT 1 FROM receipts r WHERE sightings.subject = 'receipt:' || r.id AND r.status = 'accepted')
			AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.subject = sightings.subject AND c.status = 'approved')`)
	})
	v.Checked += checked
	for _, l := range leaks {
		v.blame("%s passed %s with %d, the limit is %d", l.Subject, l.Rule, l.N, l.Limit)
	}
	if err != nil {
		return err
	}
	return v.broken(ctx, g, "is verified and the fraud rules did not see it", `SELECT 'receipt:' || r.id FROM receipts r WHERE r.verified_at IS NOT NULL AND r.operation <> 2
		AND NOT EXISTS (SELECT 1 FROM sightings s WHERE s.subject = 'receipt:' || r.id)`)
}

// hourFrom counts how many of the rows, from the first on, are of its
// participant and less than an hour later.
func hourFrom(rows []accepted) int {
	first := rows[0]
	for i, r := range rows {
		if r.ParticipantID != first.ParticipantID || r.SubmittedAt.Sub(first.SubmittedAt) >= time.Hour {
			return i
		}
	}
	return len(rows)
}

// stuckAfter is four times what a job may take.
const stuckAfter = 2 * time.Minute

// workMoves: no job runs for ever or was given up, and every receipt that is
// not decided has a job or a case.
func workMoves(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := v.count(ctx, g, "river_job"); err != nil {
		return err
	}
	if err := v.broken(ctx, g, "was given up", "SELECT 'job:' || id || ' ' || kind FROM river_job WHERE state = 'discarded'"); err != nil {
		return err
	}
	if err := v.broken(ctx, g, "runs for more than two minutes",
		"SELECT 'job:' || id || ' ' || kind FROM river_job WHERE state = 'running' AND attempted_at < ?", time.Now().UTC().Add(-stuckAfter)); err != nil {
		return err
	}
	for status, kind := range map[string]string{"submitted": "receipt_scan", "checking": "receipt_check", "waiting": "receipt_check", "held": "receipt_release"} {
		if err := receiptsMove(ctx, g, v, status, kind); err != nil {
			return err
		}
	}
	if err := v.broken(ctx, g, "waits for a decision about a receipt that is not held", `SELECT 'case:' || c.id FROM cases c
		WHERE c.status = 'open' AND c.subject LIKE 'receipt:%' AND NOT EXISTS (SELECT 1 FROM receipts r WHERE c.subject = 'receipt:' || r.id AND r.status = 'review')`); err != nil {
		return err
	}
	return v.broken(ctx, g, "is held without an open case", `SELECT 'receipt:' || r.id FROM receipts r WHERE r.status = 'review'
		AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.subject = 'receipt:' || r.id AND c.status = 'open')`)
}

func receiptsMove(ctx context.Context, g *gorm.DB, v *verified, status, kind string) error {
	coming, err := unfinished(ctx, g, kind, "receipt_id")
	if err != nil {
		return err
	}
	var ids []int64
	if err := g.WithContext(ctx).Raw("SELECT id FROM receipts WHERE status = ?", status).Scan(&ids).Error; err != nil {
		return err
	}
	for _, id := range ids {
		if !coming[id] {
			v.blame("receipt:%d is %s and no job will go on with it", id, status)
		}
	}
	return nil
}

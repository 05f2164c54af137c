package main

import (
	"context"

	"gorm.io/gorm"
)

// paymentsBooked: each quote has in the ledger exactly what its status says, no
// posting is of a quote that is not there, a request has its answer, and a
// quote that is open will end by itself.
func paymentsBooked(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := v.count(ctx, g, "pay_quotes"); err != nil {
		return err
	}
	for what, query := range map[string]string{
		"holds other points than the books say": `SELECT 'quote:' || q.id FROM pay_quotes q
			WHERE CASE WHEN q.status = 'held' THEN q.points ELSE 0 END <> ` + booked("held"),
		"took other points than the books say": `SELECT 'quote:' || q.id FROM pay_quotes q
			WHERE CASE WHEN q.status IN ('held', 'captured') THEN -q.points ELSE 0 END <> ` + booked("available"),
		"is a posting of no quote": `SELECT p.source FROM postings p WHERE p.source LIKE 'quote:%'
			AND NOT EXISTS (SELECT 1 FROM pay_quotes q WHERE p.source IN ('quote:' || q.id || '/hold', 'quote:' || q.id || '/capture', 'quote:' || q.id || '/release', 'quote:' || q.id || '/release/debt'))`,
		"has no answer": `SELECT 'request:' || till_id || '/' || request_key FROM till_answers WHERE status = 0`,
	} {
		if err := v.broken(ctx, g, what, query); err != nil {
			return err
		}
	}
	return paymentsEnd(ctx, g, v)
}

// booked is the sum of a quote's postings on one of its participant's accounts.
func booked(account string) string {
	return `COALESCE((SELECT SUM(e.amount) FROM postings p JOIN ledger_entries e ON e.posting_id = p.id
		WHERE p.source IN ('quote:' || q.id || '/hold', 'quote:' || q.id || '/capture', 'quote:' || q.id || '/release')
			AND e.account = 'participant:' || q.participant_id || '/` + account + `'), 0)`
}

func paymentsEnd(ctx context.Context, g *gorm.DB, v *verified) error {
	var open []int64
	if err := g.WithContext(ctx).Raw("SELECT id FROM pay_quotes WHERE status IN ('quoted', 'held')").Scan(&open).Error; err != nil {
		return err
	}
	jobs, err := unfinished(ctx, g, "pay_expire", "quote_id")
	for _, id := range open {
		if !jobs[id] {
			v.blame("quote:%d is open and nobody will end it", id)
		}
	}
	return err
}

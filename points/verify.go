package points

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Finding is one broken promise of the books.
type Finding struct {
	Subject string // the posting or the account
	Text    string
}

// Recount proves I3: every posting sums to zero over two or more entries, and
// every stored balance is the sum of its account's entries. It returns how many
// postings and balances it counted, and the findings, at most limit.
func (Ledger) Recount(ctx context.Context, g *gorm.DB, limit int) (checked int64, found []Finding, err error) {
	var postings, balances int64
	if err := g.WithContext(ctx).Model(&postingRow{}).Count(&postings).Error; err != nil {
		return 0, nil, err
	}
	if err := g.WithContext(ctx).Model(&balanceRow{}).Count(&balances).Error; err != nil {
		return 0, nil, err
	}
	err = scan(ctx, g, limit, &found, `SELECT p.source AS subject, COALESCE(SUM(e.amount), 0) AS sum, COUNT(e.id) AS n
		FROM postings p LEFT JOIN ledger_entries e ON e.posting_id = p.id
		GROUP BY p.id, p.source HAVING COALESCE(SUM(e.amount), 0) <> 0 OR COUNT(e.id) < 2`,
		func(sum, n int64) string { return fmt.Sprintf("its %d entries sum to %d", n, sum) })
	if err != nil {
		return 0, nil, err
	}
	err = scan(ctx, g, limit, &found, `SELECT COALESCE(b.account, s.account) AS subject,
			COALESCE(b.balance, 0) AS n, COALESCE(s.sum, 0) AS sum
		FROM (SELECT account, SUM(amount) AS sum FROM ledger_entries WHERE account LIKE 'participant:%' GROUP BY account) s
		FULL OUTER JOIN balances b ON b.account = s.account
		WHERE COALESCE(b.balance, 0) <> COALESCE(s.sum, 0)`,
		func(sum, n int64) string {
			return fmt.Sprintf("the stored balance is %d, its entries sum to %d", n, sum)
		})
	return postings + balances, found, err
}

// Signs proves I4: no available or held balance below zero, no debt above it.
func (Ledger) Signs(ctx context.Context, g *gorm.DB, limit int) (checked int64, found []Finding, err error) {
	if err := g.WithContext(ctx).Model(&balanceRow{}).Count(&checked).Error; err != nil {
		return 0, nil, err
	}
	err = scan(ctx, g, limit, &found, `SELECT account AS subject, balance AS sum, 0 AS n FROM balances
		WHERE (balance < 0 AND account NOT LIKE '%/debt') OR (balance > 0 AND account LIKE '%/debt')`,
		func(sum, _ int64) string { return fmt.Sprintf("the balance is %d", sum) })
	return checked, found, err
}

func scan(ctx context.Context, g *gorm.DB, limit int, found *[]Finding, query string, text func(sum, n int64) string) error {
	var rows []struct {
		Subject string
		Sum, N  int64
	}
	if err := g.WithContext(ctx).Raw(query + fmt.Sprintf(" LIMIT %d", limit)).Scan(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		*found = append(*found, Finding{row.Subject, text(row.Sum, row.N)})
	}
	return nil
}

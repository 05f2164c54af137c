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

// Lots proves that what is left in lots is what may be spent, that every lot is
// what its posting made less what was taken, and that every debit is paired
// with the lots it took.
func (Ledger) Lots(ctx context.Context, g *gorm.DB, limit int) (checked int64, found []Finding, err error) {
	if err := g.WithContext(ctx).Model(&lotRow{}).Count(&checked).Error; err != nil {
		return 0, nil, err
	}
	for _, c := range lotChecks {
		err := scan(ctx, g, limit, &found, c.query, func(sum, n int64) string { return fmt.Sprintf(c.text, n, sum) })
		if err != nil {
			return 0, nil, err
		}
	}
	return checked, found, nil
}

// lotChecks have a text for n and sum. Postings older than lots are left out of
// the last two.
var lotChecks = []struct{ query, text string }{
	{`SELECT COALESCE(b.account, l.account) AS subject, COALESCE(b.balance, 0) AS sum, COALESCE(l.n, 0) AS n
		FROM (SELECT 'participant:' || participant_id || '/available' AS account, SUM(remaining) AS n FROM lots GROUP BY participant_id) l
		FULL OUTER JOIN (SELECT account, balance FROM balances WHERE account LIKE 'participant:%/available') b ON b.account = l.account
		WHERE COALESCE(b.balance, 0) <> COALESCE(l.n, 0)`, "its lots hold %d, the balance is %d"},
	{`SELECT 'lot:' || l.id AS subject, l.amount - COALESCE(u.n, 0) AS sum, l.remaining AS n FROM lots l
		LEFT JOIN (SELECT lot_posting_id, participant_id, SUM(amount) AS n FROM lot_uses GROUP BY lot_posting_id, participant_id) u
			ON u.lot_posting_id = l.posting_id AND u.participant_id = l.participant_id
		WHERE l.amount - COALESCE(u.n, 0) <> l.remaining`, "has %d left, its uses leave %d"},
	{`SELECT 'lot:' || l.id AS subject, 0 AS sum, l.posting_id AS n FROM lots l JOIN postings p ON p.id = l.posting_id
		WHERE l.expires_at IS DISTINCT FROM p.expires_at`, "does not expire when its posting %d says (%d)"},
	{`SELECT p.source AS subject, COALESCE(e.n, 0) AS sum, COALESCE(m.n, 0) AS n
		FROM (SELECT posting_id, account, SUM(n) AS n FROM (
				SELECT posting_id, 'participant:' || participant_id || '/available' AS account, amount AS n FROM lots
				UNION ALL SELECT posting_id, 'participant:' || participant_id || '/available', -amount FROM lot_uses) AS both_ways
			GROUP BY posting_id, account) m
		FULL OUTER JOIN (SELECT posting_id, account, amount AS n FROM ledger_entries WHERE account LIKE 'participant:%/available') e
			ON e.posting_id = m.posting_id AND e.account = m.account
		JOIN postings p ON p.id = COALESCE(e.posting_id, m.posting_id)
		WHERE COALESCE(e.n, 0) <> COALESCE(m.n, 0) AND p.id > (SELECT until FROM ledger_adoption)`, "moved %d in lots and %d in the balance"},
}

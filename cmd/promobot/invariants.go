package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

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
	{"I11", "velocity limits hold under concurrency", limitsHold},
	{"I12", "no work is stuck", workMoves},
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

// references are the foreign keys by which money and promises hang together.
// PostgreSQL keeps them by itself, SQLite only in connections that ask for it.
var references = []struct{ table, column, to string }{
	{"addresses", "participant_id", "participants"}, {"updates", "address_id", "addresses"}, {"messages", "address_id", "addresses"},
	{"messages", "update_id", "updates"}, {"receipts", "participant_id", "participants"}, {"fiscal_documents", "receipt_id", "receipts"},
	{"receipt_lines", "receipt_id", "receipts"}, {"awards", "participant_id", "participants"}, {"certificates", "award_id", "awards"},
	{"cases", "participant_id", "participants"}, {"ledger_entries", "posting_id", "postings"},
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
	if err := v.broken(ctx, g, "is a posting from nowhere", `SELECT source FROM postings
		WHERE source NOT LIKE 'receipt:%/%' AND source NOT LIKE 'participant:%/%' AND source NOT LIKE 'update:%/price' AND source NOT LIKE 'wait:%/price'`); err != nil {
		return err
	}
	return v.broken(ctx, g, "holds other points than its receipts under review", `SELECT b.account FROM balances b
		LEFT JOIN (SELECT participant_id, SUM(points) AS points FROM receipts WHERE status = 'review' GROUP BY participant_id) r
			ON b.account = 'participant:' || r.participant_id || '/held'
		WHERE b.account LIKE 'participant:%/held' AND b.balance <> COALESCE(r.points, 0)`)
}

// updatesEnd: a stored update is handled, given up, or has a job that will
// handle it.
func updatesEnd(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := v.count(ctx, g, "updates"); err != nil {
		return err
	}
	coming, err := unfinished(ctx, g, "update_handle", "address_id")
	if err != nil {
		return err
	}
	var waiting []struct{ ID, AddressID int64 }
	if err := g.WithContext(ctx).Raw("SELECT id, address_id FROM updates WHERE status = 'stored'").Scan(&waiting).Error; err != nil {
		return err
	}
	for _, u := range waiting {
		if !coming[u.AddressID] {
			v.blame("update:%d is stored and nobody will handle it", u.ID)
		}
	}
	return v.broken(ctx, g, "has no known status", "SELECT 'update:' || id FROM updates WHERE status NOT IN ('stored', 'handled', 'failed')")
}

// updatesAnswered: never silence, never two answers of one number.
func updatesAnswered(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := v.count(ctx, g, "updates"); err != nil {
		return err
	}
	if err := v.broken(ctx, g, "ended without an answer", `SELECT 'update:' || u.id FROM updates u WHERE u.status <> 'stored'
		AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.update_id = u.id)`); err != nil {
		return err
	}
	return v.broken(ctx, g, "is rendered without a message", `SELECT 'notice:' || n.id FROM notices n WHERE n.rendered_at IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.notice_id = n.id)
		AND NOT EXISTS (SELECT 1 FROM notices l WHERE l.participant_id = n.participant_id AND l.subject = n.subject AND n.subject <> '' AND l.id > n.id)`)
}

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
	var rows []struct {
		ID, Points int64
		Status     string
		Facts      string
	}
	if err := g.WithContext(ctx).Raw("SELECT id, points, status, CAST(facts AS TEXT) AS facts FROM receipts").Scan(&rows).Error; err != nil {
		return err
	}
	for _, r := range rows {
		want := int64(0)
		if r.Status == "accepted" || r.Status == "review" {
			var facts struct{ First int64 }
			if err := json.Unmarshal([]byte(r.Facts), &facts); err != nil {
				return err
			}
			want = r.Points - facts.First // the first-receipt bonus is the participant's posting
		}
		if paid[r.ID] != want {
			v.blame("receipt:%d is %s with %d points, the ledger gave %d", r.ID, r.Status, want, paid[r.ID])
		}
	}
	return nil
}

// paidByReceipt sums what postings "receipt:ID/…" moved to the participant,
// available or held.
func paidByReceipt(ctx context.Context, g *gorm.DB) (map[int64]int64, error) {
	var entries []struct {
		Source string
		Amount int64
	}
	err := g.WithContext(ctx).Raw(`SELECT p.source, e.amount FROM postings p JOIN ledger_entries e ON e.posting_id = p.id
		WHERE p.source LIKE 'receipt:%' AND e.account LIKE 'participant:%' AND p.kind <> 'spending'`).Scan(&entries).Error
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

// certificatesOwned: every code that came in is somewhere, with one owner at
// most, and every award has its code and its price in the books.
func certificatesOwned(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := v.count(ctx, g, "certificates"); err != nil {
		return err
	}
	if err := v.count(ctx, g, "awards"); err != nil {
		return err
	}
	var imported int64
	if err := g.WithContext(ctx).Raw("SELECT COALESCE(SUM(added), 0) FROM certificate_imports").Scan(&imported).Error; err != nil {
		return err
	}
	var stands int64
	if err := g.WithContext(ctx).Raw(`SELECT COUNT(*) FROM certificates WHERE status IN ('free', 'reserved', 'issued', 'opened', 'void')`).Scan(&stands).Error; err != nil {
		return err
	}
	if imported != stands {
		v.blame("%d codes were imported, %d are in a known state", imported, stands)
	}
	for what, query := range map[string]string{
		"was given another prize than it names": `SELECT 'award:' || a.id FROM awards a JOIN certificates c ON c.award_id = a.id WHERE c.prize_id <> a.prize_id`,
		"has no certificate":                    `SELECT 'award:' || a.id FROM awards a WHERE NOT EXISTS (SELECT 1 FROM certificates c WHERE c.award_id = a.id)`,
		"is issued to nobody":                   `SELECT 'certificate:' || id FROM certificates WHERE status IN ('issued', 'opened') AND award_id IS NULL`,
		"is free but owned":                     `SELECT 'certificate:' || id FROM certificates WHERE status = 'free' AND award_id IS NOT NULL`,
		"was not paid as the books say": `SELECT 'award:' || a.id FROM awards a WHERE NOT EXISTS (
			SELECT 1 FROM postings p JOIN ledger_entries e ON e.posting_id = p.id
			WHERE p.source = a.source || '/price' AND e.account = 'participant:' || a.participant_id || '/available' AND e.amount = -a.price)`,
	} {
		if err := v.broken(ctx, g, what, query); err != nil {
			return err
		}
	}
	return nil
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
	return err
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
	for status, kind := range map[string]string{"submitted": "receipt_scan", "checking": "receipt_check", "waiting": "receipt_check"} {
		if err := receiptsMove(ctx, g, v, status, kind); err != nil {
			return err
		}
	}
	if err := v.broken(ctx, g, "waits for a decision about a receipt that is not held", `SELECT 'case:' || c.id FROM cases c
		WHERE c.status = 'open' AND NOT EXISTS (SELECT 1 FROM receipts r WHERE c.subject = 'receipt:' || r.id AND r.status = 'review')`); err != nil {
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

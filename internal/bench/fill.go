package bench

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// kopecks are the totals of the baskets by kind.
func (t *Tickets) kopecks() []int64 {
	totals := make([]int64, kinds)
	for i, total := range t.totals {
		totals[i] = int64(total)
	}
	return totals
}

// waitingSQL makes receipts of the documents $1…$2 whose answer has come. Those
// of one participant are two hours apart, so that nobody is too quick. The
// numbers are those of document and kinds.
const waitingSQL = `
WITH made AS (
	INSERT INTO receipts (participant_id, campaign_id, source, way, country, scheme, status, facts, code, fn, fd, fp, operation,
		total_kopecks, purchased_at, version_id, submitted_at, scanned_at, asked_at)
	SELECT 1 + d % $3::bigint, $4, 'bench:' || d, 'photo', 'RU', 'ru-fns', 'checking', '{}',
		't=20240101T0900&s=1234.50&fn=' || 9999078900000000 + d % 5000 || '&i=' || d || '&fp=' || d + 1 || '&n=1',
		9999078900000000 + d % 5000, d, d + 1, 1, ($6::bigint[])[1 + d % 64],
		timestamptz '2024-01-01 09:00Z' + d / 5000 * interval '12 hours', $5,
		timestamptz '2026-01-01 00:00Z' + d / $3::bigint * interval '2 hours', now(), now()
	FROM generate_series($1::bigint, $2::bigint) AS d
	RETURNING id, fd
), asked AS (
	INSERT INTO fiscal_requests (receipt_id, message_id, sent_at)
	SELECT id, 'bench:' || fd, now() + interval '1 hour' FROM made
)
SELECT id FROM made`

// settledSQL are the rows of @receipts settled receipts and their @people participants, a
// statement each, in the order in which they refer to each other.
var settledSQL = []string{
	`INSERT INTO participants (language, phone_sealed, phone_mac, phone_proof, name_mac, registered_at, created_at)
	SELECT 'ru', sha256(('p' || p)::bytea) || sha256('p'), md5('phone' || p) || md5('p' || p), 'typed',
		md5('name' || p) || md5('n' || p), timestamptz '2026-01-01 00:00Z', timestamptz '2026-01-01 00:00Z'
	FROM generate_series(1, @people::bigint) AS p`,

	`INSERT INTO receipts (participant_id, campaign_id, source, way, country, scheme, status, facts, code, fn, fd, fp, operation, total_kopecks,
		purchased_at, seller_inn, version_id, points, submitted_at, scanned_at, asked_at, answered_at, verified_at, decided_at)
	SELECT 1 + d % @people::bigint, c.id, 'bench:' || d, 'photo', 'RU', 'ru-fns', 'accepted',
		'{"lines": [{"title": "Напиток", "units": 2, "points": 12}], "points": 24, "balance": 120, "first": 0, "unsure": 0, "lines_points": 24}',
		't=20240101T0900&s=1234.50&fn=' || 9999078900000000 + d % 5000 || '&i=' || d || '&fp=' || d + 1 || '&n=1',
		9999078900000000 + d % 5000, d, d + 1, 1, 123450,
		timestamptz '2024-01-01 09:00Z' + d / 5000 * interval '12 hours', '7700000000', v.id, 24,
		timestamptz '2026-01-01 00:00Z' + d / @people::bigint * interval '2 hours', now(), now(), now(), now(), now()
	FROM generate_series(1, @receipts::bigint) AS d, campaigns AS c JOIN campaign_versions AS v ON v.campaign_id = c.id`,

	`INSERT INTO fiscal_documents (scheme, fn, fd, receipt_id) SELECT scheme, fn, fd, id FROM receipts`,

	`INSERT INTO sightings (subject, participant_id, phone_mark, name_mark, fn, inn, total_kopecks, bought_at, submitted_at, rules, outcome, seen_at)
	SELECT 'receipt:' || r.id, r.participant_id, p.phone_mac, p.name_mac, r.fn, r.seller_inn, r.total_kopecks, r.purchased_at,
		r.submitted_at, 'bench', 'allow', now()
	FROM receipts AS r JOIN participants AS p ON p.id = r.participant_id`,

	`INSERT INTO sighted_keys (kind, value, seen) SELECT 'till', fn, count(*) FROM receipts GROUP BY fn`,

	`INSERT INTO fiscal_requests (receipt_id, message_id, sent_at, polls, code)
	SELECT id, 'bench:' || fd, now(), 1, 200 FROM receipts`,

	`INSERT INTO receipt_lines (receipt_id, n, name, quantity_thousandths, price_kopecks, sum_kopecks, payment_type, reason)
	SELECT id, n, 'МАКАРОНЫ СПИРАЛИ 450Г', 1000, 7490, 7490, 4, 'no brand' FROM receipts, generate_series(0, 2) AS n`,

	`INSERT INTO events (kind, participant_id, subject, data, happened_at)
	SELECT kind, participant_id, 'receipt:' || id, '{"points": 24, "first": 0}', now()
	FROM receipts, unnest(ARRAY['receipt.read', 'receipt.judged', 'receipt.accepted']) AS kind`,

	`INSERT INTO postings (source, kind, hash, posted_at)
	SELECT 'receipt:' || id || '/lines', 'accrual', md5(id::text) || md5('x' || id), now() FROM receipts`,

	`INSERT INTO ledger_entries (posting_id, account, amount)
	SELECT p.id, leg.account, leg.amount FROM postings AS p JOIN receipts AS r ON p.source = 'receipt:' || r.id || '/lines',
		LATERAL (VALUES ('participant:' || r.participant_id || '/available', 24), ('campaign:' || r.campaign_id || '/issued', -24)) AS leg (account, amount)`,

	`INSERT INTO balances (account, balance)
	SELECT account, sum(amount) FROM ledger_entries WHERE account LIKE 'participant:%' GROUP BY account`,

	`INSERT INTO lots (participant_id, posting_id, campaign_id, source, amount, remaining, created_at)
	SELECT r.participant_id, p.id, r.campaign_id, p.source, 24, 24, now() FROM postings AS p JOIN receipts AS r ON p.source = 'receipt:' || r.id || '/lines'`,

	`INSERT INTO ledger_links (participant_id, n, posting_id, body, hash)
	SELECT participant_id, row_number() OVER (PARTITION BY participant_id ORDER BY posting_id), posting_id,
		'{"posting":' || posting_id || ',"source":"' || source || '","kind":"accrual","hash":"' || repeat('0', 64) || '","legs":"' || repeat('-', 100) || '"}',
		md5(source) || md5('l' || source) FROM lots`,

	`UPDATE balances AS b SET links = l.n, head = l.hash
	FROM (SELECT DISTINCT ON (participant_id) participant_id, n, hash FROM ledger_links ORDER BY participant_id, n DESC) AS l
	WHERE b.account = 'participant:' || l.participant_id || '/available'`,

	`INSERT INTO notices (participant_id, subject, key, args, created_at, rendered_at)
	SELECT participant_id, 'receipt:' || id, 'receipt.accepted', facts, now(), now() FROM receipts`,
}

// fill writes the rows, and leaves the server nothing to tidy up while it is
// measured.
func (s *Settlement) fill(ctx context.Context, existing int64) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	// The rows refer to each other rightly; to look each of them up again takes
	// the server most of the time. Who may not ask for that waits longer.
	_, _ = conn.Exec(ctx, "SET session_replication_role = replica")
	defer func() { _, _ = conn.Exec(ctx, "RESET session_replication_role") }()
	size := pgx.NamedArgs{"receipts": existing, "people": s.people}
	for i, statement := range settledSQL {
		if _, err := conn.Exec(ctx, statement, size); err != nil {
			return fmt.Errorf("statement %d: %w", i+1, err)
		}
	}
	for _, statement := range []string{"VACUUM ANALYZE", "CHECKPOINT"} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

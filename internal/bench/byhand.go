package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"promobot/campaigns"
)

// ByHand settles one receipt as somebody would who writes for pgx and for this
// one case: prepared statements, one after another, in one transaction. It
// takes the same locks, asks what the verdict depends on, and writes the same
// rows as the product; RowsOf proves the latter.
func (s *Settlement) ByHand(ctx context.Context, receiptID int64) error {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after a commit it does nothing
	h := &hand{Settlement: s, tx: tx, now: time.Now().UTC().Truncate(time.Microsecond)}
	for _, step := range []func(ctx context.Context) error{
		func(ctx context.Context) error { return h.read(ctx, receiptID) },
		h.verify, h.lines, h.judge, h.post, h.accept, h.tell, tx.Commit,
	} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("receipt %d by hand: %w", receiptID, err)
		}
	}
	return nil
}

// hand is one settlement by hand.
type hand struct {
	*Settlement
	tx  pgx.Tx
	now time.Time

	id, person, campaign, fd, total int64
	fn, phone, name                 string
	submitted, purchased            time.Time
	reward                          campaigns.Reward
	balance                         int64
}

// errByHand reports that a receipt of the bench is not what it was made to be.
var errByHand = errors.New("bench: a receipt that cannot be accepted")

func (h *hand) read(ctx context.Context, id int64) error {
	h.id = id
	const lock = `SELECT id, phone_mac, name_mac FROM participants WHERE id = (SELECT participant_id FROM receipts WHERE id = $1) FOR UPDATE`
	if err := h.tx.QueryRow(ctx, lock, id).Scan(&h.person, &h.phone, &h.name); err != nil {
		return err
	}
	var status string
	err := h.tx.QueryRow(ctx, `SELECT campaign_id, fn, fd, total_kopecks, submitted_at, purchased_at, status FROM receipts WHERE id = $1`, id).
		Scan(&h.campaign, &h.fn, &h.fd, &h.total, &h.submitted, &h.purchased, &status)
	if err == nil && (status != "checking" || h.total != int64(h.tickets.totals[h.fd%kinds])) {
		return errByHand
	}
	h.reward = h.tickets.rewards[h.fd%kinds]
	return err
}

func (h *hand) verify(ctx context.Context) error {
	if _, err := h.tx.Exec(ctx, `UPDATE fiscal_requests SET code = 200, answer = '' WHERE receipt_id = $1`, h.id); err != nil {
		return err
	}
	done, err := h.tx.Exec(ctx, `INSERT INTO fiscal_documents (scheme, fn, fd, receipt_id) VALUES ('ru-fns', $1, $2, $3) ON CONFLICT DO NOTHING`, h.fn, h.fd, h.id)
	if err == nil && done.RowsAffected() != 1 {
		return errByHand
	}
	if err != nil {
		return err
	}
	return h.event(ctx, "receipt.verified", map[string]any{"lines": linesOfTicket, "seller": seller})
}

func (h *hand) event(ctx context.Context, kind string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	_, err = h.tx.Exec(ctx, `INSERT INTO events (kind, participant_id, subject, data, happened_at) VALUES ($1, $2, $3, $4, $5)`,
		kind, h.person, h.subject(), text, h.now)
	return err
}

func (h *hand) subject() string { return "receipt:" + strconv.FormatInt(h.id, 10) }

const linesSQL = `INSERT INTO receipt_lines (receipt_id, n, name, gtin, quantity_thousandths, price_kopecks, sum_kopecks, payment_type, sku, points, reason)
SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::bigint[], $11::text[])`

func (h *hand) lines(ctx context.Context) error {
	var numbers [6][]int64
	var texts [4][]string
	judged := make([]map[string]any, linesOfTicket)
	for n, item := range h.tickets.baskets[h.fd%kinds] {
		line := h.reward.Lines[n]
		for i, number := range []int64{int64(n), int64(item.Quantity), int64(item.Price), int64(item.Sum), int64(item.PaymentType), int64(line.Points)} {
			numbers[i] = append(numbers[i], number)
		}
		for i, text := range []string{item.Name, item.GTIN, line.SKU, line.Reason} {
			texts[i] = append(texts[i], text)
		}
		judged[n] = map[string]any{"name": item.Name, "sku": line.SKU, "title": line.Title, "units": line.Units,
			"points": line.Points, "reason": line.Reason, "unsure": false}
	}
	_, err := h.tx.Exec(ctx, linesSQL, h.id, numbers[0], texts[0], texts[1], numbers[1], numbers[2], numbers[3], numbers[4], texts[2], numbers[5], texts[3])
	if err != nil {
		return err
	}
	return h.event(ctx, "receipt.judged", map[string]any{"lines": judged})
}

const (
	lockSQL  = `INSERT INTO sighted_keys (kind, value, seen) VALUES ('till', $1, 1) ON CONFLICT (kind, value) DO UPDATE SET seen = sighted_keys.seen + 1`
	judgeSQL = `SELECT
	(SELECT count(*) FROM receipts WHERE participant_id = $1 AND id <> $2 AND campaign_id = $3 AND status IN ('accepted', 'review', 'held')),
	(SELECT count(*) FROM sightings WHERE participant_id = $1 AND submitted_at > $4 AND submitted_at < $5),
	(SELECT count(DISTINCT participant_id) FROM sightings WHERE fn = $6 AND bought_at >= $7 AND bought_at < $8),
	(SELECT count(DISTINCT name_mac) FROM participants WHERE phone_mac = $9 AND registered_at IS NOT NULL)`
	sightSQL = `INSERT INTO sightings (subject, participant_id, phone_mark, name_mark, fn, inn, total_kopecks, bought_at, submitted_at, rules, outcome, seen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'by hand', 'allow', $10)`
)

// judge counts what the terms and the velocity rules look at, and remembers the
// receipt for those that follow.
func (h *hand) judge(ctx context.Context) error {
	if _, err := h.tx.Exec(ctx, lockSQL, h.fn); err != nil {
		return err
	}
	day := h.purchased.UTC().Truncate(24 * time.Hour)
	var accepted, hour, people, names int
	err := h.tx.QueryRow(ctx, judgeSQL, h.person, h.id, h.campaign, h.submitted.Add(-time.Hour), h.submitted.Add(time.Hour), h.fn, day, day.Add(24*time.Hour), h.phone).
		Scan(&accepted, &hour, &people, &names)
	if err == nil && (accepted == 0 || hour > 0 || people > 9 || names > 1) {
		return errByHand
	}
	if err != nil {
		return err
	}
	_, err = h.tx.Exec(ctx, sightSQL, h.subject(), h.person, h.phone, h.name, h.fn, inn, h.total, h.purchased, h.submitted, h.now)
	return err
}

func (h *hand) post(ctx context.Context) error {
	source, earned := h.subject()+"/lines", int64(h.reward.Points)
	account := "participant:" + strconv.FormatInt(h.person, 10) + "/available"
	issued := "campaign:" + strconv.FormatInt(h.campaign, 10) + "/issued"
	hash := sha(fmt.Appendf(nil, "%s %s %d", account, issued, earned))
	var posting int64
	err := h.tx.QueryRow(ctx, `INSERT INTO postings (source, kind, hash, posted_at) VALUES ($1, 'accrual', $2, $3) RETURNING id`,
		source, hash, h.now).Scan(&posting)
	if err != nil {
		return err
	}
	if _, err := h.tx.Exec(ctx, `INSERT INTO ledger_entries (posting_id, account, amount) VALUES ($1, $2, $3), ($1, $4, -$3)`,
		posting, account, earned, issued); err != nil {
		return err
	}
	var links int64
	var head string
	err = h.tx.QueryRow(ctx, `INSERT INTO balances (account, balance) VALUES ($1, $2)
		ON CONFLICT (account) DO UPDATE SET balance = balances.balance + $2 RETURNING balance, links, head`, account, earned).Scan(&h.balance, &links, &head)
	if err != nil {
		return err
	}
	if _, err := h.tx.Exec(ctx, `INSERT INTO lots (participant_id, posting_id, campaign_id, source, amount, remaining, created_at)
		VALUES ($1, $2, $3, $4, $5, $5, $6)`, h.person, posting, h.campaign, source, earned, h.now); err != nil {
		return err
	}
	if err := h.link(ctx, posting, links, head, source, hash); err != nil {
		return err
	}
	return h.event(ctx, "points.posted", map[string]any{"source": source, "kind": "accrual", "points": earned})
}

// link adds the posting to the participant's chain.
func (h *hand) link(ctx context.Context, posting, links int64, head, source, hash string) error {
	body, err := json.Marshal(map[string]any{"posting": posting, "source": source, "kind": "accrual", "hash": hash, "at": h.now.UnixMicro(),
		"legs": []map[string]any{{"account": h.campaign, "amount": -h.reward.Points}, {"account": h.person, "amount": h.reward.Points}},
		"lots": []map[string]any{{"lot": posting, "amount": h.reward.Points, "campaign": h.campaign, "source": source}}})
	if err != nil {
		return err
	}
	next := sha(fmt.Appendf(nil, "%s\n%d\n%d\n%s", head, h.person, links+1, body))
	if _, err := h.tx.Exec(ctx, `INSERT INTO ledger_links (participant_id, n, posting_id, body, hash) VALUES ($1, $2, $3, $4, $5)`,
		h.person, links+1, posting, string(body), next); err != nil {
		return err
	}
	_, err = h.tx.Exec(ctx, `UPDATE balances SET links = $2, head = $3 WHERE account = 'participant:' || $1::bigint || '/available'`, h.person, links+1, next)
	return err
}

func sha(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (h *hand) facts() map[string]any {
	var told []map[string]any
	for _, line := range h.reward.Lines[:promoLines] {
		told = append(told, map[string]any{"title": line.Title, "units": line.Units, "points": line.Points})
	}
	return map[string]any{"lines": told, "unsure": 0, "lines_points": h.reward.Points, "first": 0, "points": h.reward.Points, "balance": h.balance}
}

func (h *hand) accept(ctx context.Context) error {
	facts, err := json.Marshal(h.facts())
	if err != nil {
		return err
	}
	_, err = h.tx.Exec(ctx, `UPDATE receipts SET status = 'accepted', facts = $2, seller_inn = $3, points = $4, hour_limit = 5,
		answered_at = $5, verified_at = $5, decided_at = $5 WHERE id = $1 AND status = 'checking'`, h.id, facts, inn, int64(h.reward.Points), h.now)
	if err != nil {
		return err
	}
	return h.event(ctx, "receipt.accepted", map[string]any{"points": h.reward.Points, "first": 0})
}

func (h *hand) tell(ctx context.Context) error {
	facts := h.facts()
	facts["receipt"], facts["date"], facts["sum"] = h.id, h.purchased.UTC(), h.total
	args, err := json.Marshal(facts)
	if err != nil {
		return err
	}
	if _, err := h.tx.Exec(ctx, `INSERT INTO notices (participant_id, subject, key, args, created_at) VALUES ($1, $2, 'receipt.accepted', $3, $4)`,
		h.person, h.subject(), args, h.now); err != nil {
		return err
	}
	job := []byte(`{"participant_id":` + strconv.FormatInt(h.person, 10) + `}`)
	_, err = h.tx.Exec(ctx, `INSERT INTO river_job (args, kind, max_attempts, priority, queue, state, scheduled_at)
		VALUES ($1, 'notice_render', 25, 1, 'default', 'available', now())`, job)
	return err
}

package outbox

import (
	"context"
	"slices"
	"time"
)

// head is a delivery whose turn has come at its address as far as the rows say,
// with what stands of the message that it edits.
type head struct {
	Row            deliveryRow `gorm:"embedded"`
	OriginalStatus string
	OriginalID     string
	Outdone        bool // a later edit of the same message waits too
}

// letter is what the courier is to carry.
func (h *head) letter() Letter {
	return Letter{MessageID: h.Row.MessageID, AddressID: h.Row.AddressID, Replaces: h.OriginalID, Again: h.Row.Unknowns > 0}
}

// open is written as the index deliveries_open has it.
const open = "('waiting', 'sending')"

// aHead reads a delivery d.
const aHead = `SELECT d.*, COALESCE(o.status, '') AS original_status, COALESCE(o.provider_id, '') AS original_id,
		EXISTS (SELECT 1 FROM deliveries l WHERE l.edits = d.edits AND l.message_id > d.message_id
			AND l.status = 'waiting' AND l.lane IN @lanes) AS outdone
	FROM deliveries d LEFT JOIN deliveries o ON o.message_id = d.edits `

// due is what every head must be.
const due = `d.status = 'waiting' AND d.not_before <= @now `

// headsBefore finds the heads of the addresses where an answer waits: what
// stands before an answer is as urgent as the answer.
const headsBefore = aHead + `JOIN deliveries a ON d.message_id =
		(SELECT MIN(h.message_id) FROM deliveries h WHERE h.address_id = a.address_id AND h.status IN ` + open + ` AND h.lane IN @talk)
	WHERE a.channel = @channel AND a.lane = 'answer' AND a.status = 'waiting'
		AND NOT EXISTS (SELECT 1 FROM deliveries b WHERE b.address_id = a.address_id AND b.status IN ` + open + `
			AND b.lane = 'answer' AND b.message_id < a.message_id)
		AND ` + due + `ORDER BY a.message_id LIMIT @limit`

// headsIn finds heads of a lane in the order of their writing. Pushes stand
// behind everything else at their address.
const headsIn = aHead + `WHERE d.channel = @channel AND d.lane = @lane AND ` + due + `
		AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.address_id = d.address_id AND e.status IN ` + open + `
			AND e.lane IN @lanes AND (e.message_id < d.message_id OR e.lane <> 'push' AND d.lane = 'push'))
	ORDER BY d.message_id LIMIT @limit`

// heads reads what may be sent now, the most urgent first; full tells that there
// may be more. Where more urgent heads fill the view, nobody looks for others.
func (t *term) heads(ctx context.Context) (list []*head, full bool, err error) {
	seen := map[int64]bool{}
	for _, lane := range t.lanes {
		if at := t.pacer.account(lane); at.After(t.Clock()) {
			t.expect(at)
			continue
		}
		found, err := t.headsOf(ctx, lane)
		if err != nil {
			return nil, false, err
		}
		for _, h := range found {
			if !seen[h.Row.AddressID] && !t.busy[h.Row.AddressID] {
				seen[h.Row.AddressID] = true
				list = append(list, h)
			}
		}
		if len(found) == t.reach {
			return list, true, nil
		}
	}
	return list, false, nil
}

func (t *term) headsOf(ctx context.Context, lane Lane) (found []*head, err error) {
	query := headsIn
	lanes := t.lanes
	if lane == Answer {
		query = headsBefore
	}
	if lane != Push {
		lanes = t.talk()
	}
	err = t.db.Read(ctx).Raw(query, map[string]any{
		"channel": t.Channel, "lane": lane, "now": t.db.Now(), "limit": t.reach, "talk": t.talk(), "lanes": lanes,
	}).Scan(&found).Error
	return found, err
}

// talk are the lanes that are not paused, without the pushes.
func (t *term) talk() []Lane {
	return slices.DeleteFunc(slices.Clone(t.lanes), func(l Lane) bool { return l == Push })
}

// expect remembers the first moment at which something may leave.
func (t *term) expect(at time.Time) {
	if !at.IsZero() && (t.next.IsZero() || at.Before(t.next)) {
		t.next = at
	}
}

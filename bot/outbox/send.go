package outbox

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"promobot/internal/failpoint"
	"promobot/internal/store"
)

// mostHeads are looked at when many chats wait.
const mostHeads = 4096

// send claims what may leave now and hands it to the courier.
func (t *term) send(ctx context.Context) error {
	now := t.Clock()
	room := t.breaker.room(now, t.Parallel) - t.underWay
	if room <= 0 {
		t.expect(t.breaker.until)
		return nil
	}
	heads, full, err := t.heads(ctx)
	if err != nil {
		return fmt.Errorf("what waits: %w", err)
	}
	fresh, stale := t.sort(heads)
	c := t.pacer.pick(now, fresh, room)
	t.expect(c.next)
	t.stretch(full, c)
	if len(stale) > 0 {
		t.expect(now) // what stood behind them can go
	}
	claimed, err := t.claim(ctx, stale, c.leave)
	if err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	for _, h := range claimed {
		t.launch(h)
	}
	return nil
}

// sort sets aside what is not to be sent any more.
func (t *term) sort(heads []*head) (fresh, stale []*head) {
	now := t.db.Now()
	for _, h := range heads {
		switch {
		case h.Outdone:
			h.Row.Status = Superseded
			stale = append(stale, h)
		case !h.Row.ExpiresAt.After(now):
			h.Row.Status, h.Row.Error = Dropped, saidExpired
			stale = append(stale, h)
		default:
			fresh = append(fresh, h)
		}
	}
	return fresh, stale
}

// stretch looks further when chats that wait fill the view.
func (t *term) stretch(full bool, c choice) {
	switch {
	case !full:
		t.reach = t.few()
	case c.short && t.reach < mostHeads:
		t.reach *= 4
		t.expect(t.Clock())
	case c.short && len(c.leave) > 0:
		t.expect(t.Clock())
	}
}

// claim commits that letters are being sent, before they are; whatever happens
// afterwards, they are not sent as if nothing had been.
func (t *term) claim(ctx context.Context, stale, leave []*head) (claimed []*head, err error) {
	if len(stale)+len(leave) == 0 {
		return nil, nil
	}
	err = t.db.InTx(ctx, func(tx *store.Tx) error {
		claimed = nil
		for _, h := range stale {
			if _, err := t.leaveWaiting(ctx, tx, h.Row.MessageID, map[string]any{"status": h.Row.Status, "error": h.Row.Error}); err != nil {
				return err
			}
		}
		for _, h := range leave {
			ours, err := t.claimOne(ctx, tx, h)
			if err != nil {
				return err
			}
			if ours {
				claimed = append(claimed, h)
			}
		}
		return nil
	})
	if err == nil && len(claimed) > 0 {
		failpoint.Pass(failpoint.DeliveryClaimed)
	}
	return claimed, err
}

func (t *term) claimOne(ctx context.Context, tx *store.Tx, h *head) (bool, error) {
	if h.OriginalStatus == Waiting { // its lane is paused: the edit says all that is left to say
		if _, err := t.leaveWaiting(ctx, tx, *h.Row.Edits, map[string]any{"status": Superseded}); err != nil {
			return false, err
		}
	}
	return t.leaveWaiting(ctx, tx, h.Row.MessageID, map[string]any{"status": Sending, "claimed_by": t.id, "claimed_at": tx.Now()})
}

// leaveWaiting moves a waiting delivery; false if it does not wait any more.
func (t *term) leaveWaiting(ctx context.Context, tx *store.Tx, id int64, columns map[string]any) (bool, error) {
	return moved(tx.WithContext(ctx).Model(&deliveryRow{}).Where("message_id = ? AND status = ?", id, Waiting).Updates(columns))
}

func moved(res *gorm.DB) (bool, error) { return res.RowsAffected == 1, res.Error }

package outbox

import (
	"context"
	"fmt"

	"promobot/internal/store"
)

// begin takes up, once, what a former term has left: letters of which nobody
// knows whether they arrived, and times that the channel told us to wait.
func (t *term) begin(ctx context.Context) error {
	if t.begun {
		return nil
	}
	if err := t.takeUp(ctx); err != nil {
		return fmt.Errorf("take up what was being sent: %w", err)
	}
	if err := t.readWaits(ctx); err != nil {
		return fmt.Errorf("waits that were told: %w", err)
	}
	t.begun = true
	return nil
}

// leftSending finds, by the index deliveries_sending, what was claimed and whose
// outcome was not written down.
const leftSending = aHead + "WHERE d.status = 'sending' AND d.channel = @channel ORDER BY d.message_id"

func (t *term) takeUp(ctx context.Context) error {
	var left []*head
	args := map[string]any{"channel": t.Channel, "lanes": t.talk()}
	if err := t.db.Read(ctx).Raw(leftSending, args).Scan(&left).Error; err != nil || len(left) == 0 {
		return err
	}
	return t.db.InTx(ctx, func(tx *store.Tx) error {
		for _, h := range left {
			ours, err := moved(tx.WithContext(ctx).Model(&deliveryRow{}).
				Where("message_id = ? AND status = ? AND claimed_by = ?", h.Row.MessageID, Sending, h.Row.ClaimedBy).Update("claimed_by", t.id))
			if err != nil {
				return err
			}
			if !ours {
				continue
			}
			r := result{row: h.Row, letter: h.letter(), err: ErrUnknown}
			if err := t.keepOne(ctx, tx, judge(r, tx.Now(), backoff(t.Rand))); err != nil {
				return err
			}
		}
		return nil
	})
}

// readWaits has the pacer obey what was told before.
func (t *term) readWaits(ctx context.Context) error {
	now, clock := t.db.Now(), t.Clock()
	var chats []deliveryRow
	err := t.db.Read(ctx).Select("address_id", "not_before").
		Find(&chats, "channel = ? AND status = 'waiting' AND error = ? AND not_before > ?", t.Channel, saidLater, now).Error
	if err != nil {
		return err
	}
	for _, d := range chats {
		t.pacer.hold(clock, d.AddressID, clock.Add(d.NotBefore.Sub(now)))
	}
	var account []holdRow
	if err := t.db.Read(ctx).Find(&account, "channel = ? AND lane = ?", t.Channel, wholeAccount).Error; err != nil {
		return err
	}
	for _, h := range account {
		t.pacer.until = clock.Add(h.HeldUntil.Sub(now))
		t.waitKept = t.pacer.until
	}
	return nil
}

package outbox

import (
	"context"
	"errors"
	"fmt"

	"promobot/internal/failpoint"
	"promobot/internal/store"
)

// keep writes down how the reported letters fared, together; if that fails,
// each by itself, so that one does not hold up the others.
func (t *term) keep(ctx context.Context) error {
	if len(t.unkept) == 0 {
		return nil
	}
	if err := t.keepAll(ctx, t.unkept); err == nil {
		t.unkept = nil
		return nil
	}
	left, all := t.unkept, error(nil)
	t.unkept = nil
	for _, r := range left {
		if err := t.keepAll(ctx, []result{r}); err != nil {
			t.unkept = append(t.unkept, r)
			all = errors.Join(all, err)
		}
	}
	return all
}

func (t *term) keepAll(ctx context.Context, list []result) error {
	var wrong []outcome
	err := t.db.InTx(ctx, func(tx *store.Tx) error {
		wrong = nil
		for _, r := range list {
			o := judge(r, tx.Now(), backoff(t.Rand))
			if o.wrong {
				wrong = append(wrong, o)
			}
			if err := t.keepOne(ctx, tx, o); err != nil {
				return fmt.Errorf("outcome of message %d: %w", r.row.MessageID, err)
			}
		}
		return t.keepWait(ctx, tx)
	})
	if err != nil {
		return err
	}
	t.waitKept = t.pacer.until
	for _, r := range list {
		delete(t.busy, r.row.AddressID)
	}
	for _, o := range wrong {
		t.Logger.Error("a message cannot be delivered", "channel", t.Channel, "message", o.row.MessageID, "error", o.row.Error)
	}
	failpoint.Pass(failpoint.DeliveryKept)
	return nil
}

// keepOne moves the delivery, unless the claim is not ours any more: then
// another leader has decided.
func (t *term) keepOne(ctx context.Context, tx *store.Tx, o outcome) error {
	d := o.row
	ours, err := moved(tx.WithContext(ctx).Model(&deliveryRow{}).
		Where("message_id = ? AND status = ? AND claimed_by = ?", d.MessageID, Sending, t.id).
		Updates(map[string]any{"status": d.Status, "not_before": d.NotBefore, "attempts": d.Attempts, "unknowns": d.Unknowns,
			"provider_id": d.ProviderID, "error": d.Error, "sent_at": d.SentAt}))
	if err != nil || !ours {
		return err
	}
	if o.original != nil {
		if err := tx.WithContext(ctx).Model(&deliveryRow{}).Where("message_id = ?", *d.Edits).
			Update("provider_id", *o.original).Error; err != nil {
			return err
		}
	}
	if !o.closes {
		return nil
	}
	return t.closeAddress(ctx, tx, d)
}

// closeAddress drops what waits for an address that takes nothing any more, and
// has it closed, unless somebody has written from it since the letter left: the
// refusal is older than that.
func (t *term) closeAddress(ctx context.Context, tx *store.Tx, d deliveryRow) error {
	back, err := wroteSince(ctx, tx, d)
	if err != nil || back {
		return err
	}
	err = tx.WithContext(ctx).Model(&deliveryRow{}).Where("address_id = ? AND status IN "+open+" AND status = ?", d.AddressID, Waiting).
		Updates(map[string]any{"status": Dropped, "error": saidUnreachable}).Error
	if err != nil || t.Unreachable == nil {
		return err
	}
	return t.Unreachable(ctx, tx, d.AddressID)
}

// wroteSince tells whether an update of the address waits to be handled, or was
// handled after the letter was claimed; what is but noted says that its sender
// has gone. The lock on the address keeps an update
// from being stored until the transaction ends: it refers to the address.
func wroteSince(ctx context.Context, tx *store.Tx, d deliveryRow) (back bool, err error) {
	var address int64
	err = tx.WithContext(ctx).Table("addresses").Clauses(store.ForUpdate()).Select("id").Where("id = ?", d.AddressID).Scan(&address).Error
	if err != nil {
		return false, err
	}
	err = tx.WithContext(ctx).Raw(`SELECT EXISTS (SELECT 1 FROM updates u JOIN deliveries d ON d.message_id = ? AND d.address_id = u.address_id
		WHERE u.status = 'stored' OR u.status <> 'noted' AND u.handled_at > d.claimed_at)`, d.MessageID).Scan(&back).Error
	return back, err
}

package bot

import (
	"context"
	"fmt"
)

// mostKept is how many receipts wait for the end of a registration.
const mostKept = 10

// keepReceipt remembers a receipt that came too early.
func (b *Bot) keepReceipt(ctx context.Context, t *turn) error {
	key := "kept.later"
	if len(t.dialog.Kept) >= mostKept {
		key = "kept.full"
	} else {
		t.dialog.Kept, t.keep = append(t.dialog.Kept, t.row.ID), true
	}
	t.answer(key, map[string]any{"Receipts": t.count("count.receipts", int64(len(t.dialog.Kept)))})
	if t.dialog.State == stateNew {
		return b.greet(ctx, t)
	}
	t.ask()
	return nil
}

// submitKept submits the receipts that came before the registration was over,
// in the order in which they came, as soon as there is a campaign to judge them.
func (b *Bot) submitKept(ctx context.Context, t *turn) error {
	if !t.person.Registered || len(t.dialog.Kept) == 0 || t.terms == nil {
		return nil
	}
	t.answer("kept.now", map[string]any{"Receipts": t.count("count.receipts", int64(len(t.dialog.Kept)))})
	for _, id := range t.dialog.Kept {
		var row updateRow
		if err := t.tx.WithContext(ctx).Take(&row, id).Error; err != nil {
			return fmt.Errorf("kept update %d: %w", id, err)
		}
		body, err := b.open(row)
		if err != nil {
			return err
		}
		if err := b.submit(ctx, t, row, body); err != nil {
			return err
		}
		if err := t.tx.WithContext(ctx).Model(&row).Update("picture", nil).Error; err != nil {
			return err
		}
	}
	t.dialog.Kept = []int64{}
	return nil
}

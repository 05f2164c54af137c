package till

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"promobot/internal/store"
)

// answerRow is what a shop was answered to one Idempotency-Key, for ever.
type answerRow struct {
	TillID      int64  `gorm:"primaryKey"`
	RequestKey  string `gorm:"primaryKey"`
	RequestMark string // keyed: the request may hold a customer's code
	Status      int
	Body        []byte
	AnsweredAt  time.Time
}

// TableName is the table of answers.
func (answerRow) TableName() string { return "till_answers" }

// once does what a request asks for unless it was done before, and returns the
// one answer. Whoever comes while it is being done waits for its end: the row
// of the key is written first. A problem that says Again leaves nothing behind.
func (d *Door) once(ctx context.Context, c call, key, address string, do func(tx *store.Tx) (any, error)) (a answer, err error) {
	sum := sha256.Sum256(c.body)
	mark, err := d.vault.Mark("till.request", address+"\n"+hex.EncodeToString(sum[:]))
	if err != nil {
		return a, err
	}
	err = d.db.InTx(ctx, func(tx *store.Tx) error {
		row := answerRow{TillID: c.shop.ID, RequestKey: key, RequestMark: mark, Body: []byte{}, AnsweredAt: tx.Now()}
		first, err := store.Once(ctx, tx, &row)
		if err != nil {
			return fmt.Errorf("answer for %s: %w", c.shop.KeyID, err)
		}
		if !first {
			a, err = answered(ctx, tx, row)
			return err
		}
		value, err := do(tx)
		var p *Problem
		if errors.As(err, &p) && p.Again {
			return err
		}
		if a, err = answerOf(value, err); err != nil {
			return err
		}
		return tx.WithContext(ctx).Model(&row).Updates(map[string]any{"status": a.status, "body": a.body}).Error
	})
	return a, err
}

// answered is what stands for the key; another request with it is refused.
func answered(ctx context.Context, tx *store.Tx, row answerRow) (answer, error) {
	var old answerRow
	if err := tx.WithContext(ctx).Take(&old, "till_id = ? AND request_key = ?", row.TillID, row.RequestKey).Error; err != nil {
		return answer{}, fmt.Errorf("answer that stands: %w", err)
	}
	if old.RequestMark != row.RequestMark {
		return answer{}, problemReused
	}
	return answer{old.Status, old.Body}, nil
}

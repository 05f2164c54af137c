package bot

import (
	"context"
	"errors"
	"fmt"

	"promobot/internal/failpoint"
	"promobot/internal/store"
	"promobot/participants"
)

// mostTries is how often an update may fail before it is given up.
const mostTries = 5

// HandleLane handles the stored updates of an address in their order. Two that
// work on one lane are harmless: the participant's row keeps them apart.
func (b *Bot) HandleLane(ctx context.Context, addressID int64) error {
	for {
		more, err := b.waits(ctx, addressID)
		if err == nil && more {
			more, err = b.handleNext(ctx, addressID)
		}
		if err != nil {
			return fmt.Errorf("lane of address %d: %w", addressID, err)
		}
		if !more {
			return nil
		}
	}
}

// waits tells whether an update of the address is stored, without a transaction:
// mostly none is left behind the one that was just handled. What is stored after
// this look has a job of its own.
func (b *Bot) waits(ctx context.Context, addressID int64) (bool, error) {
	var ids []int64
	err := b.db.Read(ctx).Model(&updateRow{}).Where(storedAt, addressID).Limit(1).Pluck("id", &ids).Error
	return len(ids) > 0, err
}

func (b *Bot) handleNext(ctx context.Context, addressID int64) (more bool, err error) {
	var row updateRow
	err = calmly(func() error {
		return b.db.InTx(ctx, func(tx *store.Tx) error {
			address, err := b.lockLane(ctx, tx, addressID)
			if err != nil {
				return err
			}
			row, more, err = oldest(ctx, tx, addressID)
			if err != nil || !more {
				return err
			}
			err = b.handle(ctx, tx, address, row)
			failpoint.Pass(failpoint.UpdateHandling)
			return err
		})
	})
	if err != nil {
		return b.stumble(ctx, row, err)
	}
	if more {
		failpoint.Pass(failpoint.UpdateHandled)
		b.hub.wake(addressID)
	}
	return more, nil
}

// calmly turns a panic into an error: one poisoned update must not stop the
// lane of its sender, let alone others.
func calmly(work func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v", value)
		}
	}()
	return work()
}

func (b *Bot) lockLane(ctx context.Context, tx *store.Tx, addressID int64) (participants.Address, error) {
	address, err := b.people.AddressByID(ctx, tx.DB, addressID)
	if err != nil {
		return address, err
	}
	return address, b.people.Lock(ctx, tx, address.ParticipantID)
}

// stumble counts a try, outside of the transaction that failed. After the last
// one the update is given up, its sender is told, and the lane goes on.
func (b *Bot) stumble(ctx context.Context, row updateRow, cause error) (more bool, err error) {
	if row.ID == 0 || errors.Is(ctx.Err(), context.Canceled) { // nothing was tried, or we are asked to stop
		return false, cause
	}
	ctx = context.WithoutCancel(ctx)
	err = b.db.InTx(ctx, func(tx *store.Tx) error {
		more, err = b.countTry(ctx, tx, row)
		return err
	})
	if err != nil || !more {
		return false, errors.Join(cause, err)
	}
	b.log.Error("update given up", "update", row.ID, "error", cause)
	b.hub.wake(row.AddressID)
	return true, nil
}

func (b *Bot) countTry(ctx context.Context, tx *store.Tx, row updateRow) (givenUp bool, err error) {
	address, err := b.lockLane(ctx, tx, row.AddressID)
	if err != nil {
		return false, err
	}
	current, ok, err := oldest(ctx, tx, row.AddressID)
	if err != nil || !ok || current.ID != row.ID { // another worker was luckier
		return ok, err
	}
	columns := map[string]any{"tries": current.Tries + 1}
	if current.Tries+1 < mostTries {
		return false, move(ctx, tx, row, columns)
	}
	columns["status"], columns["handled_at"] = updateFailed, tx.Now()
	if err := move(ctx, tx, row, columns); err != nil {
		return false, err
	}
	person, err := b.people.Get(ctx, tx.DB, address.ParticipantID)
	if err != nil {
		return false, err
	}
	v := voice{language: person.Language, zone: moscow, now: tx.Now()}
	return true, b.write(ctx, tx, address, messageRow{AddressID: row.AddressID, UpdateID: &row.ID},
		v.message(v.say("trouble", nil), v.button("button.menu", buttonMenu)))
}

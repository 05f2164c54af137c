package rewards

import (
	"context"
	"fmt"

	"promobot/internal/events"
	"promobot/internal/store"
	"promobot/points"
)

// peopleAtOnce is how many participants one run of a job goes through.
const peopleAtOnce = 200

// Expire takes the points whose end has come from the next participants after
// the given one, each in a transaction of its own, and returns the last of them
// if there may be more; 0: all are done.
func (d *Desk) Expire(ctx context.Context, db *store.DB, after int64) (next int64, err error) {
	ids, err := d.ledger.Ending(ctx, db.Read(ctx), db.Now(), after, peopleAtOnce)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		err := db.InTx(ctx, func(tx *store.Tx) error { return d.expire(ctx, tx, id) })
		if err != nil {
			return 0, fmt.Errorf("expire points of participant %d: %w", id, err)
		}
	}
	return following(ids), nil
}

// following is the last id of a full page.
func following(ids []int64) int64 {
	if len(ids) < peopleAtOnce {
		return 0
	}
	return ids[len(ids)-1]
}

func (d *Desk) expire(ctx context.Context, tx *store.Tx, participantID int64) error {
	if err := d.people.Lock(ctx, tx, participantID); err != nil {
		return err
	}
	lapsed, err := d.ledger.Expire(ctx, tx, participantID)
	if err != nil {
		return err
	}
	for _, l := range lapsed {
		err := events.Record(ctx, tx, events.Event{Kind: EventPosted, ParticipantID: participantID, Subject: l.Lot.Source,
			Data: map[string]any{"source": l.Source, "kind": points.Expiry, "points": int64(l.Lot.Remaining)}})
		if err != nil {
			return err
		}
	}
	return nil
}

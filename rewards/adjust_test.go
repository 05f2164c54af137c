package rewards_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"promobot/internal/store"
	"promobot/points"
	"promobot/rewards"
)

func (w world) adjusts(id int64, n points.Amount, by string) (rewards.Adjustment, error) {
	w.Helper()
	var a rewards.Adjustment
	err := w.in(func(ctx context.Context, tx *store.Tx) (err error) {
		a, err = w.desk.Adjust(ctx, tx, w.version(), rewards.Adjustment{ParticipantID: id, Points: n, Reason: "goodwill", Note: "a call", AskedBy: by}, 100)
		return err
	})
	return a, err
}

func (w world) approves(a rewards.Adjustment, hash, by string) error {
	return w.in(func(ctx context.Context, tx *store.Tx) error {
		_, err := w.desk.ApproveAdjustment(ctx, tx, w.version(), a.ID, hash, by)
		return err
	})
}

// TestPointsByHand: the limit, one below, one above, both ways.
func TestPointsByHand(t *testing.T) {
	eachWorld(t, func(w world) {
		for _, tt := range []struct {
			points, left points.Amount
			want         rewards.AdjustStatus
			err          error
		}{
			{99, 299, rewards.AdjustPosted, nil}, {100, 300, rewards.AdjustPosted, nil}, {101, 200, rewards.AdjustWaiting, nil},
			{-99, 101, rewards.AdjustPosted, nil}, {-100, 100, rewards.AdjustPosted, nil}, {-101, 200, rewards.AdjustWaiting, nil},
			{0, 200, "", rewards.ErrAdjustment},
		} {
			id := w.rich(200)
			a, err := w.adjusts(id, tt.points, "anna")
			if !errors.Is(err, tt.err) || err == nil && a.Status != tt.want || w.available(id) != tt.left {
				w.Errorf("%+d: %s, %v, %d left; want %s, %v, %d", tt.points, a.Status, err, w.available(id), tt.want, tt.err, tt.left)
			}
		}
		if poor := w.rich(10); true {
			if _, err := w.adjusts(poor, -11, "anna"); !errors.Is(err, points.ErrShort) || w.available(poor) != 10 {
				w.Errorf("more than there is: %v with %d left, want ErrShort", err, w.available(poor))
			}
		}
	})
}

// TestPointsByHandNeedAnother: not who has asked, not something else, and once.
func TestPointsByHandNeedAnother(t *testing.T) {
	eachWorld(t, func(w world) {
		id := w.rich(200)
		a, err := w.adjusts(id, 500, "anna")
		if err != nil {
			w.Fatal(err)
		}
		for _, tt := range []struct {
			hash, by string
			want     error
		}{{a.Hash, "anna", rewards.ErrSamePerson}, {a.Hash, " ANNA ", rewards.ErrSamePerson}, {"0123", "boris", rewards.ErrChanged}, {a.Hash, "", rewards.ErrAdjustment}} {
			if err := w.approves(a, tt.hash, tt.by); !errors.Is(err, tt.want) {
				w.Errorf("%q by %q: %v, want %v", tt.hash, tt.by, err, tt.want)
			}
		}
		var done, late atomic.Int64
		atOnce(8, func(int) {
			switch err := w.approves(a, a.Hash, "boris"); {
			case err == nil:
				done.Add(1)
			case errors.Is(err, rewards.ErrNoAdjustment):
				late.Add(1)
			default:
				w.Error(err)
			}
		})
		if done.Load() != 1 || late.Load() != 7 || w.available(id) != 700 {
			w.Errorf("%d done, %d late, %d points; want 1, 7 and 700", done.Load(), late.Load(), w.available(id))
		}
		if got := w.told(rewards.NoticeAdjusted); len(got) != 1 {
			w.Errorf("told %d times, want once", len(got))
		}
	})
}

package rewards_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/points"
	"promobot/rewards"
)

func TestWelcomeComesOncePerPersonAndPhone(t *testing.T) {
	eachWorld(t, func(w world) {
		first, second, silent := w.person("+79990000001"), w.person("8 (999) 000-00-01"), w.person("")
		for _, tt := range []struct {
			name string
			id   int64
			want points.Amount
		}{{"the first of the phone", first, 100}, {"the same again", first, 0}, {"another of the same phone", second, 0},
			{"one without a phone", silent, 100}, {"the same again", silent, 0}} {
			if got, err := w.welcome(tt.id); got != tt.want || err != nil {
				w.Errorf("%s: %d points, %v; want %d", tt.name, got, err, tt.want)
			}
		}
	})
}

// TestWelcomeStandsUnderOtherTerms: who registers again after the terms have
// changed has had the bonus, and does not use up another phone's.
func TestWelcomeStandsUnderOtherTerms(t *testing.T) {
	eachWorld(t, func(w world) {
		id := w.person("+79990000001")
		if n, err := w.welcome(id); n != 100 || err != nil {
			w.Fatalf("%d, %v", n, err)
		}
		richer := terms()
		richer.Welcome = 500
		w.apply(richer)
		w.must(func(ctx context.Context, tx *store.Tx) error { return w.phone(ctx, tx, id, "+79990000002") })
		if n, err := w.welcome(id); n != 0 || err != nil {
			w.Errorf("again: %d points, %v; want none", n, err)
		}
		if n, err := w.welcome(w.person("+79990000002")); n != 500 || err != nil {
			w.Errorf("the phone's owner: %d points, %v; want 500", n, err)
		}
	})
}

func TestWelcomeIsRaced(t *testing.T) {
	eachWorld(t, func(w world) {
		ids := make([]int64, 12)
		for i := range ids {
			ids[i] = w.person("+79990000001")
		}
		var sum atomic.Int64
		atOnce(24, func(i int) {
			n, err := w.welcome(ids[i%len(ids)])
			if err != nil {
				w.Error(err)
			}
			sum.Add(int64(n))
		})
		var balances points.Amount
		for _, id := range ids {
			balances += w.available(id)
		}
		if sum.Load() != 100 || balances != 100 {
			w.Errorf("told %d points, booked %d; want 100 for the phone", sum.Load(), balances)
		}
	})
}

func TestGrantIsMadeOnce(t *testing.T) {
	eachWorld(t, func(w world) {
		id := w.person("+79990000001")
		reward := campaigns.Reward{Points: 30, First: 50}
		for i, want := range []rewards.Granted{
			{Points: 80, First: 50, Parts: campaigns.Parts{"lines": 30, "first-receipt": 50}, Balance: points.Balance{Available: 80}},
			{Points: 0, First: 0, Parts: campaigns.Parts{}, Balance: points.Balance{Available: 80}},
		} {
			if got, err := w.grant(id, "receipt:1", reward); err != nil || !reflect.DeepEqual(got, want) {
				w.Errorf("time %d: %+v, %v; want %+v", i+1, got, err, want)
			}
		}
		if _, err := w.grant(id, "receipt:1", campaigns.Reward{Points: 31}); !errors.Is(err, points.ErrConflict) {
			w.Errorf("other points for the same source: %v, want ErrConflict", err)
		}
		twin := w.person("+79990000001")
		if got, err := w.grant(twin, "receipt:2", reward); err != nil || got.Points != 30 || got.First != 0 {
			w.Errorf("another account of the phone: %+v, %v; want no bonus for a first receipt", got, err)
		}
		if got, err := w.grant(id, "receipt:3", campaigns.Reward{}); err != nil || got.Points != 0 {
			w.Errorf("nothing: %+v, %v", got, err)
		}
	})
}

func TestHeldPointsAreReleasedOrForfeited(t *testing.T) {
	eachWorld(t, func(w world) {
		id, v := w.person(""), w.version()
		ctx := context.Background()
		for _, tt := range []struct {
			source string
			end    func(ctx context.Context, tx *store.Tx) error
			want   points.Balance
		}{
			{"receipt:1", func(ctx context.Context, tx *store.Tx) error {
				return w.desk.Release(ctx, tx, v, id, "receipt:1", 40, time.Time{})
			}, points.Balance{Available: 40}},
			{"receipt:2", func(ctx context.Context, tx *store.Tx) error {
				return w.desk.Forfeit(ctx, tx, v.CampaignID, id, "receipt:2", 40)
			}, points.Balance{Available: 40}},
		} {
			for range 2 {
				w.must(func(ctx context.Context, tx *store.Tx) error { return w.desk.Hold(ctx, tx, v, id, tt.source, 40) })
			}
			if b, err := w.desk.Balance(ctx, w.db.Read(ctx), id); err != nil || b.Held != 40 {
				w.Errorf("%s: %+v, %v; want 40 held", tt.source, b, err)
			}
			for range 2 {
				w.must(tt.end)
			}
			if b, err := w.desk.Balance(ctx, w.db.Read(ctx), id); err != nil || b != tt.want {
				w.Errorf("%s: %+v, %v; want %+v", tt.source, b, err, tt.want)
			}
		}
		w.must(func(ctx context.Context, tx *store.Tx) error { return w.desk.Hold(ctx, tx, v, id, "receipt:3", 0) })
		if err := w.in(func(ctx context.Context, tx *store.Tx) error {
			return w.desk.Release(ctx, tx, v, id, "receipt:9", 1, time.Time{})
		}); !errors.Is(err, points.ErrShort) {
			w.Errorf("release of what was never held: %v, want ErrShort", err)
		}
	})
}

func TestEveryPostingHasItsEventOnce(t *testing.T) {
	eachWorld(t, func(w world) {
		id := w.person("")
		for range 2 {
			if _, err := w.grant(id, "receipt:1", campaigns.Reward{Points: 300, First: 50}); err != nil {
				w.Fatal(err)
			}
		}
		w.stock("mug", "a", 1)
		for range 2 {
			if _, err := w.choose(id, "mug", "update:1"); err != nil {
				w.Fatal(err)
			}
		}
		var kinds []string
		if err := w.db.Read(context.Background()).Table("events").Order("id").Pluck("kind", &kinds).Error; err != nil {
			w.Fatal(err)
		}
		want := []string{string(rewards.EventPosted), string(rewards.EventPosted), string(rewards.EventPosted), string(rewards.EventIssued)}
		if !slices.Equal(kinds, want) {
			w.Errorf("events %v, want %v", kinds, want)
		}
	})
}

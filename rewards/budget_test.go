package rewards_test

import (
	"context"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/points"
)

// capped applies the terms with a budget.
func (w world) capped(b campaigns.Budget) {
	w.Helper()
	t := terms()
	t.Budget = b
	w.apply(t)
}

// granted is what the campaign has granted by its counters: altogether, and by
// day.
func (w world) granted() map[string]points.Amount {
	w.Helper()
	var rows []struct {
		Day    string
		Points points.Amount
	}
	if err := w.db.Read(context.Background()).Table("campaign_budgets").Find(&rows).Error; err != nil {
		w.Fatal(err)
	}
	of := map[string]points.Amount{}
	for _, row := range rows {
		of[row.Day] = row.Points
	}
	return of
}

func (w world) wantGranted(want map[string]points.Amount) {
	w.Helper()
	if got := w.granted(); !reflect.DeepEqual(got, want) {
		w.Errorf("granted %v, want %v", got, want)
	}
}

// A thousand accruals of a point at once, with room for five hundred.
func TestBudgetHoldsToThePoint(t *testing.T) {
	eachWorld(t, func(w world) {
		w.capped(campaigns.Budget{Points: 500})
		var people []int64
		for range 50 {
			people = append(people, w.person(""))
		}
		var sum, cut atomic.Int64
		atOnce(1000, func(i int) {
			g, err := w.grant(people[i%len(people)], fmt.Sprint("receipt:", i), campaigns.Reward{Points: 1})
			if err != nil {
				w.Error(err)
			}
			sum.Add(int64(g.Points))
			if g.Cut != nil {
				cut.Add(int64(g.Cut.Points))
			}
		})
		var booked points.Amount
		for _, id := range people {
			booked += w.available(id)
		}
		if sum.Load() != 500 || cut.Load() != 500 || booked != 500 {
			w.Errorf("told %d, cut %d, booked %d; want 500 each", sum.Load(), cut.Load(), booked)
		}
		w.wantGranted(map[string]points.Amount{"": 500, "2026-03-05": 500})
	})
}

func TestLastGrantIsCutToWhatIsLeft(t *testing.T) {
	eachWorld(t, func(w world) {
		w.capped(campaigns.Budget{Points: 145})
		anna, boris := w.person(""), w.person("")
		reward := campaigns.Reward{Points: 30, First: 50, Extra: []campaigns.Extra{
			{Source: "bonus-day:june", Points: 10}, {Source: "focus:kola:2026-W10", Once: true, Points: 1}}}
		for i, step := range []struct {
			id    int64
			want  points.Amount
			parts campaigns.Parts
			rule  string
		}{
			{anna, 91, campaigns.Parts{"lines": 30, "bonus-day:june": 10, "focus:kola:2026-W10": 1, "first-receipt": 50}, ""},
			{boris, 54, campaigns.Parts{"lines": 30, "bonus-day:june": 10, "focus:kola:2026-W10": 1, "first-receipt": 13}, campaigns.RuleBudget},
			{anna, 0, campaigns.Parts{}, campaigns.RuleBudget},
		} {
			g, err := w.grant(step.id, fmt.Sprint("receipt:", i), reward)
			rule := ""
			if g.Cut != nil {
				rule = g.Cut.Rule
			}
			if err != nil || g.Points != step.want || !reflect.DeepEqual(g.Parts, step.parts) || rule != step.rule {
				w.Errorf("grant %d: %+v, %v; want %d as %v, cut by %q", i, g, err, step.want, step.parts, step.rule)
			}
		}
		if again, err := w.grant(anna, "receipt:0", reward); err != nil || again.Points != 0 {
			w.Errorf("the first again: %+v, %v; want nothing", again, err)
		}
		if n, err := w.welcome(boris); err != nil || n != 0 {
			w.Errorf("welcome: %d, %v; want nothing", n, err)
		}
		w.wantGranted(map[string]points.Amount{"": 145, "2026-03-05": 145})
	})
}

func TestBudgetsOfDayAndPerson(t *testing.T) {
	eachWorld(t, func(w world) {
		w.capped(campaigns.Budget{Points: 1000, Day: 50, Participant: 60, ParticipantDay: 30})
		anna, boris := w.person(""), w.person("")
		n := 0
		want := func(who int64, asked, given points.Amount, rule string) {
			w.Helper()
			n++
			g, err := w.grant(who, fmt.Sprint("receipt:", n), campaigns.Reward{Points: asked})
			got := ""
			if g.Cut != nil {
				got = g.Cut.Rule
			}
			if err != nil || g.Points != given || got != rule {
				w.Errorf("grant %d: %d points, cut by %q, %v; want %d by %q", n, g.Points, got, err, given, rule)
			}
		}
		want(anna, 29, 29, "")
		want(anna, 2, 1, campaigns.RuleBudgetParticipantDay)
		want(boris, 21, 20, campaigns.RuleBudgetDay)
		w.now.Add((11*time.Hour + 57*time.Minute).Microseconds()) // 23:59 of the same day
		want(anna, 1, 0, campaigns.RuleBudgetDay)
		w.now.Add(time.Minute.Microseconds())
		want(anna, 31, 30, campaigns.RuleBudgetParticipant)
		w.now.Add((24 * time.Hour).Microseconds())
		want(anna, 1, 0, campaigns.RuleBudgetParticipant)
		want(boris, 25, 25, "")
		w.wantGranted(map[string]points.Amount{"": 105, "2026-03-05": 50, "2026-03-06": 30, "2026-03-07": 25})
	})
}

// What is taken back comes back to the day on which it was granted, even if its
// subject has other points since.
func TestTakenBackMayBeGrantedAgain(t *testing.T) {
	eachWorld(t, func(w world) {
		w.capped(campaigns.Budget{Points: 50, Day: 40})
		id, v := w.person(""), w.version()
		reward := campaigns.Reward{Points: 30, Extra: []campaigns.Extra{{Source: "bonus-day:june", Points: 10}, {Source: "focus:kola:2026-W10", Once: true, Points: 1}}}
		w.must(func(ctx context.Context, tx *store.Tx) error {
			held, err := w.desk.HoldReward(ctx, tx, v, id, "receipt:1", reward)
			if !reflect.DeepEqual(held, campaigns.Parts{"lines": 30, "bonus-day:june": 10}) {
				w.Errorf("held %v, want lines and the bonus day", held)
			}
			return err
		})
		w.now.Add((24 * time.Hour).Microseconds())
		if g, err := w.grant(id, "receipt:2", campaigns.Reward{Points: 30}); err != nil || g.Points != 10 {
			w.Errorf("the rest: %+v, %v; want 10", g, err)
		}
		for range 2 {
			w.must(func(ctx context.Context, tx *store.Tx) error {
				return w.desk.Forfeit(ctx, tx, v.CampaignID, id, "receipt:1", 40)
			})
		}
		w.wantGranted(map[string]points.Amount{"": 10, "2026-03-05": 0, "2026-03-06": 10})
		if g, err := w.grant(id, "receipt:3", campaigns.Reward{Points: 60}); err != nil || g.Points != 30 {
			w.Errorf("granted again: %+v, %v; want 30, the day's rest", g, err)
		}
		w.wantGranted(map[string]points.Amount{"": 40, "2026-03-05": 0, "2026-03-06": 40})
	})
}

// Grants, holds that are forfeited and welcomes at once, within bounds of every
// kind.
func TestBudgetsUnderARace(t *testing.T) {
	eachWorld(t, func(w world) {
		w.capped(campaigns.Budget{Points: 400, Day: 300, Participant: 35, ParticipantDay: 30})
		v := w.version()
		var people []int64
		for range 20 {
			people = append(people, w.person(""))
		}
		atOnce(120, func(i int) {
			id, source := people[i%len(people)], fmt.Sprint("receipt:", i)
			err := w.locked(id, func(ctx context.Context, tx *store.Tx) error {
				if i%3 > 0 {
					_, err := w.desk.Grant(ctx, tx, v, id, source, campaigns.Reward{Points: 7, First: 5})
					return err
				}
				room, err := w.desk.Room(ctx, tx, v, id, 0)
				if err != nil {
					return err
				}
				held, err := w.desk.HoldReward(ctx, tx, v, id, source, campaigns.Reward{Points: 9}.Fit(room))
				if err != nil {
					return err
				}
				return w.desk.Forfeit(ctx, tx, v.CampaignID, id, source, held.Sum())
			})
			if err != nil {
				w.Error(err)
			}
		})
		var booked points.Amount
		for _, id := range people {
			n := w.available(id)
			booked += n
			if n > 30 {
				w.Errorf("participant %d got %d in a day", id, n)
			}
		}
		w.wantGranted(map[string]points.Amount{"": booked, "2026-03-05": booked})
		if booked != 300 {
			w.Errorf("booked %d, want the day's 300", booked)
		}
	})
}

// Terms without a budget count nothing.
func TestNothingIsCountedWithoutABudget(t *testing.T) {
	eachWorld(t, func(w world) {
		if g, err := w.grant(w.person(""), "receipt:1", campaigns.Reward{Points: 1_000_000}); err != nil || g.Points != 1_000_000 || g.Cut != nil {
			w.Errorf("%+v, %v", g, err)
		}
		w.wantGranted(map[string]points.Amount{})
	})
}

// What was granted before there was a budget gives it no room when it goes back,
// and takes nothing from what others will give back.
func TestNoRoomForWhatNoBudgetGave(t *testing.T) {
	eachWorld(t, func(w world) {
		id := w.person("")
		hold := func(source string) {
			w.must(func(ctx context.Context, tx *store.Tx) error {
				return w.desk.Hold(ctx, tx, w.version(), id, source, 30)
			})
		}
		hold("receipt:1")
		w.capped(campaigns.Budget{Points: 50})
		hold("receipt:2")
		for i, left := range []points.Amount{30, 0} {
			w.must(func(ctx context.Context, tx *store.Tx) error {
				return w.desk.Forfeit(ctx, tx, w.version().CampaignID, id, fmt.Sprint("receipt:", i+1), 30)
			})
			w.wantGranted(map[string]points.Amount{"": left, "2026-03-05": left})
		}
	})
}

package fraud_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"promobot/fraud"
	"promobot/internal/money"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

// crowd puts n sightings in that came before: the i-th with what is said of it.
func crowd(t *testing.T, db *store.DB, n int, tell func(i int) fraud.Sighting) {
	t.Helper()
	list := make([]fraud.Sighting, n)
	for i := range list {
		list[i] = tell(i)
		list[i].Subject, list[i].Outcome, list[i].SeenAt = fmt.Sprint("earlier:", i), fraud.Allow, noon
	}
	err := db.InTx(context.Background(), func(tx *store.Tx) error {
		return tx.CreateInBatches(&list, 100).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNoCrowdHidesWhatARuleCounts: however many sightings lie around the judged
// one, a rule finds what its own window, keys and measure show.
func TestNoCrowdHidesWhatARuleCounts(t *testing.T) {
	const many = 1100
	small := func(at time.Time) fraud.Sighting {
		return fraud.Sighting{ParticipantID: 2, FN: "2", INN: "7", PhoneMark: "b", NameMark: "b", TotalKopecks: 1, BoughtAt: at, SubmittedAt: at}
	}
	with := func(s fraud.Sighting, change func(*fraud.Sighting)) fraud.Sighting { change(&s); return s }
	for _, tt := range []struct {
		name, rules string
		told        func(i int) fraud.Sighting // first those that must be found, then the crowd
		found       string
	}{
		{"small receipts behind which large ones hide",
			"[{id: fraud.a, measure: sum kopecks, by: inn, window: 7d, limit: 100000000, tier: hold}]",
			func(i int) fraud.Sighting {
				if i < 3 {
					return with(small(noon.Add(-50*time.Hour)), func(s *fraud.Sighting) { s.TotalKopecks = 400_000_00 })
				}
				return small(noon.Add(-time.Duration(i) * time.Second))
			}, "hold: fraud.a"},
		{"the same on the other side",
			"[{id: fraud.a, measure: sum kopecks, by: inn, window: 7d, limit: 100000000, tier: hold}]",
			func(i int) fraud.Sighting {
				if i < 3 {
					return with(small(noon.Add(50*time.Hour)), func(s *fraud.Sighting) { s.TotalKopecks = 400_000_00 })
				}
				return small(noon.Add(time.Duration(i) * time.Second))
			}, "hold: fraud.a"},
		{"one loyal person behind whom others hide",
			"[{id: fraud.a, measure: distinct participants, by: inn, window: 7d, limit: 3, tier: hold}]",
			func(i int) fraud.Sighting {
				if i < 3 {
					return with(small(noon.Add(-50*time.Hour)), func(s *fraud.Sighting) { s.ParticipantID = int64(3 + i) })
				}
				return small(noon.Add(-time.Duration(i) * time.Second))
			}, "hold: fraud.a"},
		{"one day behind which others hide",
			"[{id: fraud.a, measure: distinct shop_days, by: inn, window: 7d, limit: 3, tier: hold}]",
			func(i int) fraud.Sighting {
				if i < 3 {
					return with(small(noon.Add(-50*time.Hour)), func(s *fraud.Sighting) { s.BoughtAt = noon.AddDate(0, 0, -1-i) })
				}
				return with(small(noon.Add(-time.Duration(i)*time.Second)), func(s *fraud.Sighting) { s.BoughtAt = noon })
			}, "hold: fraud.a"},
		{"a receipt that waited, and a week of later ones",
			"[{id: fraud.a, measure: count receipts, by: inn, window: 1h, limit: 2, tier: hold}, {id: fraud.b, measure: count receipts, by: inn, window: 7d, limit: 499, tier: slow}]",
			func(i int) fraud.Sighting {
				if i < 2 {
					return small(noon.Add(-time.Duration(1+i) * time.Minute))
				}
				return small(noon.Add(70*time.Hour + time.Duration(i)*time.Second))
			}, "hold: fraud.a, fraud.b"},
		{"the same with a shop day that the same key serves",
			"[{id: fraud.a, measure: count receipts, by: till, window: 1h, clock: shop, limit: 2, tier: hold}, {id: fraud.b, measure: count receipts, by: till, window: shop day, limit: 499, tier: slow}]",
			func(i int) fraud.Sighting {
				if i < 2 {
					return with(small(noon.Add(-time.Duration(1+i)*time.Minute)), func(s *fraud.Sighting) { s.FN = "1" })
				}
				return with(small(noon.Add(2*time.Hour+time.Duration(i)*time.Second)), func(s *fraud.Sighting) { s.FN = "1" })
			}, "hold: fraud.a, fraud.b"},
		{"a second key that few of the first share",
			"[{id: fraud.a, measure: count receipts, by: [till, inn], window: 7d, limit: 2, tier: hold}]",
			func(i int) fraud.Sighting {
				s := with(small(noon.Add(-time.Duration(many-i)*time.Second)), func(s *fraud.Sighting) { s.FN = "1" })
				if i >= 2 {
					s.INN = "8"
				}
				return s
			}, "hold: fraud.a"},
		{"a condition that asks how many",
			fmt.Sprintf("[{id: fraud.a, measure: count receipts, by: inn, window: 7d, limit: 1, when: 'n == %d', tier: hold}]", many+1),
			func(i int) fraud.Sighting { return small(noon.Add(-time.Duration(i) * time.Second)) }, "hold: fraud.a"},
		{"the largest limit, with an own and an unknown value in the way",
			"[{id: fraud.a, measure: distinct names, by: inn, window: 7d, limit: 499, tier: hold}]",
			func(i int) fraud.Sighting {
				return with(small(noon.Add(-time.Duration(i)*time.Second)), func(s *fraud.Sighting) {
					s.NameMark = fmt.Sprint(i)
					if i >= 499 {
						s.NameMark = []string{"", "a"}[i%2]
					}
				})
			}, "hold: fraud.a"},
		{"just the largest limit",
			"[{id: fraud.a, measure: count receipts, by: inn, window: 1h, limit: 499, tier: hold}]",
			func(i int) fraud.Sighting {
				if i < 498 {
					return small(noon)
				}
				return small(noon.Add(time.Hour))
			}, "allow"},
		{"one kopeck less than too much",
			"[{id: fraud.a, measure: sum kopecks, by: inn, window: 1h, limit: 1101, tier: hold}]",
			func(i int) fraud.Sighting { return small(noon.Add(time.Duration(i-many/2) * time.Second)) }, "allow"},
		{"one kopeck too much",
			"[{id: fraud.a, measure: sum kopecks, by: inn, window: 1h, limit: 1100, tier: hold}]",
			func(i int) fraud.Sighting { return small(noon.Add(time.Duration(i-many/2) * time.Second)) }, "hold: fraud.a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				people(t, db, 6)
				crowd(t, db, many, tt.told)
				f := fraud.Facts{Subject: "receipt:1", ParticipantID: 1, FN: "1", INN: "7", PhoneMark: "a", NameMark: "a", Total: money.Kopecks(1), At: noon, BoughtAt: noon}
				rules := parsed(t, "rules: "+tt.rules)
				if v, err := judge(db, rules, f); err != nil || v.String() != tt.found {
					t.Errorf("%v (%v), want %s", v, err, tt.found)
				}
			})
		})
	}
}

// TestRulesSeeAllThatMatters: what is read beside a sighting lets the same rules
// hit as everything there is.
func TestRulesSeeAllThatMatters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		people(t, db, 40)
		dice := rand.New(rand.NewPCG(5, 8))
		mark := func(n int) string { return []string{"", "1", "2", "3"}[dice.IntN(n)] }
		moment := func() time.Time { return noon.Add(time.Duration(dice.IntN(3*24*60)) * time.Minute) }
		var all []fraud.Sighting
		crowd(t, db, 3000, func(int) fraud.Sighting {
			all = append(all, fraud.Sighting{ParticipantID: int64(1 + dice.IntN(40)), PhoneMark: mark(4), NameMark: mark(4), FN: mark(3) + "f", INN: mark(2),
				TotalKopecks: money.Kopecks(1 + dice.IntN(1000)), BoughtAt: moment(), SubmittedAt: moment()})
			return all[len(all)-1]
		})
		for i := range all {
			all[i].Subject = fmt.Sprint("earlier:", i)
		}
		hits := map[string]int{}
		for i := range 40 {
			var rules fraud.Rules
			for n := range 12 {
				rules.Velocity = append(rules.Velocity, diced(dice, n))
			}
			seen := all[i]
			f := fraud.Facts{Subject: seen.Subject, ParticipantID: seen.ParticipantID, PhoneMark: seen.PhoneMark, NameMark: seen.NameMark, FN: seen.FN, INN: seen.INN,
				Total: seen.TotalKopecks, At: seen.SubmittedAt, BoughtAt: seen.BoughtAt}
			want, err := rules.Weigh(f, all)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := judge(db, rules, f); err != nil || got.String() != want.String() {
				t.Errorf("%+v\n%v (%v), want %v", rules.Velocity, got, err, want)
			}
			hits[fmt.Sprint(len(want.Hits))]++
		}
		if len(hits) < 4 {
			t.Errorf("%v: the dice show too little", hits)
		}
	})
}

// diced is a rule of whatever a rules file may say.
func diced(dice *rand.Rand, n int) fraud.Rule {
	by := [][]fraud.Key{{fraud.ByINN}, {fraud.ByPhone}, {fraud.ByPhone, fraud.ByINN}}
	windows := []fraud.Window{{Slide: time.Hour}, {Slide: 7 * time.Hour}, {Slide: 72 * time.Hour}, {ShopDay: true}, {Slide: 9 * time.Hour, Shop: true}}
	measures := []struct {
		fraud.Measure
		most int64
	}{{fraud.Measure{Op: "count", Of: "receipts"}, 499}, {fraud.Measure{Op: "sum", Of: "kopecks"}, 700_000}, {fraud.Measure{Op: "distinct", Of: "participants"}, 40},
		{fraud.Measure{Op: "distinct", Of: "names"}, 3}, {fraud.Measure{Op: "distinct", Of: "tills"}, 3}, {fraud.Measure{Op: "distinct", Of: "shop_days"}, 4}}
	m := measures[dice.IntN(len(measures))]
	return fraud.Rule{ID: fmt.Sprint("fraud.r", n), Measure: m.Measure, By: by[dice.IntN(len(by))], Window: windows[dice.IntN(len(windows))],
		Limit: 1 + dice.Int64N(m.most), Tier: fraud.Hold, Score: 30}
}

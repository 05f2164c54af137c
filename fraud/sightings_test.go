package fraud_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"promobot/fraud"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
)

// people makes n participants, numbered from 1.
func people(t *testing.T, db *store.DB, n int) {
	t.Helper()
	err := db.InTx(context.Background(), func(tx *store.Tx) error {
		for range n {
			if err := tx.Exec("INSERT INTO participants (language, created_at) VALUES ('ru', ?)", tx.Now()).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// judge is a settlement as a proof makes it: the participant is locked, then
// the rules judge.
func judge(db *store.DB, rules fraud.Rules, f fraud.Facts) (v fraud.Verdict, err error) {
	ctx := context.Background()
	err = db.InTx(ctx, func(tx *store.Tx) error {
		var id int64
		if err := tx.Table("participants").Clauses(store.ForUpdate()).Select("id").Where("id = ?", f.ParticipantID).Scan(&id).Error; err != nil {
			return err
		}
		v, err = rules.Judge(ctx, tx, f)
		return err
	})
	return v, err
}

func parsed(t *testing.T, text string) fraud.Rules {
	t.Helper()
	rules, problems := fraud.Parse([]byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return rules
}

// atOnce runs fn n times at the same moment.
func atOnce(n int, fn func(i int)) {
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		group.Go(func() { <-start; fn(i) })
	}
	close(start)
	group.Wait()
}

// whole fails if something passed beyond its limit.
func whole(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := context.Background()
	checked, leaks, err := fraud.Recount(ctx, func() *gorm.DB { return db.Read(ctx).Where("outcome = 'allow'") })
	if err != nil || checked == 0 || len(leaks) > 0 {
		t.Errorf("%d checked, leaks %v (%v)", checked, leaks, err)
	}
}

// TestLimitsAreExactWhenAllComeAtOnce: of fifty settlements at the same moment
// exactly the limit passes, whatever they have in common.
func TestLimitsAreExactWhenAllComeAtOnce(t *testing.T) {
	for _, tt := range []struct {
		name, rule string
		facts      func(i int) fraud.Facts
		pass       int64
	}{
		{"one till, fifty people", "measure: distinct participants, by: till, window: shop day, limit: 10",
			func(i int) fraud.Facts { return fraud.Facts{ParticipantID: int64(i + 1), FN: "1"} }, 10},
		{"one seller, fifty people and tills", "measure: count receipts, by: inn, window: 24h, limit: 7",
			func(i int) fraud.Facts {
				return fraud.Facts{ParticipantID: int64(i + 1), FN: fmt.Sprint(i), INN: "7700000001"}
			}, 7},
		{"one phone, fifty people", "measure: sum kopecks, by: phone, window: 7d, limit: 500000",
			func(i int) fraud.Facts {
				return fraud.Facts{ParticipantID: int64(i + 1), PhoneMark: "a", FN: fmt.Sprint(i), Total: 1000_00}
			}, 5},
		{"one person", "measure: count receipts, by: participant, window: 1h, limit: 5",
			func(i int) fraud.Facts { return fraud.Facts{ParticipantID: 1, FN: fmt.Sprint(i)} }, 5},
		{"one person at one till", "measure: count receipts, by: [participant, till], window: 10m, limit: 3",
			func(int) fraud.Facts { return fraud.Facts{ParticipantID: 1, FN: "1"} }, 3},
		{"one person at many tills", "measure: distinct tills, by: participant, window: 1h, limit: 4",
			func(i int) fraud.Facts { return fraud.Facts{ParticipantID: 1, FN: fmt.Sprint(i)} }, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				people(t, db, 50)
				rules := parsed(t, "rules: [{id: fraud.test, tier: review, "+tt.rule+"}]").Ready()
				var passed atomic.Int64
				atOnce(50, func(i int) {
					f := tt.facts(i)
					f.Subject, f.At, f.BoughtAt = fmt.Sprint("receipt:", i), noon.Add(time.Duration(i)*time.Second), noon
					v, err := judge(db, rules, f)
					if err != nil {
						t.Error(err)
					}
					if v.Outcome == fraud.Allow {
						passed.Add(1)
					}
				})
				if passed.Load() != tt.pass {
					t.Errorf("%d passed, want %d", passed.Load(), tt.pass)
				}
				whole(t, db)
			})
		})
	}
}

// TestRecountFindsALeak: what passed though it ought not to is named.
func TestRecountFindsALeak(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		people(t, db, 12)
		rules := fraud.Standard()
		rules.ReceiptsPerHour = 2
		for i := range 15 {
			f := fraud.Facts{Subject: fmt.Sprint("receipt:", i), ParticipantID: int64(1 + i%12), FN: "1", At: noon.Add(time.Duration(i) * time.Hour), BoughtAt: noon}
			if _, err := judge(db, rules, f); err != nil {
				t.Fatal(err)
			}
		}
		whole(t, db)
		leaks := func(where string) string {
			_, list, err := fraud.Recount(ctx, func() *gorm.DB { return db.Read(ctx).Where(where) })
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(list)
		}
		if got := leaks("outcome <> ''"); got != "[{receipt:10 fraud.till_people 11 10} {receipt:11 fraud.till_people 12 10} {receipt:12 fraud.till_people 12 10} {receipt:13 fraud.till_people 12 10} {receipt:14 fraud.till_people 12 10}]" {
			t.Errorf("had all passed: %s", got)
		}
		if err := db.InTx(ctx, func(tx *store.Tx) error {
			return tx.Exec("UPDATE sightings SET participant_id = 1, submitted_at = ? WHERE id IN (4, 5)", noon).Error
		}); err != nil {
			t.Fatal(err)
		}
		if got := leaks("outcome = 'allow'"); got != "[{receipt:4 fraud.receipts_per_hour 3 2}]" {
			t.Errorf("three of one hour: %s", got)
		}
	})
}

// TestRecountLeavesOutWhatHasNoKey: receipts without a phone or a seller are not
// gathered as those of one.
func TestRecountLeavesOutWhatHasNoKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		people(t, db, 1)
		for key, want := range map[string]int64{"phone": 1, "inn": 2, "till": 4, "participant": 4} {
			rules := parsed(t, "rules: [{id: fraud.by_"+key+", measure: count receipts, by: "+key+", window: 1h, limit: 9, tier: hold}]")
			for i, f := range []fraud.Facts{{}, {PhoneMark: "a", INN: "7"}, {INN: "7"}, {}} {
				f.Subject, f.ParticipantID, f.FN, f.At, f.BoughtAt = fmt.Sprint("receipt:", i, key), 1, "1", noon, noon
				if _, err := judge(db, rules, f); err != nil {
					t.Fatal(err)
				}
			}
			checked, leaks, err := fraud.Recount(ctx, func() *gorm.DB { return db.Read(ctx).Where("rules = ?", rules.Version()) })
			if err != nil || checked != want || len(leaks) != 0 {
				t.Errorf("by %s %d are checked, leaks %v (%v); want %d", key, checked, leaks, err, want)
			}
		}
	})
}

// TestCrossingKeysDoNotLockEachOther: people race over tills, phones and
// sellers in every combination; no transaction is given up, no limit leaks.
func TestCrossingKeysDoNotLockEachOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		people(t, db, 8)
		rules := parsed(t, `rules:
  - {id: fraud.by_till, measure: count receipts, by: till, window: 1h, limit: 20, tier: review, mark: till}
  - {id: fraud.by_phone, measure: count receipts, by: phone, window: 1h, limit: 20, tier: hold}
  - {id: fraud.by_inn, measure: distinct participants, by: inn, window: 1h, limit: 5, tier: refuse}
  - {id: fraud.by_both, measure: count receipts, by: [till, inn], window: shop day, limit: 15, tier: slow}`).Ready()
		atOnce(8, func(worker int) {
			dice := rand.New(rand.NewPCG(uint64(worker), 3))
			for i := range 15 {
				f := fraud.Facts{Subject: fmt.Sprint("receipt:", worker*100+i), ParticipantID: int64(1 + dice.IntN(8)), At: noon, BoughtAt: noon,
					FN: fmt.Sprint(dice.IntN(3)), INN: fmt.Sprint(dice.IntN(3)), PhoneMark: fmt.Sprint(dice.IntN(3))}
				if _, err := judge(db, rules, f); err != nil {
					t.Error(err)
				}
			}
		})
		whole(t, db)
	})
}

// TestJudgedAgain: the same subject is remembered once and not counted against
// itself.
func TestJudgedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		people(t, db, 1)
		rules := parsed(t, "rules: [{id: fraud.test, tier: hold, measure: count receipts, by: participant, window: 1h, limit: 1}]")
		f := fraud.Facts{ParticipantID: 1, FN: "1", At: noon, BoughtAt: noon}
		for i, want := range []fraud.Outcome{fraud.Allow, fraud.Hold} {
			f.Subject = fmt.Sprint("receipt:", i)
			for range 3 {
				if v, err := judge(db, rules, f); err != nil || i == 0 && v.Outcome != want || i == 1 && v.Outcome != want {
					t.Errorf("receipt %d: %v (%v), want %s", i, v, err, want)
				}
			}
		}
		var n int64
		if err := db.Read(context.Background()).Model(&fraud.Sighting{}).Count(&n).Error; err != nil || n != 2 {
			t.Errorf("%d sightings (%v), want 2", n, err)
		}
	})
}

// TestSuspiciousTill: the eleventh person of a shop day marks the till; the
// mark stays, and a condition can ask for it.
func TestSuspiciousTill(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		people(t, db, 12)
		rules := fraud.Standard()
		rules.Velocity = append(rules.Velocity, parsed(t, "rules: [{id: fraud.marked, tier: slow, when: till_suspicious}]").Velocity...)
		at := func(person int64, day time.Time, fn string) fraud.Verdict {
			t.Helper()
			f := fraud.Facts{Subject: fmt.Sprint(person, day, fn), ParticipantID: person, FN: fn, At: day.Add(time.Hour), BoughtAt: day}
			v, err := judge(db, rules, f)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		for person := int64(1); person <= 10; person++ {
			if v := at(person, noon, "1"); v.Outcome != fraud.Allow {
				t.Errorf("person %d: %v", person, v)
			}
		}
		if v := at(11, noon.AddDate(0, 0, 1), "1"); v.Outcome != fraud.Allow {
			t.Errorf("the next day: %v", v)
		}
		if v := at(11, noon, "2"); v.Outcome != fraud.Allow {
			t.Errorf("another till: %v", v)
		}
		if v := at(11, noon, "1"); v.String() != "review: fraud.till_people" || fmt.Sprint(v.Hits[0].Args["fn"], v.Hits[0].Args["participants"], v.Hits[0].Args["limit"]) != "111 10" {
			t.Errorf("the eleventh: %v %v", v, v.Hits)
		}
		if v := at(1, noon.Add(time.Hour), "1"); v.String() != "review: fraud.till_people, fraud.marked" {
			t.Errorf("one of the ten again: %v", v)
		}
		if v := at(12, noon.AddDate(0, 0, 1), "1"); v.String() != "slow: fraud.marked" {
			t.Errorf("the marked till the next day: %v", v)
		}
	})
}

// TestExemption sets one rule aside for one person until its end.
func TestExemption(t *testing.T) {
	now := atomic.Int64{}
	now.Store(noon.UnixMicro())
	storetest.EachAt(t, func() time.Time { return time.UnixMicro(now.Load()) }, func(t *testing.T, db *store.DB) {
		people(t, db, 2)
		exempt := func(e fraud.Exemption) error {
			return db.InTx(context.Background(), func(tx *store.Tx) error { return fraud.Exempt(context.Background(), tx, e) })
		}
		for name, e := range map[string]fraud.Exemption{
			"no rule": {ParticipantID: 1, Until: noon.Add(time.Hour), DecidedBy: "anna"}, "nobody": {ParticipantID: 1, Rule: "fraud.x", Until: noon.Add(time.Hour)},
			"over already": {ParticipantID: 1, Rule: "fraud.x", Until: noon, DecidedBy: "anna"}, "for ever": {ParticipantID: 1, Rule: "fraud.x", Until: noon.AddDate(2, 0, 0), DecidedBy: "anna"},
		} {
			if err := exempt(e); !errors.Is(err, fraud.ErrExemption) {
				t.Errorf("%s: %v, want ErrExemption", name, err)
			}
		}
		if err := exempt(fraud.Exemption{ParticipantID: 1, Rule: fraud.RuleNamesPerPhone, Until: noon.Add(24 * time.Hour), DecidedBy: "anna", Note: "family"}); err != nil {
			t.Fatal(err)
		}
		for person, want := range map[int64]fraud.Outcome{1: fraud.Allow, 2: fraud.Review} {
			f := fraud.Facts{Subject: fmt.Sprint("receipt:", person), ParticipantID: person, At: noon, BoughtAt: noon, NamesOnPhone: 2, FN: "1"}
			if v, err := judge(db, fraud.DefaultRules, f); err != nil || v.Outcome != want {
				t.Errorf("participant %d: %v (%v), want %s", person, v, err, want)
			}
		}
	})
}

func TestExemptionEnds(t *testing.T) {
	now := atomic.Int64{}
	now.Store(noon.UnixMicro())
	storetest.EachAt(t, func() time.Time { return time.UnixMicro(now.Load()) }, func(t *testing.T, db *store.DB) {
		people(t, db, 1)
		err := db.InTx(context.Background(), func(tx *store.Tx) error {
			return fraud.Exempt(context.Background(), tx, fraud.Exemption{ParticipantID: 1, Rule: fraud.RuleNamesPerPhone, Until: tx.Now().Add(time.Hour), DecidedBy: "anna"})
		})
		if err != nil {
			t.Fatal(err)
		}
		now.Add((2 * time.Hour).Microseconds())
		f := fraud.Facts{Subject: "receipt:1", ParticipantID: 1, At: noon, BoughtAt: noon, NamesOnPhone: 2, FN: "1"}
		if v, err := judge(db, fraud.DefaultRules, f); err != nil || v.Outcome != fraud.Review {
			t.Errorf("after its end: %v (%v), want review", v, err)
		}
	})
}

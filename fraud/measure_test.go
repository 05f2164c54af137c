package fraud_test

import (
	"fmt"
	"testing"
	"time"

	"promobot/fraud"
	"promobot/internal/money"
)

// seen is a sighting beside the judged one, which is participant 1's at noon,
// at till 1 of seller 7, by phone a, for 1000 roubles.
type seen struct {
	minutes float64 // submitted, from noon
	bought  float64 // on the shop's clock, likewise
	person  int64
	fn, inn string
	phone   string
	total   money.Kopecks
}

// TestMeasures is the table of what each rule counts.
func TestMeasures(t *testing.T) {
	self := seen{0, 0, 1, "1", "7", "a", 1000_00}
	at := func(minutes float64) seen { s := self; s.minutes = minutes; return s }
	bought := func(minutes float64) seen { s := self; s.bought = minutes; return s }
	by := func(person int64) seen { s := self; s.person = person; return s }
	for _, tt := range []struct {
		name, rule string
		others     []seen
		n          int64 // what it measures; hit or not by the limit of 2
	}{
		{"nothing else", "count receipts, by: participant, window: 1h", nil, 1},
		{"the limit", "count receipts, by: participant, window: 1h", []seen{at(-5)}, 2},
		{"one more", "count receipts, by: participant, window: 1h", []seen{at(-5), at(5)}, 3},
		{"just outside on both sides", "count receipts, by: participant, window: 1h", []seen{at(-60), at(60)}, 1},
		{"just inside, but not in one window", "count receipts, by: participant, window: 1h", []seen{at(-31), at(31)}, 2},
		{"a day", "count receipts, by: participant, window: 24h", []seen{at(-1439), at(-700), at(1440)}, 3},
		{"a week", "count receipts, by: participant, window: 7d", []seen{at(-7*1440 + 1), at(-7 * 1440)}, 2},
		{"another person's", "count receipts, by: participant, window: 1h", []seen{by(2), by(3)}, 1},
		{"many people's at one till", "count receipts, by: till, window: 1h", []seen{by(2), by(3)}, 3},
		{"another till", "count receipts, by: till, window: 1h", []seen{{0, 0, 2, "2", "7", "a", 1}}, 1},
		{"both keys must agree", "count receipts, by: [participant, till], window: 1h", []seen{by(2), {0, 0, 1, "2", "7", "a", 1}, at(1)}, 2},
		{"by seller over tills", "count receipts, by: inn, window: 1h", []seen{{0, 0, 2, "2", "7", "b", 1}, {0, 0, 3, "3", "8", "c", 1}}, 2},
		{"by phone over people", "count receipts, by: phone, window: 1h", []seen{{0, 0, 2, "2", "9", "a", 1}, {0, 0, 3, "3", "9", "", 1}}, 2},
		{"a sum", "sum kopecks, by: participant, window: 1h", []seen{at(-5), at(-61)}, 2000_00},
		{"the dearest window", "sum kopecks, by: participant, window: 1h", []seen{{-50, 0, 1, "1", "7", "a", 9000_00}, {20, 0, 1, "1", "7", "a", 1}}, 10000_00},
		{"people", "distinct participants, by: till, window: 1h", []seen{by(2), by(2), by(1), by(3)}, 3},
		{"people of different windows", "distinct participants, by: till, window: 1h", []seen{{-40, 0, 2, "1", "7", "a", 1}, {40, 0, 3, "1", "7", "a", 1}}, 2},
		{"tills", "distinct tills, by: participant, window: 1h", []seen{{0, 0, 1, "2", "7", "a", 1}, {0, 0, 1, "1", "7", "a", 1}}, 2},
		{"unknown sellers are none", "distinct inns, by: participant, window: 1h", []seen{{0, 0, 1, "2", "", "a", 1}, {0, 0, 1, "3", "", "a", 1}}, 1},
		{"phones", "distinct phones, by: till, window: 1h", []seen{{0, 0, 2, "1", "7", "b", 1}, {0, 0, 3, "1", "7", "", 1}}, 2},
		{"a shop day", "distinct participants, by: till, window: shop day", []seen{{9999, 719, 2, "1", "7", "a", 1}, {0, -720, 3, "1", "7", "a", 1}, {0, 720, 4, "1", "7", "a", 1}, {0, -721, 5, "1", "7", "a", 1}}, 3},
		{"along the shop's clock", "count receipts, by: [participant, till], window: 10m, clock: shop", []seen{bought(-9), bought(9), {0, 10, 1, "1", "7", "a", 1}}, 2},
		{"shop days", "distinct shop_days, by: participant, window: 7d", []seen{bought(-1440), bought(-2880), bought(1)}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var others []fraud.Sighting
			for i, s := range tt.others {
				wall := noon.Add(time.Duration(s.bought * float64(time.Minute)))
				others = append(others, fraud.Sighting{Subject: fmt.Sprint("receipt:", 100+i), ParticipantID: s.person, PhoneMark: s.phone, FN: s.fn, INN: s.inn,
					TotalKopecks: s.total, BoughtAt: wall, SubmittedAt: noon.Add(time.Duration(s.minutes * float64(time.Minute)))})
			}
			for limit, want := range map[int64]fraud.Outcome{tt.n - 1: fraud.Hold, tt.n: fraud.Allow} {
				if limit == 0 {
					continue
				}
				rules := parsed(t, fmt.Sprintf("rules: [{id: fraud.test, measure: %s, limit: %d, tier: hold}]", tt.rule, limit))
				f := fraud.Facts{BoughtAt: noon, FN: "1", INN: "7", PhoneMark: "a", Total: 1000_00}
				if v := weigh(t, rules, f, others); v.Outcome != want {
					t.Errorf("limit %d: %v, want %s (measures %d)", limit, v, want, tt.n)
				}
			}
		})
	}
}

// TestWithoutAKeyNothingIsCounted: an empty phone or seller never matches
// another.
func TestWithoutAKeyNothingIsCounted(t *testing.T) {
	for _, key := range []string{"phone", "inn", "till", "[phone, inn]"} {
		rules := parsed(t, "rules: [{id: fraud.test, measure: count receipts, by: "+key+", window: 1h, limit: 1, tier: hold}]")
		if v := weigh(t, rules, fraud.Facts{BoughtAt: noon}, minutes(1, 2, 3)); v.Outcome != fraud.Allow {
			t.Errorf("by %s: %v, want allow", key, v)
		}
	}
}

// TestConditions ask about the receipt, and hit only together with the limit.
func TestConditions(t *testing.T) {
	night := time.Date(2026, 3, 15, 3, 30, 0, 0, time.UTC) // a Sunday
	f := fraud.Facts{BoughtAt: night, FN: "1", INN: "7", Total: 9000_00, Lines: 10_00, NamesOnPhone: 3, Families: 2}
	for when, want := range map[string]bool{
		"n > 2": true, "n > 3": false, "total >= 900000": true, "total > 900000": false, "lines == 1000": true,
		"hour == 3 and weekday == 7": true, "hour in [4, 5]": false, "names_on_phone > families_on_phone": true, "has_phone": false,
		`fn == "1" and inn startsWith "7"`: true, `inn matches "^9"`: false, "till_suspicious": false, "not till_suspicious": true,
	} {
		rules := parsed(t, "rules: [{id: fraud.test, measure: count receipts, by: participant, window: 1h, limit: 2, tier: hold, when: '"+when+"'}]")
		if v := weigh(t, rules, f, minutes(1, 2)); (v.Outcome == fraud.Hold) != want {
			t.Errorf("%s: %v, want a hit %t", when, v, want)
		}
		if v := weigh(t, rules, f, minutes(1)); v.Outcome != fraud.Allow {
			t.Errorf("%s within the limit: %v", when, v)
		}
	}
	alone := parsed(t, "rules: [{id: fraud.test, tier: refuse, when: 'total > 500000 and hour < 6'}]")
	if v := weigh(t, alone, f, nil); v.Outcome != fraud.Refuse || v.Score != 90 {
		t.Errorf("a condition alone: %v with %d", v, v.Score)
	}
}

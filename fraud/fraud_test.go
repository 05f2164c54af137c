package fraud_test

import (
	"fmt"
	"testing"
	"time"

	"promobot/fraud"
	"promobot/internal/money"
)

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// minutes are sightings of participant 1, submitted minutes from noon.
func minutes(list ...float64) []fraud.Sighting {
	seen := make([]fraud.Sighting, len(list))
	for i, m := range list {
		seen[i] = fraud.Sighting{Subject: fmt.Sprint("receipt:", i+100), ParticipantID: 1, SubmittedAt: noon.Add(time.Duration(m * float64(time.Minute)))}
	}
	return seen
}

// weigh judges a receipt of participant 1 at noon.
func weigh(t *testing.T, r fraud.Rules, f fraud.Facts, others []fraud.Sighting) fraud.Verdict {
	t.Helper()
	f.Subject, f.ParticipantID, f.At = "receipt:1", 1, noon
	v, err := r.Weigh(f, others)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestReceiptsPerHour(t *testing.T) {
	for _, tt := range []struct {
		name   string
		others []fraud.Sighting
		want   fraud.Outcome
	}{
		{"first ever", nil, fraud.Allow},
		{"fifth of the hour", minutes(-50, -40, -30, -20), fraud.Allow},
		{"sixth of the hour", minutes(-50, -40, -30, -20, -10), fraud.Review},
		{"sixth, the first exactly an hour ago", minutes(-60, -40, -30, -20, -10), fraud.Allow},
		{"sixth, the first a moment less than an hour ago", minutes(-59.999, -40, -30, -20, -10), fraud.Review},
		{"sixth over a clock's full hour", minutes(-35, -34, -33, -32, -31), fraud.Review},
		{"all at once", minutes(0, 0, 0, 0, 0), fraud.Review},
		{"an earlier one that is verified last", minutes(10, 20, 30, 40, 50), fraud.Review},
		{"ten, but five on either side", minutes(-59, -58, -57, 57, 58, 59), fraud.Allow},
		{"a busy hour that does not hold this one", minutes(-100, -99, -98, -97, -96, -95), fraud.Allow},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := weigh(t, fraud.DefaultRules, fraud.Facts{NamesOnPhone: 1}, tt.others); got.Outcome != tt.want {
				t.Errorf("%v, want %s", got, tt.want)
			}
		})
	}
}

func TestNamesPerPhone(t *testing.T) {
	strict, kind := fraud.DefaultRules, fraud.DefaultRules
	kind.Relatives = true
	for _, tt := range []struct {
		rules           fraud.Rules
		names, families int
		want            fraud.Outcome
	}{
		{strict, 0, 0, fraud.Allow}, {strict, 1, 1, fraud.Allow}, {strict, 2, 1, fraud.Review}, {strict, 9, 9, fraud.Review},
		{kind, 0, 0, fraud.Allow}, {kind, 2, 1, fraud.Allow}, {kind, 9, 1, fraud.Allow}, {kind, 2, 2, fraud.Review}, {kind, 9, 2, fraud.Review},
	} {
		got := weigh(t, tt.rules, fraud.Facts{NamesOnPhone: tt.names, Families: tt.families}, nil)
		if got.Outcome != tt.want {
			t.Errorf("%d names of %d families, relatives %t: %v, want %s", tt.names, tt.families, tt.rules.Relatives, got, tt.want)
		}
	}
}

func TestLinesDoNotCostMoreThanTheTotal(t *testing.T) {
	for lines, want := range map[money.Kopecks]fraud.Outcome{
		0: fraud.Allow, 1000_00: fraud.Allow, 1000_99: fraud.Allow, 1001_00: fraud.Review, 9000_00: fraud.Review,
	} {
		if got := weigh(t, fraud.Rules{}, fraud.Facts{Total: 1000_00, Lines: lines}, nil); got.Outcome != want {
			t.Errorf("lines of %s on a total of 1000.00: %v, want %s", lines, got, want)
		}
	}
}

func TestZeroRulesHaveNoLimits(t *testing.T) {
	got := weigh(t, fraud.Rules{}, fraud.Facts{NamesOnPhone: 7, FN: "1"}, minutes(0, 0, 0, 0, 0, 0, 0))
	if got.Outcome != fraud.Allow || got.Score != 0 || len(got.Hits) != 0 {
		t.Errorf("%v, want allow", got)
	}
}

// TestVerdictIsOrdered: whatever the order of the hits, the worst stands first
// and the score is the same.
func TestVerdictIsOrdered(t *testing.T) {
	hits := []fraud.Hit{
		{Rule: "fraud.c", Tier: fraud.Slow}, {Rule: "fraud.b", Tier: fraud.Review}, {Rule: "fraud.a", Tier: fraud.Review, Score: 70},
		{Rule: "fraud.d", Tier: fraud.Refuse}, {Rule: "fraud.e", Tier: fraud.Hold}, {Rule: "fraud.0"},
	}
	for range 6 {
		hits = append(hits[1:], hits[0])
		v := fraud.Verdict{Outcome: fraud.Allow}
		for _, hit := range hits {
			v = v.With(hit)
		}
		if got := v.String(); got != "refuse: fraud.d, fraud.0, fraud.a, fraud.b, fraud.e, fraud.c" || v.Score != 99 {
			t.Errorf("%s with a score of %d", got, v.Score)
		}
		if got := v.Beyond(fraud.Hold).String(); got != "refuse: fraud.d, fraud.0, fraud.a, fraud.b" {
			t.Errorf("beyond hold: %s", got)
		}
		if got := v.Beyond(fraud.Refuse); got.Outcome != fraud.Allow || got.Score != 0 {
			t.Errorf("beyond refuse: %v with a score of %d", got, got.Score)
		}
	}
}

func TestScore(t *testing.T) {
	for _, tt := range []struct {
		scores []int
		want   int
	}{{nil, 0}, {[]int{1}, 1}, {[]int{50}, 50}, {[]int{50, 50}, 75}, {[]int{99, 99, 99}, 99}, {[]int{60, 40, 10}, 78}} {
		v := fraud.Verdict{}
		for i, score := range tt.scores {
			v = v.With(fraud.Hit{Rule: fmt.Sprint("fraud.", i), Score: score})
		}
		if v.Score != tt.want {
			t.Errorf("%v make %d, want %d", tt.scores, v.Score, tt.want)
		}
	}
}

func TestWorse(t *testing.T) {
	order := []fraud.Outcome{"nonsense", fraud.Allow, fraud.Slow, fraud.Hold, fraud.Review, fraud.Refuse}
	for i, a := range order {
		for j, b := range order {
			if a.Worse(b) != (i > j) {
				t.Errorf("%s worse than %s: %t", a, b, a.Worse(b))
			}
		}
	}
}

func ExampleRules_Weigh() {
	facts := fraud.Facts{Subject: "receipt:1", ParticipantID: 1, At: noon, NamesOnPhone: 3}
	verdict, _ := fraud.DefaultRules.Weigh(facts, minutes(-5, -4, -3, -2, -1))
	fmt.Println(verdict, verdict.Score)
	fmt.Println(verdict.Hits[1].Args)
	// Output:
	// review: fraud.names_per_phone, fraud.receipts_per_hour 75
	// map[by:participant limit:5 minutes:5 receipts:6 window:1h]
}

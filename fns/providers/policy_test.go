package providers

import (
	"slices"
	"testing"
	"time"
)

// noon in Moscow.
var noon = time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)

func TestDaysAroundMidnight(t *testing.T) {
	midnight := time.Date(2026, 3, 14, 21, 0, 0, 0, time.UTC) // of the 15th in Moscow
	for _, tt := range []struct {
		at   time.Time
		want []string
	}{
		{noon, []string{"2026-03-14"}},
		{midnight.Add(-dayEdge - time.Second), []string{"2026-03-14"}},
		{midnight.Add(-dayEdge), []string{"2026-03-14", "2026-03-15"}},
		{midnight.Add(-time.Microsecond), []string{"2026-03-14", "2026-03-15"}},
		{midnight, []string{"2026-03-15", "2026-03-14"}},
		{midnight.Add(dayEdge), []string{"2026-03-15"}},
	} {
		if got := days(tt.at); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.at, got, tt.want)
		}
	}
}

func TestQuota(t *testing.T) {
	midnight, freed := time.Date(2026, 3, 14, 21, 0, 0, 0, time.UTC), time.Date(2026, 3, 14, 20, 0, 0, 0, time.UTC)
	over := midnight.Add(dayEdge)
	for _, tt := range []struct {
		name        string
		q           quota
		at          time.Time
		fresh, more time.Time // until when a fresh question and a retry are refused
	}{
		{"unknown", quota{used: 1e6}, noon, time.Time{}, time.Time{}},
		{"untouched", quota{limit: 100}, noon, time.Time{}, time.Time{}},
		{"the last fresh one", quota{limit: 100, used: 89}, noon, time.Time{}, time.Time{}},
		{"what is kept for old receipts", quota{limit: 100, used: 90}, noon, freed, time.Time{}},
		{"the last of all", quota{limit: 100, used: 99}, noon, freed, time.Time{}},
		{"used up", quota{limit: 100, used: 100}, noon, over, over},
		{"a limit that was lowered", quota{limit: 100, used: 170}, noon, over, over},
		{"too small to keep any", quota{limit: 9, used: 8}, noon, time.Time{}, time.Time{}},
		{"freed in the last hour", quota{limit: 100, used: 99}, freed, time.Time{}, time.Time{}},
		{"just before that", quota{limit: 100, used: 99}, freed.Add(-time.Second), freed, time.Time{}},
		{"used up in the last hour", quota{limit: 100, used: 100}, freed, over, over},
		{"used up, and just over", quota{limit: 100, used: 100}, midnight.Add(time.Second), over, over},
		{"stopped by the service", quota{limit: 100, stoppedUntil: midnight}, noon, midnight, midnight},
		{"stopped, quota unknown", quota{stoppedUntil: midnight}, noon, midnight, midnight},
		{"stopped yesterday", quota{limit: 100, stoppedUntil: noon}, noon, time.Time{}, time.Time{}},
	} {
		if got := tt.q.refusedUntil(tt.at, false); !got.Equal(tt.fresh) {
			t.Errorf("%s: a fresh question is refused until %s, want %s", tt.name, got, tt.fresh)
		}
		if got := tt.q.refusedUntil(tt.at, true); !got.Equal(tt.more) {
			t.Errorf("%s: a retry is refused until %s, want %s", tt.name, got, tt.more)
		}
	}
}

func TestQuotaThatIsScarceOrLow(t *testing.T) {
	for _, tt := range []struct {
		limit, used int
		low, scarce bool
	}{{0, 1000, false, false}, {100, 90, false, false}, {100, 91, true, false}, {100, 95, true, false}, {100, 96, true, true}, {100, 100, true, true}} {
		q := quota{limit: tt.limit, used: tt.used}
		if q.low() != tt.low || q.scarce() != tt.scarce {
			t.Errorf("%d of %d: low %t scarce %t", tt.used, tt.limit, q.low(), q.scarce())
		}
	}
}

func TestBreakerOpensWhenMostCallsFail(t *testing.T) {
	for _, tt := range []struct {
		name            string
		failed          bool
		calls, failures int
		want            string
	}{
		{"few calls say nothing", true, fewCalls - 1, fewCalls - 1, Closed},
		{"three of four", true, 20, 15, Open},
		{"one fewer", true, 20, 14, Closed},
		{"all", true, 50, 50, Open},
		{"a success opens nothing", false, 20, 19, Closed},
	} {
		if got := (breaker{state: Closed}).record(noon, tt.failed, tt.calls, tt.failures); got.state != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got.state, tt.want)
		}
	}
}

// TestBreakerFromOpenToClosed walks it around: rest, two probes at a time,
// three that succeed close it, one that fails makes it rest twice as long.
func TestBreakerFromOpenToClosed(t *testing.T) {
	b := breaker{state: Closed}.record(noon, true, 20, 20)
	if got := b.refuses(noon); got != firstRest {
		t.Fatalf("rests %s, want %s", got, firstRest)
	}
	if got := b.record(noon, false, 11, 10); got != b {
		t.Errorf("a straggler changes an open breaker to %+v", got)
	}
	at := noon.Add(firstRest)
	for range probesAtATime {
		if wait := b.refuses(at); wait != 0 {
			t.Fatalf("a probe is refused for %s", wait)
		}
		b = b.grant(at)
	}
	if b.state != HalfOpen || b.refuses(at) == 0 {
		t.Errorf("%+v lets a third probe pass", b)
	}
	if again := b.record(at, true, 1, 1); again.state != Open || again.refuses(at) != 2*firstRest {
		t.Errorf("after a failed probe %+v, want twice the rest", again)
	}
	if silent := at.Add(probesTime); b.refuses(silent) != 0 {
		t.Error("probes that were never heard of again keep it shut")
	}
	for range probesToPass {
		b = b.record(at, false, 1, 0)
	}
	if b != (breaker{state: Closed}) {
		t.Errorf("after three good probes %+v, want closed", b)
	}
}

func TestRestsGrowToFiveMinutes(t *testing.T) {
	b := breaker{state: Closed}
	for _, want := range []time.Duration{15, 30, 60, 120, 240, 300, 300} {
		b = b.open(noon)
		if got := b.refuses(noon); got != want*time.Second {
			t.Errorf("rest %d is %s, want %s", b.opens, got, want*time.Second)
		}
	}
}

func TestPace(t *testing.T) {
	const usual = 200 * time.Millisecond
	p := pace{slow: 1}.take(noon, usual)
	if p.wait(noon, usual) != usual || p.wait(noon.Add(usual), usual) != 0 {
		t.Errorf("waits %s, want %s", p.wait(noon, usual), usual)
	}
	if p.wait(noon.Add(-time.Hour), usual) != 0 {
		t.Error("a clock that was set back stops the sends")
	}
	for _, want := range []int{2, 4, 8, 8} {
		if p = p.learn(true); p.slow != want {
			t.Errorf("%d times slower, want %d", p.slow, want)
		}
	}
	for range 3 * calmSends {
		p = p.learn(false)
	}
	if p.slow != 1 {
		t.Errorf("%d times slower after sixty calm sends, want the usual pace", p.slow)
	}
}

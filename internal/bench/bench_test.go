package bench_test

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"promobot/internal/bench"
)

func TestQuantileIsByNearestRank(t *testing.T) {
	ms := func(n int) (list []time.Duration) {
		for i := n; i > 0; i-- { // in no order
			list = append(list, time.Duration(i)*time.Millisecond)
		}
		return list
	}
	for _, tt := range []struct {
		name string
		n    int
		q    float64
		want float64
	}{
		{"nothing", 0, 0.5, 0},
		{"one", 1, 0.99, 1},
		{"the middle of two is the lower", 2, 0.5, 1},
		{"99 of 100", 100, 0.99, 99},
		{"99 % of 101 is 100 of them", 101, 0.99, 100},
		{"all", 7, 1, 7},
		{"none", 7, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := bench.Quantile(ms(tt.n), tt.q); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func tally(n int, took time.Duration) bench.Tally {
	return bench.Tally{Took: took, Latencies: make([]time.Duration, n)}
}

// One slice that something else disturbed does not change the figure.
func TestThroughputIsTheMedianSlice(t *testing.T) {
	side := []bench.Tally{tally(100, time.Second), tally(90, time.Second), tally(1, time.Second)}
	yardstick := []bench.Tally{tally(200, time.Second), tally(360, 2*time.Second), tally(150, time.Second)}
	f := bench.Throughput("x", "1/s", side, yardstick)
	if f.Value != 90 || f.Yardstick != 180 || f.Ratio != 0.5 || f.N != 191 {
		t.Errorf("%+v", f)
	}
	if f := bench.Throughput("x", "1/s", side, nil); f.Yardstick != 0 || f.Ratio != 0 {
		t.Errorf("without a yardstick: %+v", f)
	}
}

func TestSidesTakeTurns(t *testing.T) {
	var order string
	side := func(name string) bench.Side {
		return func(context.Context, time.Duration) (bench.Tally, error) { order += name; return tally(1, 1), nil }
	}
	tallies, err := bench.Interleave(context.Background(), time.Millisecond, side("a"), side("b"))
	if err != nil || order != "abababababab" || len(tallies[0]) != bench.Rounds || len(tallies[1]) != bench.Rounds {
		t.Errorf("%s, %d and %d slices, %v", order, len(tallies[0]), len(tallies[1]), err)
	}
	refusal := errors.New("no")
	_, err = bench.Interleave(context.Background(), time.Millisecond, side("a"),
		func(context.Context, time.Duration) (bench.Tally, error) { return bench.Tally{}, refusal })
	if !errors.Is(err, refusal) {
		t.Errorf("a side that fails: %v", err)
	}
}

func TestClosedEndsWithItsWork(t *testing.T) {
	var left atomic.Int64
	left.Store(10)
	got, err := bench.Closed(context.Background(), 4, time.Minute, func(context.Context) error {
		if left.Add(-1) < 0 {
			return bench.ErrEmpty
		}
		return nil
	})
	if err != nil || len(got.Latencies) != 10 {
		t.Errorf("%d pieces of work (%v), want 10", len(got.Latencies), err)
	}
	refusal := errors.New("no")
	if _, err := bench.Closed(context.Background(), 2, time.Minute, func(context.Context) error { return refusal }); !errors.Is(err, refusal) {
		t.Errorf("work that fails: %v", err)
	}
}

// Work that could not begin in time has been waited for since it was due.
func TestOpenCountsFromTheMomentThatWasDue(t *testing.T) {
	stuck := make(chan struct{}, 1)
	stuck <- struct{}{}
	got, err := bench.Open(context.Background(), 100, 100*time.Millisecond, func(context.Context) error {
		<-stuck
		time.Sleep(20 * time.Millisecond)
		stuck <- struct{}{}
		return nil
	})
	if err != nil || len(got.Latencies) != 10 {
		t.Fatalf("%d pieces of work (%v), want 10", len(got.Latencies), err)
	}
	if slowest := bench.Quantile(got.Latencies, 1); slowest < 100 {
		t.Errorf("the slowest took %v ms: ten pieces of 20 ms, one at a time, were due within 100 ms", slowest)
	}
}

func TestGrowth(t *testing.T) {
	var flat, rising []bench.Sample
	for i := range 10 {
		at := time.Duration(i) * time.Minute
		flat = append(flat, bench.Sample{At: at, Resident: 80})
		rising = append(rising, bench.Sample{At: at, Resident: 80 + 3*float64(i)})
	}
	for _, tt := range []struct {
		name    string
		samples []bench.Sample
		want    float64
	}{
		{"nothing", nil, 0}, {"one", flat[:1], 0}, {"flat", flat, 0}, {"rising", rising, 3}, {"second half", bench.Settled(rising), 3},
	} {
		if got := bench.Growth(tt.samples); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%s: %v MiB a minute, want %v", tt.name, got, tt.want)
		}
	}
}

// Package bench measures the product beside yardsticks: programs written by
// hand for one purpose, which run in the same minute on the same machine, since
// a figure alone says more about the machine than about the product.
//
// Both sides work in short slices that take turns, and medians are taken, so
// that what else the machine does falls on both.
package bench

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Rounds is how many slices each side works.
const Rounds = 5

// Figure is one measured value beside its yardstick, as printed.
type Figure struct {
	Name      string  `json:"name"`
	Value     float64 `json:"value"`
	Unit      string  `json:"unit"`
	Yardstick float64 `json:"yardstick"` // in the same unit; 0: none applies
	Ratio     float64 `json:"ratio"`     // value / yardstick; 0 without a yardstick
	P50       float64 `json:"p50"`       // milliseconds for one piece of work
	P99       float64 `json:"p99"`
	N         int     `json:"n"` // pieces of work that were measured

	Goal string `json:"-"` // what is hoped for, in words
}

// Tally is what came of one slice.
type Tally struct {
	Took      time.Duration
	Latencies []time.Duration // one for each piece of work
}

// Rate is pieces of work in a second.
func (t Tally) Rate() float64 { return float64(len(t.Latencies)) / t.Took.Seconds() }

// Side works one slice of about the given length. What it prepares before the
// work is not in the tally.
type Side func(ctx context.Context, length time.Duration) (Tally, error)

// Interleave lets the sides take turns, A B A B …, for Rounds rounds, and
// returns their tallies. A first, shorter turn of each warms up and counts not.
func Interleave(ctx context.Context, length time.Duration, sides ...Side) ([][]Tally, error) {
	tallies := make([][]Tally, len(sides))
	for round := range Rounds + 1 {
		for i, side := range sides {
			d := length
			if round == 0 {
				d = length / 4
			}
			t, err := side(ctx, d)
			if err != nil {
				return nil, fmt.Errorf("slice %d of side %d: %w", round, i+1, err)
			}
			if round > 0 {
				tallies[i] = append(tallies[i], t)
			}
		}
	}
	return tallies, nil
}

// Throughput makes a figure of two sides' rates: the median slice of each.
func Throughput(name, unit string, side, yardstick []Tally) Figure {
	f := Figure{Name: name, Unit: unit, Value: medianRate(side), Yardstick: medianRate(yardstick)}
	all := latencies(side)
	f.P50, f.P99, f.N = Quantile(all, 0.50), Quantile(all, 0.99), len(all)
	if f.Yardstick > 0 {
		f.Ratio = f.Value / f.Yardstick
	}
	return f
}

// Tail makes a figure of two sides' slowest: the share q of the work was done
// within the value, in milliseconds, in the median slice of each.
func Tail(name string, side, yardstick []Tally, q float64) Figure {
	f := Figure{Name: name, Unit: "ms", Value: medianTail(side, q), Yardstick: medianTail(yardstick, q)}
	all := latencies(side)
	f.P50, f.P99, f.N = Quantile(all, 0.50), Quantile(all, 0.99), len(all)
	if f.Yardstick > 0 {
		f.Ratio = f.Value / f.Yardstick
	}
	return f
}

func medianTail(tallies []Tally, q float64) float64 {
	tails := make([]float64, len(tallies))
	for i, t := range tallies {
		tails[i] = Quantile(t.Latencies, q)
	}
	return median(tails)
}

func medianRate(tallies []Tally) float64 {
	rates := make([]float64, len(tallies))
	for i, t := range tallies {
		rates[i] = t.Rate()
	}
	return median(rates)
}

// median is 0 of nothing.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

func latencies(tallies []Tally) []time.Duration {
	var all []time.Duration
	for _, t := range tallies {
		all = append(all, t.Latencies...)
	}
	return all
}

// Quantile is the share q of the durations, by nearest rank, in milliseconds;
// 0 of nothing.
func Quantile(durations []time.Duration, q float64) float64 {
	if len(durations) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(durations))
	rank := int(q*float64(len(sorted))+0.999999) - 1
	return float64(sorted[min(max(rank, 0), len(sorted)-1)]) / float64(time.Millisecond)
}

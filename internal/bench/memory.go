package bench

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Sample is what the process holds at a moment.
type Sample struct {
	At         time.Duration // since the first
	Resident   float64       // MiB
	Goroutines int
}

// Watch takes a sample a second until ctx ends.
func Watch(ctx context.Context) ([]Sample, error) {
	began := time.Now()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var samples []Sample
	for {
		resident, err := residentMiB()
		if err != nil {
			return samples, err
		}
		samples = append(samples, Sample{time.Since(began), resident, runtime.NumGoroutine()})
		select {
		case <-ctx.Done():
			return samples, nil
		case <-tick.C:
		}
	}
}

// residentMiB reads how much of the process is in memory; Linux tells it in
// pages.
func residentMiB() (float64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, fmt.Errorf("resident memory: %w", err)
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, fmt.Errorf("resident memory: %q", text)
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("resident memory: %w", err)
	}
	return float64(pages) * float64(os.Getpagesize()) / (1 << 20), nil
}

// Growth is the slope of the resident memory in MiB a minute, by least squares;
// 0 of fewer than two samples.
func Growth(samples []Sample) float64 {
	var n, x, y, xx, xy float64
	for _, s := range samples {
		minutes := s.At.Minutes()
		n, x, y, xx, xy = n+1, x+minutes, y+s.Resident, xx+minutes*minutes, xy+minutes*s.Resident
	}
	if d := n*xx - x*x; d > 0 {
		return (n*xy - x*y) / d
	}
	return 0
}

// Settled are the samples of the second half: what a process takes to warm up
// is no growth.
func Settled(samples []Sample) []Sample { return samples[len(samples)/2:] }

// MedianResident is the median of the samples, in MiB.
func MedianResident(samples []Sample) float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = s.Resident
	}
	return median(values)
}

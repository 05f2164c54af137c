package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"promobot/internal/bench"
	"promobot/internal/store"
)

// The load under which memory is watched.
const (
	textsWatched  = 50 // a second
	photosWatched = 1  // a second
	distinct      = 20 // pictures; a repeat is a duplicate, and scanned all the same
)

// benchMemory watches what the process holds while the whole product works. The
// process is also the people, who hold little and the same all the time.
func (b *benchRun) benchMemory(ctx context.Context) error {
	h, err := b.newHouse(ctx, store.SQLite)
	if err != nil {
		return err
	}
	defer h.close()
	stop, err := h.work(ctx)
	if err != nil {
		return err
	}
	people, err := h.registered(ctx, textsWatched)
	if err != nil {
		return err
	}
	defer people.Close()
	b.progress("memory: %d texts and %d photos a second for %s", textsWatched, photosWatched, b.watch)
	samples, err := b.watched(ctx, people)
	if err != nil {
		return err
	}
	left, err := h.drained(ctx)
	if err != nil {
		return err
	}
	b.progress("memory: all updates handled %s after the last", left.Round(time.Millisecond))
	for _, f := range memoryFigures(samples) {
		if err := b.print(f); err != nil {
			return err
		}
	}
	return stop()
}

// watched lets people write for the time of the watch and samples the process.
func (b *benchRun) watched(ctx context.Context, people *bench.People) ([]bench.Sample, error) {
	var p photos
	p.print(distinct)
	ctx, done := context.WithTimeout(ctx, b.watch+time.Minute)
	defer done()
	watching, enough := context.WithCancel(ctx)
	var failed [2]error
	var load sync.WaitGroup
	load.Go(func() {
		_, failed[0] = bench.Open(ctx, textsWatched, b.watch, func(ctx context.Context) error { return people.Write(ctx, benchText) })
	})
	load.Go(func() {
		_, failed[1] = bench.Open(ctx, photosWatched, b.watch, func(ctx context.Context) error {
			_, err := people.Send(ctx, p.pictures[int(p.sent.Add(1)-1)%len(p.pictures)])
			return err
		})
	})
	go func() { load.Wait(); enough() }()
	samples, err := bench.Watch(watching)
	load.Wait()
	return samples, errors.Join(err, failed[0], failed[1])
}

// memoryFigures compare the end with the moment at which the process was warm,
// after half of the time.
func memoryFigures(samples []bench.Sample) []bench.Figure {
	warm := bench.Settled(samples)
	tenth := max(1, len(warm)/10)
	start, end := warm[:tenth], warm[len(warm)-tenth:]
	most := bench.Sample{}
	for _, s := range samples {
		most.Resident, most.Goroutines = max(most.Resident, s.Resident), max(most.Goroutines, s.Goroutines)
	}
	n := len(samples)
	figures := []bench.Figure{
		{Name: "memory-first", Value: samples[0].Resident, Unit: "MiB", N: n},
		{Name: "memory", Value: bench.MedianResident(end), Yardstick: bench.MedianResident(start), Unit: "MiB", N: n, Goal: "as much as when it was warm"},
		{Name: "memory-most", Value: most.Resident, Unit: "MiB", N: n},
		{Name: "memory-growth", Value: bench.Growth(warm), Unit: "MiB/min", N: n, Goal: "about 0"},
		{Name: "goroutines", Value: float64(end[len(end)-1].Goroutines), Yardstick: float64(start[0].Goroutines), Unit: "goroutines", N: n, Goal: fmt.Sprintf("flat; at most %d", most.Goroutines)},
	}
	for i, f := range figures {
		if f.Yardstick > 0 {
			figures[i].Ratio = f.Value / f.Yardstick
		}
	}
	return figures
}

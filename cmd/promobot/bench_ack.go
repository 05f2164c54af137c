package main

import (
	"context"
	"fmt"
	"time"

	"promobot/internal/bench"
	"promobot/internal/store"
)

// sessionsOfBench is how many people write.
const sessionsOfBench = 200

// What an update of the bench says: a question that everybody may ask.
const benchText = "помощь"

func (b *benchRun) benchAckSQLite(ctx context.Context) error {
	return b.benchAck(ctx, store.SQLite, 200, 150*time.Millisecond)
}

func (b *benchRun) benchAckPostgres(ctx context.Context) error {
	return b.benchAck(ctx, store.Postgres, 500, 100*time.Millisecond)
}

// benchAck measures updates acknowledged through the door of the web chat
// beside bare inserts: first at the rate of the goal with the whole product at
// work behind the door, then as many as the door alone can take.
func (b *benchRun) benchAck(ctx context.Context, engine store.Engine, rate float64, goal time.Duration) error {
	h, err := b.newHouse(ctx, engine)
	if err != nil {
		return err
	}
	defer h.close()
	people, err := bench.NewPeople(ctx, h.url, sessionsOfBench)
	if err != nil {
		return err
	}
	defer people.Close()
	bare, err := bench.NewBare(ctx, h.bare)
	if err != nil {
		return err
	}
	defer bare.Close()

	name := "ack-" + string(engine)
	write := func(ctx context.Context) error { return people.Write(ctx, benchText) }
	steady, err := b.ackSteadily(ctx, h, name, rate, write, bare.Accept)
	if err != nil {
		return err
	}
	steady.Goal = fmt.Sprintf("%g/s, p99 ≤ %d ms", rate, goal.Milliseconds())
	b.progress("%s: as many as the door alone can take", name)
	tallies, err := bench.Interleave(ctx, b.slice, bench.ClosedSide(write), bench.ClosedSide(bare.Accept))
	if err != nil {
		return err
	}
	most := bench.Throughput(name, "updates/s", tallies[0], tallies[1])
	most.Goal = fmt.Sprintf("≥ %g/s", rate)
	if err := b.print(most); err != nil {
		return err
	}
	return b.print(steady)
}

// ackSteadily keeps the rate with the jobs at work and returns the 99th
// percentile beside that of bare inserts.
func (b *benchRun) ackSteadily(ctx context.Context, h *benchHouse, name string, rate float64, write, bare bench.Work) (bench.Figure, error) {
	b.progress("%s: %g updates a second, the whole product at work", name, rate)
	stop, err := h.work(ctx)
	if err != nil {
		return bench.Figure{}, err
	}
	tallies, err := bench.Interleave(ctx, b.slice, bench.OpenSide(rate, write), bench.OpenSide(rate, bare))
	if err != nil {
		return bench.Figure{}, err
	}
	left, err := h.drained(ctx)
	if err != nil {
		return bench.Figure{}, err
	}
	b.progress("%s: all updates handled %s after the last slice", name, left.Round(time.Millisecond))
	return bench.Tail(fmt.Sprintf("%s-at-%g", name, rate), tallies[0], tallies[1], 0.99), stop()
}

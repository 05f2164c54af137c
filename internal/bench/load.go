package bench

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Work is one piece of work.
type Work func(ctx context.Context) error

// ClosedSide is a side that does as much work as it can, 32 pieces at a time.
func ClosedSide(do Work) Side {
	return func(ctx context.Context, length time.Duration) (Tally, error) {
		return Closed(ctx, acknowledgers, length, do)
	}
}

// OpenSide is a side that is given so many pieces of work a second.
func OpenSide(perSecond float64, do Work) Side {
	return func(ctx context.Context, length time.Duration) (Tally, error) {
		return Open(ctx, perSecond, length, do)
	}
}

// Closed keeps so many workers busy for the length: each begins its next piece
// of work when the last one is done. do returns ErrEmpty when there is no more
// work; any other error ends the slice.
func Closed(ctx context.Context, workers int, length time.Duration, do Work) (Tally, error) {
	began := time.Now()
	done := make([][]time.Duration, workers)
	failed := make([]error, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() { done[w], failed[w] = busy(ctx, began.Add(length), do) })
	}
	all.Wait()
	t := Tally{Took: time.Since(began)}
	for _, own := range done {
		t.Latencies = append(t.Latencies, own...)
	}
	return t, errors.Join(failed...)
}

// ErrEmpty reports that no work is left.
var ErrEmpty = errors.New("bench: no work is left")

func busy(ctx context.Context, until time.Time, do Work) (done []time.Duration, err error) {
	for at := time.Now(); at.Before(until); {
		err := do(ctx)
		if errors.Is(err, ErrEmpty) {
			return done, nil
		}
		if err != nil {
			return done, err
		}
		now := time.Now()
		done, at = append(done, now.Sub(at)), now
	}
	return done, nil
}

// Open begins perSecond pieces of work a second, evenly, whether those before
// are done or not, as the world does. The latency of each counts from the
// moment that it was due, so that a pause in between is not forgotten.
func Open(ctx context.Context, perSecond float64, length time.Duration, do Work) (Tally, error) {
	n := max(1, int(perSecond*length.Seconds()))
	t := Tally{Latencies: make([]time.Duration, n)}
	failed := make([]error, n)
	began := time.Now()
	var all sync.WaitGroup
	for i := range n {
		due := began.Add(time.Duration(float64(i) / perSecond * float64(time.Second)))
		if err := sleepUntil(ctx, due); err != nil {
			return t, err
		}
		all.Go(func() {
			failed[i] = do(ctx)
			t.Latencies[i] = time.Since(due)
		})
	}
	all.Wait()
	t.Took = time.Since(began)
	return t, errors.Join(failed...)
}

func sleepUntil(ctx context.Context, due time.Time) error {
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

package rewards

import (
	"context"

	"github.com/riverqueue/river"

	"promobot/campaigns"
	"promobot/internal/store"
)

// RestockedArgs asks to serve those who wait for a prize.
type RestockedArgs struct {
	PrizeID string `json:"prize_id"`
}

// Kind names the job.
func (RestockedArgs) Kind() string { return "prize_restocked" }

// RestockedWorker works RestockedArgs.
type RestockedWorker struct {
	river.WorkerDefaults[RestockedArgs]
	DB   *store.DB
	Desk *Desk
	Book *campaigns.Book
}

// Work serves the waiting.
func (w *RestockedWorker) Work(ctx context.Context, job *river.Job[RestockedArgs]) error {
	return w.Desk.Restocked(ctx, w.DB, w.Book, job.Args.PrizeID)
}

// WindowArgs asks for points that wait to be given free in their time.
type WindowArgs struct {
	WaitID int64 `json:"wait_id"`
}

// Kind names the job.
func (WindowArgs) Kind() string { return "return_window" }

// WindowWorker works WindowArgs.
type WindowWorker struct {
	river.WorkerDefaults[WindowArgs]
	DB   *store.DB
	Desk *Desk
	Book *campaigns.Book
}

// Work gives the points free, or waits on.
func (w *WindowWorker) Work(ctx context.Context, job *river.Job[WindowArgs]) error {
	again, err := w.Desk.EndWindow(ctx, w.DB, w.Book, job.Args.WaitID)
	if err == nil && again > 0 {
		return river.JobSnooze(again)
	}
	return err
}

// EnqueueRestocked asks, in the transaction of an import, to serve those who
// wait for the prizes.
func EnqueueRestocked(ctx context.Context, tx *store.Tx, prizeIDs []string) error {
	for _, id := range prizeIDs {
		if err := tx.Enqueue(ctx, RestockedArgs{PrizeID: id}); err != nil {
			return err
		}
	}
	return nil
}

// PayExpireArgs asks for a quote to end when its time is over.
type PayExpireArgs struct {
	QuoteID int64 `json:"quote_id"`
}

// Kind names the job.
func (PayExpireArgs) Kind() string { return "pay_expire" }

// PayExpireWorker works PayExpireArgs.
type PayExpireWorker struct {
	river.WorkerDefaults[PayExpireArgs]
	Cashier *Cashier
}

// Work ends the quote, or comes back at its end.
func (w *PayExpireWorker) Work(ctx context.Context, job *river.Job[PayExpireArgs]) error {
	again, err := w.Cashier.Expire(ctx, job.Args.QuoteID)
	if err == nil && again > 0 {
		return river.JobSnooze(again)
	}
	return err
}

package rewards

import (
	"context"
	"log/slog"

	"github.com/riverqueue/river"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/prizes"
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

// OrderWorker works prizes.OrderArgs.
type OrderWorker struct {
	river.WorkerDefaults[prizes.OrderArgs]
	Orders *Orders
	Logger *slog.Logger
}

// Work takes the order one step on, or looks again later.
func (w *OrderWorker) Work(ctx context.Context, job *river.Job[prizes.OrderArgs]) error {
	again, trouble, err := w.Orders.Advance(ctx, job.Args.OrderID)
	if trouble != nil {
		w.Logger.Warn("supplier", "order", job.Args.OrderID, "again", again, "error", trouble)
	}
	if err == nil && again > 0 {
		return river.JobSnooze(again)
	}
	return err
}

// LowWorker works prizes.LowArgs: one line in the log, which operators watch.
type LowWorker struct {
	river.WorkerDefaults[prizes.LowArgs]
	DB     *store.DB
	Shop   *prizes.Shop
	Logger *slog.Logger
}

// Work logs how many codes are left now.
func (w *LowWorker) Work(ctx context.Context, job *river.Job[prizes.LowArgs]) error {
	list, err := w.Shop.Catalogue(ctx, w.DB.Read(ctx), []string{job.Args.PrizeID})
	if err != nil {
		return err
	}
	w.Logger.Warn("certificates run low", "prize", list[0].ID, "free", list[0].Free, "low_stock", list[0].LowStock, "sources", list[0].Sources,
		"next", "promobot prizes import FILE")
	return nil
}

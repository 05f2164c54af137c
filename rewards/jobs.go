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

// ExpireArgs asks for points whose end has come to be taken from the participants
// after the given one; 0: from all.
type ExpireArgs struct {
	After int64 `json:"after"`
}

// Kind names the job.
func (ExpireArgs) Kind() string { return "points_expire" }

// InsertOpts puts it behind what people wait for.
func (ExpireArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Priority: 3} }

// ExpireWorker works ExpireArgs.
type ExpireWorker struct {
	river.WorkerDefaults[ExpireArgs]
	DB   *store.DB
	Desk *Desk
}

// Work takes one page and asks for the next.
func (w *ExpireWorker) Work(ctx context.Context, job *river.Job[ExpireArgs]) error {
	next, err := w.Desk.Expire(ctx, w.DB, job.Args.After)
	return more(ctx, w.DB, next, err, ExpireArgs{After: next})
}

// RemindArgs asks for the participants after the given one to be reminded of
// points that expire.
type RemindArgs struct {
	After int64 `json:"after"`
}

// Kind names the job.
func (RemindArgs) Kind() string { return "points_remind" }

// InsertOpts puts it behind what people wait for.
func (RemindArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Priority: 3} }

// RemindWorker works RemindArgs.
type RemindWorker struct {
	river.WorkerDefaults[RemindArgs]
	DB   *store.DB
	Desk *Desk
	Book *campaigns.Book
}

// Work reminds one page and asks for the next.
func (w *RemindWorker) Work(ctx context.Context, job *river.Job[RemindArgs]) error {
	next, err := w.Desk.Remind(ctx, w.DB, w.Book, job.Args.After)
	return more(ctx, w.DB, next, err, RemindArgs{After: next})
}

// CertificateArgs asks for the owners of the certificates after the given one to
// be reminded of them.
type CertificateArgs struct {
	After int64 `json:"after"`
}

// Kind names the job.
func (CertificateArgs) Kind() string { return "certificates_remind" }

// InsertOpts puts it behind what people wait for.
func (CertificateArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Priority: 3} }

// CertificateWorker works CertificateArgs.
type CertificateWorker struct {
	river.WorkerDefaults[CertificateArgs]
	DB   *store.DB
	Desk *Desk
	Book *campaigns.Book
}

// Work reminds of one page and asks for the next.
func (w *CertificateWorker) Work(ctx context.Context, job *river.Job[CertificateArgs]) error {
	next, err := w.Desk.RemindCertificates(ctx, w.DB, w.Book, job.Args.After)
	return more(ctx, w.DB, next, err, CertificateArgs{After: next})
}

// more asks for the next page, if there is one.
func more(ctx context.Context, db *store.DB, next int64, err error, args river.JobArgs) error {
	if err != nil || next == 0 {
		return err
	}
	return db.InTx(ctx, func(tx *store.Tx) error { return tx.Enqueue(ctx, args) })
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

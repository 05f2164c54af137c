package receipts

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"promobot/internal/store"
)

// ScanArgs asks for the code on a submitted picture.
type ScanArgs struct {
	ReceiptID int64 `json:"receipt_id"`
}

// Kind names the job.
func (ScanArgs) Kind() string { return "receipt_scan" }

// ScanWorker works ScanArgs.
type ScanWorker struct {
	river.WorkerDefaults[ScanArgs]
	Receipts *Service
	Logger   *slog.Logger
}

// Timeout leaves a slow file the time of its fetch and the scanner its own.
func (w *ScanWorker) Timeout(*river.Job[ScanArgs]) time.Duration { return store.LongestJob }

// Work scans the picture when it is its turn.
func (w *ScanWorker) Work(ctx context.Context, job *river.Job[ScanArgs]) error {
	pause, err := w.Receipts.ScanTurn(ctx, job.Args.ReceiptID)
	if err != nil {
		return err
	}
	if pause > 0 {
		return river.JobSnooze(pause)
	}
	err = w.Receipts.Scan(ctx, job.Args.ReceiptID)
	var trouble *FetchTrouble
	if errors.As(err, &trouble) {
		w.Logger.Warn("file of a channel", "receipt", job.Args.ReceiptID, "again", trouble.Again, "error", trouble.Err)
		return river.JobSnooze(trouble.Again)
	}
	return err
}

// ReleaseArgs asks for a receipt that was put off to be settled in its time.
type ReleaseArgs struct {
	ReceiptID int64 `json:"receipt_id"`
}

// Kind names the job.
func (ReleaseArgs) Kind() string { return "receipt_release" }

// ReleaseWorker works ReleaseArgs.
type ReleaseWorker struct {
	river.WorkerDefaults[ReleaseArgs]
	Receipts *Service
}

// Work settles the receipt, or waits on.
func (w *ReleaseWorker) Work(ctx context.Context, job *river.Job[ReleaseArgs]) error {
	return snoozed(w.Receipts.Release(ctx, job.Args.ReceiptID))
}

// ForgetArgs asks for the trace of an unread photo to be deleted in its time.
type ForgetArgs struct {
	ReceiptID int64 `json:"receipt_id"`
}

// Kind names the job.
func (ForgetArgs) Kind() string { return "trace_forget" }

// ForgetWorker works ForgetArgs.
type ForgetWorker struct {
	river.WorkerDefaults[ForgetArgs]
	Receipts *Service
}

// Work deletes the trace, or waits on.
func (w *ForgetWorker) Work(ctx context.Context, job *river.Job[ForgetArgs]) error {
	return snoozed(w.Receipts.Forget(ctx, job.Args.ReceiptID))
}

// AliasArgs asks for the receipts that an alias touches to be judged again.
type AliasArgs struct {
	AliasID int64 `json:"alias_id"`
}

// Kind names the job.
func (AliasArgs) Kind() string { return "alias_apply" }

// AliasWorker works AliasArgs.
type AliasWorker struct {
	river.WorkerDefaults[AliasArgs]
	Receipts *Service
}

// Timeout leaves a name that is on many receipts the time of them all; what is
// left over goes on with the next try.
func (w *AliasWorker) Timeout(*river.Job[AliasArgs]) time.Duration { return store.LongestJob }

// Work judges the receipts again, and looks once more a little later.
func (w *AliasWorker) Work(ctx context.Context, job *river.Job[AliasArgs]) error {
	_, again, err := w.Receipts.ApplyAlias(ctx, job.Args.AliasID)
	return snoozed(again, err)
}

// CheckArgs asks for a receipt to be checked with the fiscal service.
type CheckArgs struct {
	ReceiptID int64 `json:"receipt_id"`
}

// Kind names the job.
func (CheckArgs) Kind() string { return "receipt_check" }

// CheckWorker works CheckArgs: one short step, then a snooze.
type CheckWorker struct {
	river.WorkerDefaults[CheckArgs]
	Receipts *Service
	Logger   *slog.Logger
}

// Work does the next step of the check.
func (w *CheckWorker) Work(ctx context.Context, job *river.Job[CheckArgs]) error {
	again, err := w.Receipts.Check(ctx, job.Args.ReceiptID)
	if again <= 0 {
		return err
	}
	if err != nil {
		w.Logger.Warn("fiscal service", "receipt", job.Args.ReceiptID, "again", again, "error", err)
	}
	return river.JobSnooze(again)
}

// ReturnArgs asks for a shop's notice to be applied to its sale.
type ReturnArgs struct {
	ReturnID int64 `json:"return_id"`
}

// Kind names the job.
func (ReturnArgs) Kind() string { return "receipt_return" }

// ReturnWorker works ReturnArgs.
type ReturnWorker struct {
	river.WorkerDefaults[ReturnArgs]
	Receipts *Service
}

// Work applies the notice if its sale is there.
func (w *ReturnWorker) Work(ctx context.Context, job *river.Job[ReturnArgs]) error {
	return snoozed(w.Receipts.ApplyReturn(ctx, job.Args.ReturnID))
}

// snoozed puts a job off until it is to be asked again; 0 is done.
func snoozed(again time.Duration, err error) error {
	if err == nil && again > 0 {
		return river.JobSnooze(again)
	}
	return err
}

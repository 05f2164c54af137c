package receipts

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
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
}

// inTurn is how soon a picture asks again whether it is its turn.
const inTurn = 100 * time.Millisecond

// Work scans the picture when it is its turn.
func (w *ScanWorker) Work(ctx context.Context, job *river.Job[ScanArgs]) error {
	may, err := w.Receipts.MayScan(ctx, job.Args.ReceiptID)
	if err != nil {
		return err
	}
	if !may {
		return river.JobSnooze(inTurn)
	}
	return w.Receipts.Scan(ctx, job.Args.ReceiptID)
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

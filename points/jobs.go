package points

import (
	"context"
	"log/slog"

	"github.com/riverqueue/river"

	"promobot/internal/store"
)

// RootArgs asks for today's root.
type RootArgs struct{}

// Kind names the job.
func (RootArgs) Kind() string { return "ledger_root" }

// InsertOpts puts it behind what people wait for.
func (RootArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Priority: 3} }

// RootWorker works RootArgs.
type RootWorker struct {
	river.WorkerDefaults[RootArgs]
	DB     *store.DB
	Ledger Ledger
	Signer Signer
	Logger *slog.Logger
}

// Work makes the root and logs it: whoever keeps the log has it out of reach of
// who can change the database.
func (w *RootWorker) Work(ctx context.Context, _ *river.Job[RootArgs]) error {
	var r Root
	var made bool
	err := w.DB.InTx(ctx, func(tx *store.Tx) (err error) {
		r, made, err = w.Ledger.Seal(ctx, tx, w.Signer)
		return err
	})
	if err == nil && made {
		w.Logger.Info("ledger root", "day", r.Day, "root", r.Root, "heads", r.Heads, "signature", r.Signature)
	}
	return err
}

package receipts

import (
	"context"
	"errors"
	"fmt"

	"promobot/fns"
	"promobot/internal/failpoint"
	"promobot/internal/store"
	"promobot/qr"
)

// Scan fetches the submitted picture if its channel keeps it, and reads its
// code. It returns nil when that was done before, and a *FetchTrouble when the
// channel did not give the file and is to be asked again. Where the scanner
// itself is in trouble the receipt waits for another try.
func (s *Service) Scan(ctx context.Context, id int64) error {
	r, err := s.ByID(ctx, s.db.Read(ctx), id)
	if err != nil || r.Status != Submitted {
		return err
	}
	picture, err := s.picture(ctx, r)
	var gone *noPicture
	if err != nil && !errors.As(err, &gone) {
		return err
	}
	var result qr.Result
	if err == nil {
		result, err = s.outside.Scanner.Scan(ctx, picture)
	}
	if errors.Is(err, qr.ErrRenderer) {
		return fmt.Errorf("scan receipt %d: %w", id, err) // our trouble; the job runs again
	}
	if ctx.Err() != nil {
		return ctx.Err() // the process stops; the job runs again
	}
	failpoint.Pass(failpoint.ReceiptScanned)
	err = s.scanned(ctx, id, result, err)
	failpoint.Pass(failpoint.ReceiptTaken)
	return err
}

// scanned notes what the scanner read or why it could not.
func (s *Service) scanned(ctx context.Context, id int64, result qr.Result, scanErr error) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		r, err := s.hold(ctx, tx, id)
		if err != nil || r.Status != Submitted {
			return err
		}
		now := tx.Now()
		r.ScannedAt = &now
		if scanErr != nil {
			return s.reject(ctx, tx, r, ReasonPicture, map[string]any{"problem": problem(scanErr)})
		}
		if q, err := fns.ParseQR(result.Text); err == nil {
			r.FN, r.FD, r.FP, r.Operation, r.TotalKopecks, r.PurchasedAt = q.FN, q.FD, q.FP, q.Operation, q.Total, &q.At
		}
		before, err := s.notice(ctx, tx, r, result.Look)
		if err != nil {
			return err
		}
		if result.Text == "" {
			return s.unread(ctx, tx, r, result.Hint, before)
		}
		return s.take(ctx, tx, r, result.Text, result.Stage)
	})
}

// problem names what is wrong with a file.
func problem(err error) string {
	for _, known := range []struct {
		name    string
		refusal error
	}{
		{"too_large", qr.ErrTooLarge}, {"too_large", ErrFileTooLarge}, {"gone", ErrFileGone},
		{"bomb", qr.ErrTooManyPixels}, {"format", qr.ErrFormat}, {"pdf", qr.ErrPDF},
	} {
		if errors.Is(err, known.refusal) {
			return known.name
		}
	}
	return "broken"
}

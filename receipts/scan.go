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

// sight is what was made of a picture.
type sight struct {
	qr.Result
	refusal error  // why the picture cannot be looked at; nil: it was
	marked  []byte // the picture with its flaw marked; nil: none
}

// Scan fetches the submitted picture if its channel keeps it, and reads its
// code. It returns nil when that was done before, and a *FetchTrouble when the
// channel did not give the file and is to be asked again. Where the scanner
// itself is in trouble the receipt waits for another try.
func (s *Service) Scan(ctx context.Context, id int64) error {
	r, err := s.ByID(ctx, s.db.Read(ctx), id)
	if err != nil || r.Status != Submitted {
		return err
	}
	look, err := s.look(ctx, r)
	if err != nil {
		return err
	}
	failpoint.Pass(failpoint.ReceiptScanned)
	err = s.scanned(ctx, id, look)
	failpoint.Pass(failpoint.ReceiptTaken)
	return err
}

// look does all that is done outside of the transaction. Its errors are our
// trouble, after which the job runs again.
func (s *Service) look(ctx context.Context, r Receipt) (sight, error) {
	picture, err := s.picture(ctx, r)
	var gone *noPicture
	if errors.As(err, &gone) {
		return sight{refusal: err}, nil
	}
	if err != nil {
		return sight{}, err
	}
	others, err := s.halves(ctx, r)
	if err != nil {
		return sight{}, err
	}
	result, err := s.read(ctx, picture, others)
	if errors.Is(err, qr.ErrRenderer) {
		return sight{}, fmt.Errorf("scan receipt %d: %w", r.ID, err)
	}
	look := sight{Result: result, refusal: err}
	if err == nil && result.Text == "" {
		look.marked = s.mark(ctx, picture, result)
	}
	return look, ctx.Err() // when the process stops
}

// read reads the picture by itself and, if that does not do, together with
// those others that it is no copy of. Which these are, only the first look
// tells; so a picture that cannot be read is looked at twice.
func (s *Service) read(ctx context.Context, picture []byte, others []half) (qr.Result, error) {
	result, err := s.outside.Scanner.Scan(ctx, picture)
	if err != nil || result.Text != "" {
		return result, err
	}
	traces := helpful(halfOf(picture, result.Look), others)
	if len(traces) == 0 {
		return result, nil
	}
	return s.outside.Scanner.ScanAgain(ctx, picture, traces...)
}

// scanned notes what the scanner read or why it could not.
func (s *Service) scanned(ctx context.Context, id int64, look sight) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		r, err := s.hold(ctx, tx, id)
		if err != nil || r.Status != Submitted {
			return err
		}
		now := tx.Now()
		r.ScannedAt = &now
		if look.refusal != nil {
			return s.reject(ctx, tx, r, ReasonPicture, map[string]any{"problem": problem(look.refusal)})
		}
		if q, err := fns.ParseQR(look.Text); err == nil {
			r.FN, r.FD, r.FP, r.Operation, r.TotalKopecks, r.PurchasedAt = q.FN, q.FD, q.FP, q.Operation, q.Total, &q.At
		}
		before, err := s.notice(ctx, tx, r, look.Look)
		if err != nil {
			return err
		}
		if look.Text == "" {
			return s.unread(ctx, tx, r, look, before)
		}
		return s.take(ctx, tx, r, look.Text, look.Stage)
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

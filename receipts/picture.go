package receipts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"promobot/internal/failpoint"
	"promobot/internal/store"
	"promobot/qr"
)

// photoRow is the picture of a receipt. One that its channel keeps has no bytes
// until it is fetched.
type photoRow struct {
	ReceiptID int64 `gorm:"primaryKey"`
	SHA256    string
	Picture   []byte
	Ref       string
	Look      *int64 // the perceptual hash; nil: none
	Marked    []byte // a JPEG that shows where the picture is flawed; nil: none
}

// TableName is the table of pictures.
func (photoRow) TableName() string { return "receipt_photos" }

func keepPicture(ctx context.Context, tx *store.Tx, id int64, sub Submission) error {
	photo := photoRow{ReceiptID: id, Picture: []byte{}, Ref: sub.File}
	if sub.File == "" {
		photo.Picture, photo.SHA256 = sub.Picture, hexSum(sub.Picture)
	}
	if err := tx.WithContext(ctx).Create(&photo).Error; err != nil {
		return fmt.Errorf("keep the picture of receipt %d: %w", id, err)
	}
	return nil
}

func hexSum(picture []byte) string {
	sum := sha256.Sum256(picture)
	return hex.EncodeToString(sum[:])
}

// The plan of fetching. The pause is half of what was waited already.
const (
	fetchTakes    = 40 * time.Second // ends before the job does, so that its end is told from a stop
	fetchGivesUp  = 15 * time.Minute
	shortestFetch = time.Second
	longestFetch  = time.Minute
)

// FetchTrouble reports that a channel did not give a file; it is to be asked
// again after a pause.
type FetchTrouble struct {
	Again time.Duration
	Err   error
}

// Error names the cause.
func (e *FetchTrouble) Error() string { return "fetch the picture: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *FetchTrouble) Unwrap() error { return e.Err }

// noPicture is a picture that will never come.
type noPicture struct{ error }

// Unwrap returns the refusal.
func (e *noPicture) Unwrap() error { return e.error }

// picture returns the bytes of a submitted picture. A file that its channel
// keeps is fetched once, outside of any transaction, and kept.
func (s *Service) picture(ctx context.Context, r Receipt) ([]byte, error) {
	var photo photoRow
	if err := s.db.Read(ctx).Omit("marked").Take(&photo, "receipt_id = ?", r.ID).Error; err != nil {
		return nil, fmt.Errorf("picture of receipt %d: %w", r.ID, err)
	}
	if photo.Ref == "" || len(photo.Picture) > 0 {
		return photo.Picture, nil
	}
	picture, err := s.fetch(ctx, photo.Ref)
	if err != nil {
		return nil, s.fetchTrouble(ctx, r, err)
	}
	failpoint.Pass(failpoint.FileFetched)
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		return tx.WithContext(ctx).Model(&photoRow{}).Where("receipt_id = ? AND sha256 = ''", r.ID).
			Updates(map[string]any{"picture": picture, "sha256": hexSum(picture)}).Error
	})
	if err != nil {
		return nil, fmt.Errorf("keep the picture of receipt %d: %w", r.ID, err)
	}
	return picture, nil
}

var errNoFiles = errors.New("no channel that keeps files")

func (s *Service) fetch(ctx context.Context, ref string) ([]byte, error) {
	if s.outside.Files == nil {
		return nil, errNoFiles
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTakes)
	defer cancel()
	picture, err := s.outside.Files.Fetch(ctx, ref, qr.MaxBytes)
	switch {
	case err != nil:
		return nil, err
	case len(picture) == 0:
		return nil, fmt.Errorf("%w: it is empty", ErrFileGone)
	case len(picture) > qr.MaxBytes:
		return nil, ErrFileTooLarge
	}
	return picture, nil
}

// fetchTrouble tells what will pass from what will not. After a quarter of an
// hour the person is asked for the picture again rather than left waiting.
func (s *Service) fetchTrouble(ctx context.Context, r Receipt, cause error) error {
	waited := s.db.Now().Sub(r.SubmittedAt)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err() // the process stops; the job runs again
	case errors.Is(cause, ErrFileGone), errors.Is(cause, ErrFileTooLarge):
		return &noPicture{cause}
	case waited >= fetchGivesUp:
		return &noPicture{fmt.Errorf("%w: %v", ErrFileGone, cause)}
	}
	return &FetchTrouble{Again: min(max(waited/2, shortestFetch), longestFetch), Err: cause}
}

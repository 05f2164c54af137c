package receipts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
	"promobot/qr"
)

// How photos of one receipt are put together.
const (
	mostTraces  = 3                // earlier photos that help a further one
	mostCopies  = 12               // traces that are looked through for these
	traceWindow = 30 * time.Minute // between the photos, as they were sent
	// traceKept is longer than the window: a photo may wait for its file.
	traceKept = traceWindow + 2*fetchGivesUp
)

// traceRow is what an unread photo left for the next one.
type traceRow struct {
	ReceiptID     int64 `gorm:"primaryKey;autoIncrement:false"`
	ParticipantID int64
	Trace         []byte
	KeptAt        time.Time
}

// TableName is the table of traces.
func (traceRow) TableName() string { return "photo_traces" }

// half is the trace of another photo, and by what copies of that are told.
type half struct {
	Trace  []byte
	SHA256 string
	Look   *int64
}

func halfOf(picture []byte, look qr.Look) half {
	h := half{SHA256: hexSum(picture)}
	if look != 0 {
		bits := int64(look) // #nosec G115 -- the bits are kept, not a number
		h.Look = &bits
	}
	return h
}

// copies tells that both are one picture: together they show no more than each.
func (h half) copies(other half) bool {
	if h.SHA256 == other.SHA256 {
		return true
	}
	return h.Look != nil && other.Look != nil && qr.Look(*h.Look).Distance(qr.Look(*other.Look)) <= qr.SameLook // #nosec G115 -- the bits are kept, not a number
}

// halves reads what other photos of the participant have left that may show the
// same receipt: sent within the window, in the same campaign; the newest first.
func (s *Service) halves(ctx context.Context, r Receipt) (list []half, err error) {
	err = s.db.Read(ctx).Table("photo_traces AS t").Select("t.trace, p.sha256, p.look").
		Joins("JOIN receipts AS e ON e.id = t.receipt_id").Joins("JOIN receipt_photos AS p ON p.receipt_id = t.receipt_id").
		Where("t.participant_id = ? AND t.receipt_id <> ?", r.ParticipantID, r.ID).
		Where("e.campaign_id = ? AND e.submitted_at >= ?", r.CampaignID, r.SubmittedAt.Add(-traceWindow)).
		Order("t.receipt_id DESC").Limit(mostCopies).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("photos before receipt %d: %w", r.ID, err)
	}
	return list, nil
}

// helpful are the traces that add something to the picture and to one another.
func helpful(own half, list []half) (traces []qr.Trace) {
	known := []half{own}
	for _, h := range list {
		if len(traces) == mostTraces {
			break
		}
		if slices.ContainsFunc(known, h.copies) {
			continue
		}
		known, traces = append(known, h), append(traces, h.Trace)
	}
	return traces
}

// keepTrace keeps what may help the next photo, and has it forgotten in time.
func keepTrace(ctx context.Context, tx *store.Tx, r Receipt, trace qr.Trace) (kept bool, err error) {
	if len(trace) == 0 || len(trace) > qr.MaxTrace {
		return false, nil
	}
	row := traceRow{ReceiptID: r.ID, ParticipantID: r.ParticipantID, Trace: trace, KeptAt: tx.Now()}
	if err := tx.WithContext(ctx).Create(&row).Error; err != nil {
		return false, fmt.Errorf("trace of receipt %d: %w", r.ID, err)
	}
	return true, tx.Enqueue(ctx, ForgetArgs{ReceiptID: r.ID})
}

// dropTraces forgets what unread photos of the participant have left: a receipt
// was read, whatever becomes of it.
func dropTraces(ctx context.Context, tx *store.Tx, participantID int64) error {
	err := tx.WithContext(ctx).Delete(&traceRow{}, "participant_id = ?", participantID).Error
	if err != nil {
		return fmt.Errorf("traces of participant %d: %w", participantID, err)
	}
	return nil
}

// Forget deletes the trace of a photo that nothing has followed. It returns how
// long that is to wait yet; 0: there is no trace any more.
func (s *Service) Forget(ctx context.Context, id int64) (again time.Duration, err error) {
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		again = 0
		var row traceRow
		err := tx.WithContext(ctx).Omit("trace").Take(&row, "receipt_id = ?", id).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if again = row.KeptAt.Add(traceKept).Sub(tx.Now()); again > 0 {
			return nil
		}
		again = 0
		return tx.WithContext(ctx).Delete(&row).Error
	})
	if err != nil {
		return 0, fmt.Errorf("forget the trace of receipt %d: %w", id, err)
	}
	return again, nil
}

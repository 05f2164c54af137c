package rewards

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/points"
)

// NoticeFree tells that points which waited may be spent. args: points,
// balance; repaid, if some of them paid a debt.
const NoticeFree = "points.free"

// Wait is points that wait until the time in which goods may go back is over.
type Wait struct {
	ID            int64
	Subject       string // whose: "receipt:17"; "receipt:17/campaign:2" of what another campaign gave for it
	ParticipantID int64
	VersionID     int64
	Points        points.Amount
	Until         time.Time
	EndedAt       *time.Time
}

// TableName is the table of what waits.
func (Wait) TableName() string { return "return_windows" }

// subjectOf is what a source belongs to: "receipt:17" of "receipt:17/placed".
func subjectOf(source string) string {
	subject, _, _ := strings.Cut(source, "/")
	return subject
}

// windowOf is whose points of a source wait together: each campaign has a window
// of its own.
func windowOf(source string) string {
	subject, rest, _ := strings.Cut(source, "/")
	for part := range strings.SplitSeq(rest, "/") {
		if strings.HasPrefix(part, "campaign:") {
			return subject + "/" + part
		}
	}
	return subject
}

// waits adds points, which are posted as set aside, to those of the source that
// wait until the moment.
func (d *Desk) waits(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, source string, n points.Amount, until time.Time) error {
	row := Wait{Subject: windowOf(source), ParticipantID: participantID, VersionID: v.ID, Until: until}
	first, err := store.Once(ctx, tx, &row)
	if err == nil {
		err = tx.WithContext(ctx).Model(&Wait{}).Where("subject = ?", row.Subject).Update("points", gorm.Expr("points + ?", n)).Error
	}
	if err != nil {
		return fmt.Errorf("points of %s wait: %w", row.Subject, err)
	}
	if !first {
		return nil
	}
	return tx.Enqueue(ctx, WindowArgs{WaitID: row.ID})
}

// Waits lists what of a participant waits, the next to come first.
func (d *Desk) Waits(ctx context.Context, g *gorm.DB, participantID int64) ([]Wait, error) {
	var list []Wait
	err := g.WithContext(ctx).Order("until, id").Find(&list, "participant_id = ? AND ended_at IS NULL AND points > 0", participantID).Error
	if err != nil {
		return nil, fmt.Errorf("what of participant %d waits: %w", participantID, err)
	}
	return list, nil
}

// waiting is what of a subject's grant waits.
func (d *Desk) waiting(ctx context.Context, tx *store.Tx, subject string) (points.Amount, error) {
	var list []Wait
	err := tx.WithContext(ctx).Limit(1).Find(&list, "subject = ? AND ended_at IS NULL", subject).Error
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0].Points, nil
}

// EndWindow gives the points free when their time has come, tells the
// participant, and issues what comes by itself. It returns how long they are to
// wait yet; 0: the work is done.
func (d *Desk) EndWindow(ctx context.Context, db *store.DB, book *campaigns.Book, waitID int64) (again time.Duration, err error) {
	err = db.InTx(ctx, func(tx *store.Tx) error {
		var w Wait
		if err := tx.WithContext(ctx).Take(&w, waitID).Error; err != nil {
			return fmt.Errorf("points that wait %d: %w", waitID, err)
		}
		if err := d.people.Lock(ctx, tx, w.ParticipantID); err != nil {
			return err
		}
		if err := tx.WithContext(ctx).Take(&w, waitID).Error; err != nil || w.EndedAt != nil {
			return err
		}
		if again = w.Until.Sub(tx.Now()); again > 0 {
			return nil
		}
		again = 0
		if err := tx.WithContext(ctx).Model(&w).Update("ended_at", tx.Now()).Error; err != nil {
			return err
		}
		return d.free(ctx, tx, book, w)
	})
	return again, err
}

// free posts the points of an ended window.
func (d *Desk) free(ctx context.Context, tx *store.Tx, book *campaigns.Book, w Wait) error {
	if w.Points == 0 {
		return nil // all of it went back meanwhile
	}
	v, err := book.ByID(ctx, tx.DB, w.VersionID)
	if err != nil {
		return err
	}
	source := w.Subject + "/window"
	// Only now can they be spent: their time begins.
	_, err = d.post(ctx, tx, w.ParticipantID, w.Subject, points.Posting{Source: source, Kind: points.Release,
		Expires: v.PointsExpire(tx.Now()), Undoes: w.Subject + "/" + campaigns.PartLines, Campaign: v.CampaignID,
		Legs: points.Move(points.Held(w.ParticipantID), points.Available(w.ParticipantID), w.Points)}, w.Points)
	if err != nil {
		return err
	}
	balance, repaid, err := d.repay(ctx, tx, w.ParticipantID, source)
	if err != nil {
		return err
	}
	err = notify.Tell(ctx, tx, notify.Notice{ParticipantID: w.ParticipantID, Key: NoticeFree,
		Args: map[string]any{"points": w.Points, "balance": balance.Available, "repaid": repaid}})
	if err != nil {
		return err
	}
	_, err = d.Automatic(ctx, tx, v, w.ParticipantID, source)
	return err
}

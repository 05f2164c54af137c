package points

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// Lot is a number of points that became available together.
type Lot struct {
	ID         int64
	CampaignID int64  // 0: of no campaign; then it never expires
	Source     string // what the points are for: "receipt:17/lines"
	Remaining  Amount
	ExpiresAt  time.Time // zero: never
	CreatedAt  time.Time
}

func (l lotRow) lot() Lot {
	lot := Lot{ID: l.ID, CampaignID: l.CampaignID, Source: l.Source, Remaining: l.Remaining, CreatedAt: l.CreatedAt.UTC()}
	if l.ExpiresAt != nil {
		lot.ExpiresAt = l.ExpiresAt.UTC()
	}
	return lot
}

// Left lists the participant's lots that have something left, in the order in
// which they are spent.
func (Ledger) Left(ctx context.Context, g *gorm.DB, participantID int64) ([]Lot, error) {
	var rows []*lotRow
	if err := g.WithContext(ctx).Find(&rows, "participant_id = ? AND remaining > 0", participantID).Error; err != nil {
		return nil, fmt.Errorf("lots of participant %d: %w", participantID, err)
	}
	slices.SortFunc(rows, (*lotRow).compare)
	list := make([]Lot, len(rows))
	for i, row := range rows {
		list[i] = row.lot()
	}
	return list, nil
}

// Ending lists participants after the given one who have points that expire
// until the moment, by id, at most limit.
func (Ledger) Ending(ctx context.Context, g *gorm.DB, until time.Time, after int64, limit int) (ids []int64, err error) {
	err = g.WithContext(ctx).Model(&lotRow{}).Distinct("participant_id").Order("participant_id").Limit(limit).
		Where("remaining > 0 AND expires_at <= ? AND campaign_id > 0 AND participant_id > ?", until, after).Pluck("participant_id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("whose points end: %w", err)
	}
	return ids, nil
}

// Lapse is what Expire has taken of one lot.
type Lapse struct {
	Source string // of the posting: "lot:7/expiry"
	Lot    Lot    // as it was; Remaining is what expired
}

// Expire takes what is left of the participant's lots whose end has come, a
// posting for each lot. The caller has locked the participant.
func (l Ledger) Expire(ctx context.Context, tx *store.Tx, participantID int64) (done []Lapse, err error) {
	lots, err := l.Left(ctx, tx.DB, participantID)
	if err != nil {
		return nil, err
	}
	for _, lot := range lots {
		if lot.ExpiresAt.IsZero() || lot.ExpiresAt.After(tx.Now()) || lot.CampaignID == 0 {
			continue
		}
		source, err := expirySource(ctx, tx, lot.ID)
		if err != nil {
			return nil, err
		}
		// It is the first that is spent, so that the posting takes this very lot.
		_, err = l.Post(ctx, tx, Posting{Source: source, Kind: Expiry,
			Legs: Move(Available(participantID), Expired(lot.CampaignID), lot.Remaining)})
		if err != nil {
			return nil, err
		}
		done = append(done, Lapse{source, lot})
	}
	return done, nil
}

// expirySource names the expiry of a lot. One that expired before and got points
// back from a hold expires again under the next name.
func expirySource(ctx context.Context, tx *store.Tx, lotID int64) (string, error) {
	source := fmt.Sprintf("lot:%d/expiry", lotID)
	var n int64
	err := tx.WithContext(ctx).Model(&postingRow{}).Where("source = ? OR source LIKE ?", source, source+":%").Count(&n).Error
	if err != nil || n == 0 {
		return source, err
	}
	return fmt.Sprintf("%s:%d", source, n+1), nil
}

// LotOf reads the lot that the source of an expiry names.
func (Ledger) LotOf(ctx context.Context, g *gorm.DB, source string) (lot Lot, found bool, err error) {
	var id int64
	if _, err := fmt.Sscanf(strings.TrimPrefix(source, "lot:"), "%d/expiry", &id); err != nil {
		return lot, false, nil
	}
	var row lotRow
	err = g.WithContext(ctx).Take(&row, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return lot, false, nil
	}
	return row.lot(), err == nil, err
}

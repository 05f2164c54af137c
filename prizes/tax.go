package prizes

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"promobot/internal/money"
	"promobot/internal/store"
)

// The tax on prizes of advertising campaigns, which their organiser reports as
// a tax agent.
const (
	// TaxFreeYearly is what a person may be given in a calendar year without tax:
	// Tax Code of Russia, article 217, point 28.
	TaxFreeYearly money.Kopecks = 4000_00
	// TaxPercent is the rate on what is above it: article 224, point 2.
	TaxPercent = 35
)

// Excess is what of a year's sum is taxed.
func Excess(sum money.Kopecks) money.Kopecks { return max(0, sum-TaxFreeYearly) }

// Tax is the tax on a year's sum in whole roubles, as the Tax Code counts it
// (article 52, point 6): less than 50 kopecks are dropped, 50 and more are a
// rouble.
func Tax(sum money.Kopecks) money.Kopecks {
	const hundredths = 100 * 100 // of a kopeck in a rouble
	return (Excess(sum)*TaxPercent + hundredths/2) / hundredths * 100
}

// YearOf is the calendar year of a moment, in Moscow.
func YearOf(at time.Time) int { return at.In(moscow).Year() }

func yearBounds(year int) (from, to time.Time) {
	return time.Date(year, 1, 1, 0, 0, 0, 0, moscow).UTC(), time.Date(year+1, 1, 1, 0, 0, 0, 0, moscow).UTC()
}

// overTaxFree tells whether another prize of that value takes the person over
// what is free in this year, and the documents for it are not there.
func overTaxFree(ctx context.Context, tx *store.Tx, person []int64, value money.Kopecks) (bool, error) {
	if value == 0 {
		return false, nil
	}
	year := YearOf(tx.Now())
	sums, err := yearSums(ctx, tx.DB, year, person)
	if err != nil {
		return false, err
	}
	sum := value
	for _, s := range sums {
		sum += s.Sum
	}
	if sum <= TaxFreeYearly {
		return false, nil
	}
	var cleared int64
	err = tx.WithContext(ctx).Model(&clearanceRow{}).Where("year = ? AND participant_id IN ?", year, person).Count(&cleared).Error
	return cleared == 0, err
}

// YearSum is what a participant was given in a calendar year.
type YearSum struct {
	ParticipantID int64
	Prizes        int64
	Gated         int64 // of these, waiting for documents
	Sum           money.Kopecks
	Cleared       bool // the documents are there
}

// YearSums lists who was given prizes with a value in a calendar year of Moscow,
// by participant.
func (s *Shop) YearSums(ctx context.Context, g *gorm.DB, year int) ([]YearSum, error) {
	sums, err := yearSums(ctx, g, year, nil)
	if err != nil {
		return nil, err
	}
	var cleared []int64
	if err := g.WithContext(ctx).Model(&clearanceRow{}).Where("year = ?", year).Pluck("participant_id", &cleared).Error; err != nil {
		return nil, fmt.Errorf("tax clearances of %d: %w", year, err)
	}
	have := make(map[int64]bool, len(cleared))
	for _, id := range cleared {
		have[id] = true
	}
	for i := range sums {
		sums[i].Cleared = have[sums[i].ParticipantID]
	}
	return sums, nil
}

// yearSums sums up the values of a year, of the given people or of all.
func yearSums(ctx context.Context, g *gorm.DB, year int, person []int64) ([]YearSum, error) {
	from, to := yearBounds(year)
	query := counted(g.WithContext(ctx).Table("awards AS a")).
		Where("a.value_kopecks > 0 AND a.counted_at >= ? AND a.counted_at < ?", from, to)
	if person != nil {
		query = query.Where("a.participant_id IN ?", person)
	}
	var sums []YearSum
	err := query.Select("a.participant_id, COUNT(*) AS prizes, SUM(CASE WHEN a.status = ? THEN 1 ELSE 0 END) AS gated, CAST(SUM(a.value_kopecks) AS BIGINT) AS sum", AwardGated).
		Group("a.participant_id").Order("a.participant_id").Scan(&sums).Error
	if err != nil {
		return nil, fmt.Errorf("prizes of %d: %w", year, err)
	}
	return sums, nil
}

type clearanceRow struct {
	ParticipantID int64 `gorm:"primaryKey"`
	Year          int   `gorm:"primaryKey"`
	ClearedBy     string
	Note          string
	ClearedAt     time.Time
}

// TableName is the table of who handed in tax documents.
func (clearanceRow) TableName() string { return "tax_clearances" }

// Clear notes that a participant's documents for the tax on a year's prizes are
// there; the first note stays. What waits for them is given by Ungate.
func (s *Shop) Clear(ctx context.Context, tx *store.Tx, participantID int64, year int, by, note string) error {
	row := clearanceRow{ParticipantID: participantID, Year: year, ClearedBy: by, Note: note, ClearedAt: tx.Now()}
	if err := tx.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("tax documents of participant %d: %w", participantID, err)
	}
	return nil
}

// Ungate gives a gated award: the code that was reserved for it, else what the
// sources have now. It is dated anew: the tax counts what was given when.
// ErrOutOfStock leaves nothing behind.
func (s *Shop) Ungate(ctx context.Context, tx *store.Tx, a Award) (Award, error) {
	prize, err := s.Prize(ctx, tx.DB, a.PrizeID)
	if err != nil {
		return a, err
	}
	from, err := s.reservedOr(ctx, tx, prize, a)
	if err != nil {
		return a, err
	}
	if err := moveAward(ctx, tx, a, map[string]any{"status": from.status(false), "counted_at": tx.Now()}); err != nil {
		return a, err
	}
	if err := s.supply(ctx, tx, prize, awardRow{ID: a.ID, Status: from.status(false)}, from); err != nil {
		return a, err
	}
	return s.Award(ctx, tx.DB, a.ID)
}

// reservedOr is the code that was reserved for an award or, if there is none or
// it has expired over the papers, what the sources have.
func (s *Shop) reservedOr(ctx context.Context, tx *store.Tx, prize Prize, a Award) (found, error) {
	var rows []certificateRow
	err := tx.WithContext(ctx).Clauses(store.ForUpdate()).Find(&rows, "award_id = ? AND status = ?", a.ID, statusReserved).Error
	if err != nil {
		return found{}, err
	}
	for _, row := range rows {
		if row.ValidUntil == nil || row.ValidUntil.After(tx.Now()) {
			return found{code: &row}, nil
		}
	}
	from, err := s.find(ctx, tx, prize, nil)
	if err != nil {
		return from, err
	}
	for _, row := range rows {
		if err := moveCertificate(ctx, tx, row, map[string]any{"status": statusVoid, "award_id": nil}); err != nil {
			return from, err
		}
	}
	return from, nil
}

package prizes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/money"
	"promobot/internal/store"
)

// AwardStatus is where an award stands; it moves only forward.
type AwardStatus string

// The statuses of an award.
const (
	AwardGated    AwardStatus = "gated"    // waits for tax documents
	AwardOrdered  AwardStatus = "ordered"  // a supplier was asked, the code is to come
	AwardIssued   AwardStatus = "issued"   // has its certificate
	AwardReturned AwardStatus = "returned" // no source could serve it, or staff refused: its price went back
	AwardReplaced AwardStatus = "replaced" // its code did not work, another award stands for it
)

// ErrMoved reports an award or an order that is no longer where the caller saw
// it.
var ErrMoved = errors.New("prizes: it has moved on")

// Award is what a participant got for a source, or will get.
type Award struct {
	ID            int64
	ParticipantID int64
	PrizeID       string
	Title         string
	TitleEN       string
	Source        string
	Status        AwardStatus
	Price         int64 // in points, at the time of the award
	CampaignID    int64 // whose points paid; 0: unknown
	Value         money.Kopecks
	AwardedAt     time.Time
	Replaces      int64       // the certificate that did not work; 0: none
	Certificate   Certificate // of an issued award; else empty
}

type awardRow struct {
	ID            int64
	ParticipantID int64
	PrizeID       string
	Source        string
	Status        AwardStatus
	Price         int64
	CampaignID    int64
	ValueKopecks  money.Kopecks
	AwardedAt     time.Time
	CountedAt     time.Time // dates the value for the tax
	ReplacesID    *int64
}

// TableName is the table of who got what, once for each source.
func (awardRow) TableName() string { return "awards" }

// awardView is an award with its prize's titles.
type awardView struct {
	ID            int64
	ParticipantID int64
	PrizeID       string
	Title         string
	TitleEN       string
	Source        string
	Status        AwardStatus
	Price         int64
	CampaignID    int64
	ValueKopecks  money.Kopecks
	AwardedAt     time.Time
	ReplacesID    *int64
}

func awards(ctx context.Context, g *gorm.DB) *gorm.DB {
	return g.WithContext(ctx).Table("awards AS a").Joins("JOIN prizes AS p ON p.id = a.prize_id").Select("a.*, p.title, p.title_en")
}

func (v awardView) award() Award {
	a := Award{ID: v.ID, ParticipantID: v.ParticipantID, PrizeID: v.PrizeID, Title: v.Title, TitleEN: v.TitleEN, Source: v.Source, Status: v.Status,
		Price: v.Price, CampaignID: v.CampaignID, Value: v.ValueKopecks, AwardedAt: v.AwardedAt.UTC()}
	if v.ReplacesID != nil {
		a.Replaces = *v.ReplacesID
	}
	return a
}

// AwardBySource finds what was awarded for a source.
func (s *Shop) AwardBySource(ctx context.Context, g *gorm.DB, source string) (Award, bool, error) {
	return s.oneAward(ctx, g, "a.source = ?", source)
}

// PaidSource is the source whose posting has paid for the award of a source:
// its own or, of a replacement, that of the award it stands for.
func (s *Shop) PaidSource(ctx context.Context, g *gorm.DB, source string) (string, error) {
	for {
		a, ok, err := s.AwardBySource(ctx, g, source)
		if err != nil || !ok || a.Replaces == 0 {
			return source, err
		}
		err = g.WithContext(ctx).Table("awards AS a").Joins("JOIN certificates AS c ON c.award_id = a.id").
			Where("c.id = ?", a.Replaces).Select("a.source").Take(&source).Error
		if err != nil {
			return "", fmt.Errorf("award that %s stands for: %w", a.Source, err)
		}
	}
}

// Award reads an award.
func (s *Shop) Award(ctx context.Context, g *gorm.DB, id int64) (Award, error) {
	a, ok, err := s.oneAward(ctx, g, "a.id = ?", id)
	if err == nil && !ok {
		err = fmt.Errorf("award %d: %w", id, ErrMoved)
	}
	return a, err
}

func (s *Shop) oneAward(ctx context.Context, g *gorm.DB, where string, arg any) (Award, bool, error) {
	var row awardView
	err := awards(ctx, g).Where(where, arg).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Award{}, false, nil
	}
	if err != nil {
		return Award{}, false, fmt.Errorf("award of %v: %w", arg, err)
	}
	a := row.award()
	a.Certificate, _, err = s.BySource(ctx, g, a.Source)
	return a, true, err
}

// Pending lists the participant's awards that are ordered or gated, the newest
// first.
func (s *Shop) Pending(ctx context.Context, g *gorm.DB, participantID int64) ([]Award, error) {
	return s.listAwards(ctx, g, "a.participant_id = ? AND a.status IN ?", participantID, []AwardStatus{AwardOrdered, AwardGated})
}

// Gated lists the participant's awards that wait for the tax documents of a
// year, the newest first.
func (s *Shop) Gated(ctx context.Context, g *gorm.DB, participantID int64, year int) ([]Award, error) {
	from, to := yearBounds(year)
	return s.listAwards(ctx, g, "a.participant_id = ? AND a.status = ? AND a.counted_at >= ? AND a.counted_at < ?", participantID, AwardGated, from, to)
}

func (s *Shop) listAwards(ctx context.Context, g *gorm.DB, where string, args ...any) ([]Award, error) {
	var rows []awardView
	if err := awards(ctx, g).Where(where, args...).Order("a.id DESC").Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("awards: %w", err)
	}
	list := make([]Award, len(rows))
	for i, row := range rows {
		list[i] = row.award()
	}
	return list, nil
}

// Return ends an ordered or gated award without a certificate; a code that was
// reserved for it is void. The caller gives its price back in the same
// transaction.
func (s *Shop) Return(ctx context.Context, tx *store.Tx, a Award) error {
	if a.Status != AwardOrdered && a.Status != AwardGated {
		return fmt.Errorf("return award %d: %w", a.ID, ErrMoved)
	}
	if err := moveAward(ctx, tx, a, map[string]any{"status": AwardReturned}); err != nil {
		return err
	}
	return tx.WithContext(ctx).Model(&certificateRow{}).
		Where("award_id = ? AND status = ?", a.ID, statusReserved).Update("status", statusVoid).Error
}

func moveAward(ctx context.Context, tx *store.Tx, a Award, change map[string]any) error {
	res := tx.WithContext(ctx).Model(&awardRow{}).Where("id = ? AND status = ?", a.ID, a.Status).Updates(change)
	if res.Error == nil && res.RowsAffected != 1 {
		return fmt.Errorf("award %d: %w", a.ID, ErrMoved)
	}
	return res.Error
}

// counted keeps, of the table awards AS a, what a person has or will have:
// what was returned, replaced or withdrawn does not count.
func counted(g *gorm.DB) *gorm.DB {
	return g.Where("a.status IN ?", []AwardStatus{AwardGated, AwardOrdered, AwardIssued}).
		Where("NOT EXISTS (SELECT 1 FROM certificates AS v WHERE v.award_id = a.id AND v.status = ?)", statusVoid)
}

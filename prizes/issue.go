package prizes

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// The states of a certificate. Those before void come one after another.
const (
	statusFree     = "free"
	statusReserved = "reserved" // for an award that waits for tax documents
	statusIssued   = "issued"
	statusOpened   = "opened"
	statusVoid     = "void"
)

type certificateRow struct {
	ID              int64
	PrizeID         string
	CodeSealed      []byte
	CodeMac         string
	Status          string
	AwardID         *int64
	ImportID        int64  // 0: ordered
	OrderID         *int64 // nil: imported
	ValidUntil      *time.Time
	IssuedAt        *time.Time
	OpenedAt        *time.Time
	OpenedAddressID *int64
	OpenedBy        string
	VoidedAt        *time.Time
}

// TableName is the table of the stock.
func (certificateRow) TableName() string { return "certificates" }

// Claim says who shall get what for which source.
type Claim struct {
	ParticipantID int64
	Person        []int64 // accounts that limits and taxes count together; empty: this one alone
	PrizeID       string
	Source        string
	CampaignID    int64 // whose points pay for it
}

func (c Claim) person() []int64 {
	if len(c.Person) == 0 {
		return []int64{c.ParticipantID}
	}
	return c.Person
}

// Issue awards the participant a prize for a source, at the catalogue's price:
// with a code of the pool at once, or by an order at the first supplier that the
// prize names. What would take the person's prizes of the year over
// TaxFreeYearly is gated: reserved, but neither issued nor ordered.
//
// The same source again returns the first award, whatever the prize, and takes
// nothing; for another participant it is ErrNotYours. ErrOutOfStock, ErrUnknown
// and *LimitError leave nothing behind, so the transaction may go on. A code
// that another transaction is just handing out counts as gone, even if that one
// falls over later. Expired codes are not issued. The caller has locked the
// participant, and the person if there is more than one account.
func (s *Shop) Issue(ctx context.Context, tx *store.Tx, c Claim) (Award, error) {
	a, err := s.issue(ctx, tx, c)
	if err == nil && a.ParticipantID != c.ParticipantID {
		a, err = Award{}, ErrNotYours
	}
	if err != nil {
		return Award{}, fmt.Errorf("issue %s for %s: %w", c.PrizeID, c.Source, err)
	}
	return a, nil
}

func (s *Shop) issue(ctx context.Context, tx *store.Tx, c Claim) (Award, error) {
	if a, ok, err := s.AwardBySource(ctx, tx.DB, c.Source); err != nil || ok {
		return a, err
	}
	prize, err := s.Prize(ctx, tx.DB, c.PrizeID)
	if err != nil {
		return Award{}, err
	}
	if err := allowed(ctx, tx, prize, c.person()); err != nil {
		return Award{}, err
	}
	gated, err := overTaxFree(ctx, tx, c.person(), prize.Value)
	if err != nil {
		return Award{}, err
	}
	row := awardRow{ParticipantID: c.ParticipantID, PrizeID: c.PrizeID, Source: c.Source, Price: prize.Price,
		CampaignID: c.CampaignID, ValueKopecks: prize.Value, AwardedAt: tx.Now(), CountedAt: tx.Now()}
	return s.award(ctx, tx, prize, row, gated)
}

// award finds a source before it writes the award, so that without one nothing
// is written.
func (s *Shop) award(ctx context.Context, tx *store.Tx, prize Prize, row awardRow, gated bool) (Award, error) {
	from, err := s.find(ctx, tx, prize, nil)
	if err != nil {
		return Award{}, err
	}
	row.Status = from.status(gated)
	first, err := store.Once(ctx, tx, &row)
	if err == nil && first {
		err = s.supply(ctx, tx, prize, row, from)
	}
	if err != nil {
		return Award{}, err
	}
	a, _, err := s.AwardBySource(ctx, tx.DB, row.Source) // of another transaction, if that was quicker
	return a, err
}

func (f found) status(gated bool) AwardStatus {
	switch {
	case gated:
		return AwardGated
	case f.code == nil:
		return AwardOrdered
	}
	return AwardIssued
}

// supply gives the award what its status promises. What is gated and has no
// code in the pool is ordered when the documents are there.
func (s *Shop) supply(ctx context.Context, tx *store.Tx, prize Prize, a awardRow, from found) error {
	gated := a.Status == AwardGated
	switch {
	case from.code == nil && gated:
		return nil
	case from.code == nil:
		return order(ctx, tx, a.ID, from)
	}
	to := statusIssued
	if gated {
		to = statusReserved
	}
	if err := hand(ctx, tx, *from.code, a.ID, to); err != nil {
		return err
	}
	return s.watch(ctx, tx, prize)
}

// lockFree locks a free code. Codes that other transactions hold are passed
// over and never waited for: a wait would keep the rows it has looked at locked,
// and two such waits bar each other.
func lockFree(ctx context.Context, tx *store.Tx, prizeID string) (certificateRow, error) {
	var row certificateRow
	err := usable(tx.WithContext(ctx).Clauses(store.ForUpdateSkipLocked()), tx.Now()).
		Where("prize_id = ?", prizeID).Order("id").Limit(1).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = ErrOutOfStock
	}
	return row, err
}

// hand makes the award the owner of a code that is still as it was read: the
// condition decides, not the lock.
func hand(ctx context.Context, tx *store.Tx, c certificateRow, awardID int64, to string) error {
	change := map[string]any{"status": to, "award_id": awardID}
	if to == statusIssued {
		change["issued_at"] = tx.Now()
	}
	return moveCertificate(ctx, tx, c, change)
}

func moveCertificate(ctx context.Context, tx *store.Tx, c certificateRow, change map[string]any) error {
	res := tx.WithContext(ctx).Model(&certificateRow{}).Where("id = ? AND status = ?", c.ID, c.Status).Updates(change)
	if res.Error == nil && res.RowsAffected != 1 {
		return fmt.Errorf("certificate %d changed under its lock", c.ID)
	}
	return res.Error
}

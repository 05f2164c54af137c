package points

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"promobot/internal/store"
)

// Ledger writes and reads the books. It has no state of its own.
type Ledger struct{}

type postingRow struct {
	ID       int64
	Source   string
	Kind     Kind
	Hash     string
	PostedAt time.Time
}

// TableName is the table of postings.
func (postingRow) TableName() string { return "postings" }

type entryRow struct {
	ID        int64
	PostingID int64
	Account   Account
	Amount    Amount
}

// TableName is the table of entries, which other programs read.
func (entryRow) TableName() string { return "ledger_entries" }

type balanceRow struct {
	Account Account `gorm:"primaryKey"`
	Balance Amount
}

// TableName is the table of stored balances.
func (balanceRow) TableName() string { return "balances" }

// Post writes a posting once and reports whether this call did. The same source
// with the same legs again changes nothing; with other legs it is ErrConflict.
// A leg that would take available or held below zero, or debt above it, is
// refused with ErrShort: the caller must then give up the transaction.
func (Ledger) Post(ctx context.Context, tx *store.Tx, p Posting) (first bool, err error) {
	if err := p.check(); err != nil {
		return false, err
	}
	row := postingRow{Source: p.Source, Kind: p.Kind, Hash: p.hash(), PostedAt: tx.Now()}
	first, err = store.Once(ctx, tx, &row)
	if err != nil {
		return false, fmt.Errorf("post %s: %w", p.Source, err)
	}
	if !first {
		return false, same(ctx, tx, p)
	}
	if err := move(ctx, tx, row.ID, p.sorted()); err != nil {
		return false, fmt.Errorf("post %s: %w", p.Source, err)
	}
	return true, nil
}

// same is nil if the posting that stands is this one.
func same(ctx context.Context, tx *store.Tx, p Posting) error {
	var old postingRow
	if err := tx.WithContext(ctx).Take(&old, "source = ?", p.Source).Error; err != nil {
		return fmt.Errorf("post %s: %w", p.Source, err)
	}
	if old.Hash != p.hash() {
		return fmt.Errorf("post %s: %w", p.Source, ErrConflict)
	}
	return nil
}

func move(ctx context.Context, tx *store.Tx, postingID int64, legs []Leg) error {
	for _, leg := range legs {
		store.Append(tx, entryRow{PostingID: postingID, Account: leg.Account, Amount: leg.Amount})
		if !leg.Account.stored() {
			continue
		}
		if err := change(ctx, tx, leg); err != nil {
			return fmt.Errorf("%s by %d: %w", leg.Account, leg.Amount, err)
		}
	}
	return nil
}

// change keeps the stored balance.
func change(ctx context.Context, tx *store.Tx, leg Leg) error {
	if leg.takes() {
		return take(ctx, tx, leg)
	}
	row := balanceRow{Account: leg.Account, Balance: leg.Amount}
	return tx.WithContext(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "account"}},
		DoUpdates: clause.Assignments(map[string]any{"balance": gorm.Expr("balances.balance + excluded.balance")})}).Create(&row).Error
}

// take changes a balance that may be too small, or not be there. The condition
// decides, so that a refusal is no error of the database.
func take(ctx context.Context, tx *store.Tx, leg Leg) error {
	res := tx.WithContext(ctx).Model(&balanceRow{}).Where("account = ?", leg.Account).
		Where("CASE WHEN account LIKE '%/debt' THEN -(balance + ?) ELSE balance + ? END >= 0", leg.Amount, leg.Amount).
		Update("balance", gorm.Expr("balance + ?", leg.Amount))
	if res.Error == nil && res.RowsAffected == 0 {
		return ErrShort
	}
	return res.Error
}

// Balance is what a participant has.
type Balance struct {
	Available Amount // may be spent
	Held      Amount // set aside
	Debt      Amount // owed, zero or negative
}

// Balance reads the stored balances of a participant.
func (Ledger) Balance(ctx context.Context, g *gorm.DB, participantID int64) (Balance, error) {
	var rows []balanceRow
	accounts := []Account{Available(participantID), Held(participantID), Debt(participantID)}
	if err := g.WithContext(ctx).Find(&rows, "account IN ?", accounts).Error; err != nil {
		return Balance{}, fmt.Errorf("balance of participant %d: %w", participantID, err)
	}
	of := map[Account]Amount{}
	for _, row := range rows {
		of[row.Account] = row.Balance
	}
	return Balance{of[accounts[0]], of[accounts[1]], of[accounts[2]]}, nil
}

// Posted tells whether the source stands in the books.
func (Ledger) Posted(ctx context.Context, g *gorm.DB, source string) (bool, error) {
	err := g.WithContext(ctx).Take(&postingRow{}, "source = ?", source).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Line is one line of a participant's statement.
type Line struct {
	Source string
	Kind   Kind
	Amount Amount // signed change of what may be spent
	At     time.Time
}

// Statement lists the last changes of what the participant may spend, newest
// first, at most limit.
func (Ledger) Statement(ctx context.Context, g *gorm.DB, participantID int64, limit int) ([]Line, error) {
	var lines []Line
	err := g.WithContext(ctx).Table("ledger_entries AS e").
		Joins("JOIN postings AS p ON p.id = e.posting_id").
		Where("e.account = ?", Available(participantID)).
		Order("e.id DESC").Limit(limit).
		Select("p.source, p.kind, e.amount, p.posted_at AS at").Scan(&lines).Error
	if err != nil {
		return nil, fmt.Errorf("statement of participant %d: %w", participantID, err)
	}
	return lines, nil
}

package points

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"gorm.io/gorm"

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

	ExpiresAt *time.Time // of what it makes available
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

	Links int64  // of the chain of the participant, in the row of what may be spent
	Head  string // the last link's hash
}

// TableName is the table of stored balances.
func (balanceRow) TableName() string { return "balances" }

// Post writes a posting once and reports whether this call did. The same source
// with the same legs again changes nothing; with other legs it is ErrConflict.
// A leg that would take available or held below zero, or debt above it, is
// refused with ErrShort: the caller must then give up the transaction.
// Its entries, lots and links are written when the transaction ends and cannot
// be read inside it; balances can.
func (Ledger) Post(ctx context.Context, tx *store.Tx, p Posting) (first bool, err error) {
	if err := p.check(); err != nil {
		return false, err
	}
	undone, err := recall(ctx, tx, p)
	if err != nil {
		return false, fmt.Errorf("post %s: %w", p.Source, err)
	}
	row := postingRow{Source: p.Source, Kind: p.Kind, Hash: p.hash(), PostedAt: tx.Now(), ExpiresAt: p.expires(undone)}
	first, err = store.Once(ctx, tx, &row)
	if err != nil {
		return false, fmt.Errorf("post %s: %w", p.Source, err)
	}
	if !first {
		return false, same(ctx, tx, p)
	}
	w := &writing{row: row, posting: p, undone: undone, books: store.Memory[books](tx)}
	if err := w.write(ctx, tx); err != nil {
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

// writing is one posting on its way into the books.
type writing struct {
	row     postingRow
	posting Posting
	undone  undone
	books   *books
}

func (w *writing) write(ctx context.Context, tx *store.Tx) error {
	legs := w.posting.sorted()
	for _, leg := range legs {
		store.Append(tx, entryRow{PostingID: w.row.ID, Account: leg.Account, Amount: leg.Amount})
	}
	for _, id := range owners(legs) {
		if err := w.of(ctx, tx, id, legs); err != nil {
			return err
		}
	}
	w.books.written(w.posting, w.row)
	return nil
}

// owners are the participants whose accounts the legs change, in the order of
// the accounts; nobody is participant 0.
func owners(sorted []Leg) (ids []int64) {
	for _, leg := range sorted {
		if id, ok := leg.Account.owner(); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return []int64{0}
	}
	return ids
}

// of changes the accounts of one participant: what may be spent comes first,
// since its row holds the head of the chain and locks the lots.
func (w *writing) of(ctx context.Context, tx *store.Tx, id int64, legs []Leg) error {
	available := Leg{Account: Available(id)}
	for _, leg := range legs {
		if leg.Account == available.Account {
			available = leg
		}
	}
	before, err := change(ctx, tx, available)
	if err != nil {
		return err
	}
	for _, leg := range legs {
		if owner, ok := leg.Account.owner(); !ok || owner != id || leg.Account == available.Account {
			continue
		}
		if _, err := change(ctx, tx, leg); err != nil {
			return err
		}
	}
	moved, err := w.lots(ctx, tx, id, available.Amount)
	if err != nil {
		return err
	}
	return w.link(ctx, tx, id, before, moved)
}

// head is where a chain ends.
type head struct {
	Links int64
	Head  string
}

const (
	addSQL = `INSERT INTO balances (account, balance) VALUES (?, ?)
		ON CONFLICT (account) DO UPDATE SET balance = balances.balance + excluded.balance RETURNING links, head`
	// The condition decides, so that a refusal is no error of the database.
	takeSQL = `UPDATE balances SET balance = balance + ? WHERE account = ?
		AND CASE WHEN account LIKE '%/debt' THEN -(balance + ?) ELSE balance + ? END >= 0 RETURNING links, head`
)

// change keeps the stored balance, and locks it even if nothing is to change.
func change(ctx context.Context, tx *store.Tx, leg Leg) (h head, err error) {
	res := tx.WithContext(ctx)
	if leg.takes() {
		res = res.Raw(takeSQL, leg.Amount, leg.Account, leg.Amount, leg.Amount).Scan(&h)
	} else {
		res = res.Raw(addSQL, leg.Account, leg.Amount).Scan(&h)
	}
	if err = res.Error; err == nil && res.RowsAffected == 0 {
		err = ErrShort
	}
	if err != nil {
		return h, fmt.Errorf("%s by %d: %w", leg.Account, leg.Amount, err)
	}
	return h, nil
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
	ID     int64 // of the entry
	Source string
	Kind   Kind
	Amount Amount // signed change of what may be spent
	At     time.Time
}

// Statement lists the last changes of what the participant may spend, newest
// first, at most limit.
func (l Ledger) Statement(ctx context.Context, g *gorm.DB, participantID int64, limit int) ([]Line, error) {
	return l.StatementBefore(ctx, g, participantID, math.MaxInt64, limit)
}

// StatementBefore is Statement of the lines before the one with the given id.
func (Ledger) StatementBefore(ctx context.Context, g *gorm.DB, participantID, before int64, limit int) ([]Line, error) {
	var lines []Line
	err := statement(ctx, g, participantID).Where("e.id < ?", before).Order("e.id DESC").Limit(limit).Scan(&lines).Error
	if err != nil {
		return nil, fmt.Errorf("statement of participant %d: %w", participantID, err)
	}
	return lines, nil
}

// Entry is one line of the participant's statement; false if there is none with
// that id.
func (Ledger) Entry(ctx context.Context, g *gorm.DB, participantID, id int64) (Line, bool, error) {
	var line Line
	res := statement(ctx, g, participantID).Where("e.id = ?", id).Scan(&line)
	if res.Error != nil {
		return Line{}, false, fmt.Errorf("entry %d of participant %d: %w", id, participantID, res.Error)
	}
	return line, res.RowsAffected == 1, nil
}

func statement(ctx context.Context, g *gorm.DB, participantID int64) *gorm.DB {
	return g.WithContext(ctx).Table("ledger_entries AS e").
		Joins("JOIN postings AS p ON p.id = e.posting_id").
		Where("e.account = ?", Available(participantID)).
		Select("e.id, p.source, p.kind, e.amount, p.posted_at AS at")
}

package points

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// linkRow is one link of a participant's chain.
type linkRow struct {
	ID            int64
	ParticipantID int64
	N             int64 // from 1
	PostingID     int64
	Body          string // the posting as it was written, JSON
	Hash          string
}

// TableName is the table of links.
func (linkRow) TableName() string { return "ledger_links" }

// linkBody is the posting as a link keeps it. Its JSON, with the fields in this
// order and without spaces, is what is hashed.
type linkBody struct {
	Posting int64   `json:"posting"`
	Source  string  `json:"source"`
	Kind    Kind    `json:"kind"`
	Hash    string  `json:"hash"`
	At      int64   `json:"at"`                // microseconds since 1970
	Expires int64   `json:"expires,omitempty"` // likewise
	Undoes  int64   `json:"undoes,omitempty"`  // the posting whose debit it gives back
	Legs    []Leg   `json:"legs"`              // by account
	Lots    []moved `json:"lots,omitempty"`    // of the chain's participant
}

func newLinkBody(row postingRow, legs []Leg, lots []moved) linkBody {
	b := linkBody{Posting: row.ID, Source: row.Source, Kind: row.Kind, Hash: row.Hash, At: row.PostedAt.UnixMicro(), Legs: legs, Lots: lots}
	if row.ExpiresAt != nil {
		b.Expires = row.ExpiresAt.UnixMicro()
	}
	return b
}

// linkHash is the hash of link n of the participant.
func linkHash(prev string, participantID, n int64, body string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%d\n%s", prev, participantID, n, body))
	return hex.EncodeToString(sum[:])
}

// next is the link that follows h.
func (h head) next(participantID int64, b linkBody) (linkRow, error) {
	text, err := json.Marshal(b)
	if err != nil {
		return linkRow{}, fmt.Errorf("link of posting %d: %w", b.Posting, err)
	}
	l := linkRow{ParticipantID: participantID, N: h.Links + 1, PostingID: b.Posting, Body: string(text)}
	l.Hash = linkHash(h.Head, participantID, l.N, l.Body)
	return l, nil
}

// link appends the posting to the participant's chain. The row that holds the
// head is locked since its balance was changed, so that a chain cannot fork; if
// it did, the late update would find another head and fail.
func (w *writing) link(ctx context.Context, tx *store.Tx, id int64, stored head, lots []moved) error {
	before, moved := w.books.heads[id]
	if !moved {
		before = stored
	}
	body := newLinkBody(w.row, w.posting.sorted(), lots)
	body.Undoes = w.undone.ID
	l, err := before.next(id, body)
	if err != nil {
		return err
	}
	if w.books.heads == nil {
		w.books.heads = map[int64]head{}
	}
	w.books.heads[id] = head{l.N, l.Hash}
	store.Append(tx, l)
	return tx.Later(ctx, func(g *gorm.DB) *gorm.DB { return moveHead(g, before, l) })
}

func moveHead(g *gorm.DB, before head, l linkRow) *gorm.DB {
	return g.Model(&balanceRow{}).Where("account = ? AND links = ?", Available(l.ParticipantID), before.Links).
		Updates(map[string]any{"links": l.N, "head": l.Hash})
}

// adoptAtOnce is how many old postings are linked in one transaction.
const adoptAtOnce = 2000

type adoptionRow struct {
	ID     int64
	Until  int64
	Linked int64
}

// TableName is the table that says how far old postings are linked.
func (adoptionRow) TableName() string { return "ledger_adoption" }

// Adopt links the postings that were written before there were chains, as they
// are found, once in the life of a database. Whoever opens a database calls it
// before anything is posted; of several replicas one works and the others wait.
func (l Ledger) Adopt(ctx context.Context, db *store.DB) error {
	for more := true; more; {
		err := db.InTx(ctx, func(tx *store.Tx) (err error) {
			more, err = l.adopt(ctx, tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("link old postings: %w", err)
		}
	}
	return nil
}

func (Ledger) adopt(ctx context.Context, tx *store.Tx) (more bool, err error) {
	var a adoptionRow
	if err := tx.WithContext(ctx).Clauses(store.ForUpdate()).Take(&a, 1).Error; err != nil || a.Linked >= a.Until {
		return false, err
	}
	var rows []postingRow
	err = tx.WithContext(ctx).Order("id").Limit(adoptAtOnce).Find(&rows, "id > ? AND id <= ?", a.Linked, a.Until).Error
	if err != nil {
		return false, err
	}
	legs, err := legsOf(ctx, tx.DB, rows)
	if err != nil {
		return false, err
	}
	for _, row := range rows {
		if err := adoptOne(ctx, tx, row, legs[row.ID]); err != nil {
			return false, err
		}
	}
	linked := a.Until
	if len(rows) == adoptAtOnce {
		linked = rows[len(rows)-1].ID
	}
	return linked < a.Until, tx.WithContext(ctx).Model(&a).Update("linked", linked).Error
}

func adoptOne(ctx context.Context, tx *store.Tx, row postingRow, legs []Leg) error {
	w := &writing{row: row, posting: Posting{Legs: legs}, books: store.Memory[books](tx)}
	for _, id := range owners(legs) {
		before := head{}
		if _, known := w.books.heads[id]; !known {
			var err error
			if before, err = change(ctx, tx, Leg{Account: Available(id)}); err != nil {
				return err
			}
		}
		if err := w.link(ctx, tx, id, before, nil); err != nil {
			return err
		}
	}
	return nil
}

// legsOf reads the legs of postings with neighbouring ids, by account.
func legsOf(ctx context.Context, g *gorm.DB, rows []postingRow) (map[int64][]Leg, error) {
	of := map[int64][]Leg{}
	if len(rows) == 0 {
		return of, nil
	}
	var entries []entryRow
	err := g.WithContext(ctx).Find(&entries, "posting_id >= ? AND posting_id <= ?", rows[0].ID, rows[len(rows)-1].ID).Error
	for _, e := range entries {
		of[e.PostingID] = append(of[e.PostingID], Leg{e.Account, e.Amount})
	}
	for id, legs := range of {
		of[id] = Posting{Legs: legs}.sorted()
	}
	return of, err
}

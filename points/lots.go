package points

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// lotRow is what a posting made available to a participant. A posting makes one
// lot at most for each.
type lotRow struct {
	ID            int64
	ParticipantID int64
	PostingID     int64
	CampaignID    int64
	Source        string
	Amount        Amount
	Remaining     Amount
	ExpiresAt     *time.Time
	CreatedAt     time.Time
}

// TableName is the table of lots.
func (lotRow) TableName() string { return "lots" }

// useRow pairs a debit with a lot that it took from; below zero it gave back.
type useRow struct {
	ID            int64
	PostingID     int64
	ParticipantID int64
	LotPostingID  int64
	Amount        Amount
	Undoes        int64 // the posting whose debit is given back
}

// TableName is the table of uses.
func (useRow) TableName() string { return "lot_uses" }

// books is what one transaction has added to the ledger and cannot read yet.
type books struct {
	heads    map[int64]head
	shelves  map[int64]*shelf
	uses     []useRow
	postings map[string]undone
}

// shelf holds a participant's lots as the transaction leaves them.
type shelf struct {
	read bool // all that had something left were read
	lots []*lotRow
}

func (b *books) shelf(id int64) *shelf {
	if b.shelves == nil {
		b.shelves = map[int64]*shelf{}
	}
	if b.shelves[id] == nil {
		b.shelves[id] = &shelf{}
	}
	return b.shelves[id]
}

// written remembers the posting for one that undoes it in the same transaction.
func (b *books) written(p Posting, row postingRow) {
	if b.postings == nil {
		b.postings = map[string]undone{}
	}
	b.postings[p.Source] = undone{ID: row.ID, Source: row.Source, ExpiresAt: row.ExpiresAt, CampaignID: p.campaign()}
}

// campaign is the campaign among the legs, 0 if there is none.
func (p Posting) campaign() int64 {
	for _, leg := range p.Legs {
		if id, ok := leg.Account.issuer(); ok {
			return id
		}
	}
	return 0
}

// undone is the posting that another one undoes; the zero value: none.
type undone struct {
	ID         int64
	Source     string
	ExpiresAt  *time.Time
	CampaignID int64
}

const recallSQL = `SELECT p.id, p.source, p.expires_at, COALESCE((SELECT e.account FROM ledger_entries e
	WHERE e.posting_id = p.id AND e.account LIKE 'campaign:%' ORDER BY e.id LIMIT 1), '') AS account
	FROM postings p WHERE p.source = ?`

// recall reads what never changes of the posting that p undoes.
func recall(ctx context.Context, tx *store.Tx, p Posting) (undone, error) {
	if p.Undoes == "" {
		return undone{}, nil
	}
	if known, ok := store.Memory[books](tx).postings[p.Undoes]; ok {
		return known, nil
	}
	var row struct {
		ID        int64
		Source    string
		ExpiresAt *time.Time
		Account   Account
	}
	err := tx.WithContext(ctx).Raw(recallSQL, p.Undoes).Scan(&row).Error
	campaign, _ := row.Account.issuer()
	return undone{row.ID, row.Source, row.ExpiresAt, campaign}, err
}

// expires is when the points of the posting expire; nil: never.
func (p Posting) expires(u undone) *time.Time {
	if p.Expires.IsZero() {
		return u.ExpiresAt
	}
	at := p.Expires.UTC().Truncate(time.Microsecond)
	return &at
}

// moved is one change of a lot, as the link of the posting tells it: the posting
// that made the lot, and what came or went; of a new lot also what it is for.
type moved struct {
	Lot      int64  `json:"lot"`
	Amount   Amount `json:"amount"`
	Campaign int64  `json:"campaign,omitempty"`
	Source   string `json:"source,omitempty"`
}

// lots brings the participant's lots in line with a change of what may be spent.
// The caller has locked the balance.
func (w *writing) lots(ctx context.Context, tx *store.Tx, id int64, n Amount) ([]moved, error) {
	switch {
	case n < 0:
		return w.take(ctx, tx, id, -n)
	case n > 0:
		return w.put(ctx, tx, id, n)
	}
	return nil, nil
}

// errLots reports books that were broken before.
var errLots = errors.New("points: the lots hold less than the balance")

// take takes n points out of lots: those of the posting that is undone first,
// then the ones that expire first, of these the oldest.
func (w *writing) take(ctx context.Context, tx *store.Tx, id int64, n Amount) (list []moved, err error) {
	lots, err := w.books.open(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(lots, func(a, b *lotRow) int {
		return cmp.Or(boolCompare(b.isOf(w.posting.Undoes), a.isOf(w.posting.Undoes)), a.compare(b))
	})
	for _, lot := range lots {
		part := min(n, lot.Remaining)
		if part == 0 {
			continue
		}
		if err := w.use(ctx, tx, lot, part, 0); err != nil {
			return nil, err
		}
		list = append(list, moved{Lot: lot.PostingID, Amount: -part})
		n -= part
	}
	if n > 0 {
		return nil, fmt.Errorf("participant %d: %w", id, errLots)
	}
	return list, nil
}

// open are the participant's lots with something left, in no order.
func (b *books) open(ctx context.Context, tx *store.Tx, id int64) ([]*lotRow, error) {
	s := b.shelf(id)
	if s.read {
		return s.lots, nil
	}
	var stored []*lotRow
	if err := tx.WithContext(ctx).Find(&stored, "participant_id = ? AND remaining > 0", id).Error; err != nil {
		return nil, fmt.Errorf("lots of participant %d: %w", id, err)
	}
	for _, lot := range stored {
		if s.find(lot.PostingID) == nil {
			s.lots = append(s.lots, lot)
		}
	}
	s.read = true
	return s.lots, nil
}

func (s *shelf) find(postingID int64) *lotRow {
	for _, lot := range s.lots {
		if lot.PostingID == postingID {
			return lot
		}
	}
	return nil
}

// isOf tells whether the lot's points are for the source, or for a part of it.
func (l *lotRow) isOf(source string) bool {
	return source != "" && (l.Source == source || strings.HasPrefix(l.Source, source+"/"))
}

// compare puts lots in the order in which they are spent. A lot that never
// expires comes last.
func (l *lotRow) compare(o *lotRow) int {
	if l.ExpiresAt != nil && o.ExpiresAt != nil {
		return cmp.Or(l.ExpiresAt.Compare(*o.ExpiresAt), cmp.Compare(l.PostingID, o.PostingID))
	}
	return cmp.Or(boolCompare(l.ExpiresAt == nil, o.ExpiresAt == nil), cmp.Compare(l.PostingID, o.PostingID))
}

// boolCompare puts false before true.
func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// use takes n points out of the lot, or gives them back if n is below zero.
func (w *writing) use(ctx context.Context, tx *store.Tx, lot *lotRow, n Amount, undoes int64) error {
	lot.Remaining -= n
	row := useRow{PostingID: w.row.ID, ParticipantID: lot.ParticipantID, LotPostingID: lot.PostingID, Amount: n, Undoes: undoes}
	w.books.uses = append(w.books.uses, row)
	store.Append(tx, row)
	return tx.Later(ctx, func(g *gorm.DB) *gorm.DB {
		return g.Model(&lotRow{}).Where("posting_id = ? AND participant_id = ?", lot.PostingID, lot.ParticipantID).
			Update("remaining", gorm.Expr("remaining - ?", n))
	})
}

// put gives n points back to the lots that the posting which is undone has taken
// them from, the last one taken first; what is more becomes a lot.
func (w *writing) put(ctx context.Context, tx *store.Tx, id int64, n Amount) (list []moved, err error) {
	taken, err := w.taken(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	for _, t := range taken {
		part := min(n, t.left)
		if part <= 0 {
			continue
		}
		if err := w.use(ctx, tx, t.lot, -part, w.undone.ID); err != nil {
			return nil, err
		}
		list = append(list, moved{Lot: t.lot.PostingID, Amount: part})
		n -= part
	}
	if n == 0 {
		return list, nil
	}
	lot := w.newLot(tx, id, n)
	return append(list, moved{lot.PostingID, n, lot.CampaignID, lot.Source}), nil
}

func (w *writing) newLot(tx *store.Tx, id int64, n Amount) lotRow {
	lot := lotRow{ParticipantID: id, PostingID: w.row.ID, CampaignID: cmp.Or(w.posting.campaign(), w.posting.Campaign, w.undone.CampaignID),
		Source: cmp.Or(w.undone.Source, w.row.Source), Amount: n, Remaining: n, ExpiresAt: w.row.ExpiresAt, CreatedAt: w.row.PostedAt}
	store.Append(tx, lot)
	s := w.books.shelf(id)
	s.lots = append(s.lots, &lot)
	return lot
}

// taking is what a posting took from a lot and has not got back.
type taking struct {
	lot  *lotRow
	left Amount
}

// taken lists what the posting that is undone took, in the order in which it is
// given back.
func (w *writing) taken(ctx context.Context, tx *store.Tx, id int64) (list []taking, err error) {
	if w.undone.ID == 0 {
		return nil, nil
	}
	var uses []useRow
	err = tx.WithContext(ctx).Find(&uses, "(posting_id = ? OR undoes = ?) AND participant_id = ?", w.undone.ID, w.undone.ID, id).Error
	if err != nil {
		return nil, fmt.Errorf("what %s took: %w", w.undone.Source, err)
	}
	for _, u := range w.books.uses {
		if (u.PostingID == w.undone.ID || u.Undoes == w.undone.ID) && u.ParticipantID == id {
			uses = append(uses, u)
		}
	}
	left := map[int64]Amount{}
	for _, u := range uses {
		left[u.LotPostingID] += u.Amount
	}
	for postingID, n := range left {
		lot, err := w.books.lot(ctx, tx, id, postingID)
		if err != nil {
			return nil, err
		}
		list = append(list, taking{lot, n})
	}
	slices.SortFunc(list, func(a, b taking) int { return b.lot.compare(a.lot) })
	return list, nil
}

// lot is one lot as the transaction leaves it.
func (b *books) lot(ctx context.Context, tx *store.Tx, id, postingID int64) (*lotRow, error) {
	s := b.shelf(id)
	if lot := s.find(postingID); lot != nil {
		return lot, nil
	}
	var lot lotRow
	err := tx.WithContext(ctx).Take(&lot, "posting_id = ? AND participant_id = ?", postingID, id).Error
	if err != nil {
		return nil, fmt.Errorf("lot of posting %d: %w", postingID, err)
	}
	s.lots = append(s.lots, &lot)
	return &lot, nil
}

package receipts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/store"
	"promobot/rewards"
)

// Refusals of a shop's notice.
var (
	// ErrForeignSale reports a sale of another seller.
	ErrForeignSale = errors.New("receipts: not a sale of this seller")
	// ErrNotSold reports goods that the sale does not have, or not so many any
	// more.
	ErrNotSold = errors.New("receipts: the sale has no such goods left")
	// ErrOtherReturn reports a source that stands for another return.
	ErrOtherReturn = errors.New("receipts: the source was used for another return")
	// ErrNoReturns reports a sale whose campaign takes no returns.
	ErrNoReturns = errors.New("receipts: the campaign takes no returns")
)

// ShopReturn is a shop's notice that goods of a sale went back.
type ShopReturn struct {
	Source    string    // unique for ever: "shop:KEY/ID"
	SellerINN string    // of the shop whose notice it is
	Sale      fns.Key   // FP 0: not known
	Document  fns.Key   // the refund receipt; zero: not known
	Goods     []Goods   // none: all that is left of the sale
	At        time.Time // when they went back
}

// ShopReturned is what came of a notice.
type ShopReturned struct {
	Known   bool           // the sale is registered; if not, the notice waits for it
	Again   bool           // the notice was taken before
	Taken   rewards.Points // taken back or owed now
	Short   rewards.Points // that could not be taken back
	Refused string         // why a notice that waited was not applied
}

// ShopReturn takes a shop's notice: the sale is judged again without the goods,
// whoever's it is. A sale that is not registered yet is no error: the notice is
// kept and applied when it is. The same source again changes nothing and gives
// the same answer. A refusal leaves nothing behind, so that the transaction may
// go on.
func (s *Service) ShopReturn(ctx context.Context, tx *store.Tx, n ShopReturn) (ShopReturned, error) {
	sale, found, err := s.sold(ctx, tx, scheme, n.Sale)
	if err != nil {
		return ShopReturned{}, err
	}
	if found {
		if sale, err = s.holdAgain(ctx, tx, sale); err != nil {
			return ShopReturned{}, err
		}
		if sale.SellerINN != n.SellerINN {
			return ShopReturned{}, fmt.Errorf("receipt of %s: %w", n.Sale, ErrForeignSale)
		}
	}
	row := n.row(tx.Now())
	first, err := store.Once(ctx, tx, &row)
	switch {
	case err != nil:
		return ShopReturned{}, fmt.Errorf("notice %s: %w", n.Source, err)
	case !first:
		return s.heard(ctx, tx, n)
	case !found:
		return ShopReturned{}, tx.Enqueue(ctx, ReturnArgs{ReturnID: row.ID})
	}
	done, err := s.applyNotice(ctx, tx, sale, row)
	if err != nil {
		return ShopReturned{}, errors.Join(err, tx.WithContext(ctx).Delete(&row).Error)
	}
	return ShopReturned{Known: true, Taken: done.Taken, Short: done.Short}, nil
}

// TakesReturns tells whether the newest terms take returns.
func (s *Service) TakesReturns(ctx context.Context, g *gorm.DB) (bool, error) {
	v, err := s.book.Newest(ctx, g)
	if errors.Is(err, campaigns.ErrNone) {
		return false, nil
	}
	return err == nil && v.Returns.Taken(), err
}

func (n ShopReturn) row(now time.Time) returnRow {
	row := returnRow{Source: n.Source, Scheme: scheme, FN: n.Sale.FN, FD: n.Sale.FD, FP: n.Sale.FP, SellerINN: n.SellerINN,
		Goods: n.Goods, ReturnedAt: n.At, NoticedAt: now}
	if n.Document.FN != "" {
		row.Document = documentName(scheme, n.Document.FN, n.Document.FD)
	}
	if row.Goods == nil {
		row.Goods = []Goods{}
	}
	for _, g := range n.Goods {
		row.SumKopecks += g.SumKopecks
	}
	return row
}

// sold finds the verified receipt of a sale.
func (s *Service) sold(ctx context.Context, tx *store.Tx, scheme string, k fns.Key) (Receipt, bool, error) {
	var list []Receipt
	err := tx.WithContext(ctx).Limit(1).Find(&list,
		"scheme = ? AND fn = ? AND fd = ? AND fn <> '' AND verified_at IS NOT NULL AND operation = ?", scheme, k.FN, k.FD, fns.Sale).Error
	if err != nil || len(list) == 0 || k.FP != 0 && list[0].FP != k.FP {
		return Receipt{}, false, err
	}
	return list[0], true, nil
}

// heard answers a source, or a document, that stands already.
func (s *Service) heard(ctx context.Context, tx *store.Tx, n ShopReturn) (ShopReturned, error) {
	var old returnRow
	next := n.row(tx.Now())
	err := tx.WithContext(ctx).Order("id").Take(&old, "source = ? OR document = ? AND document <> ''", n.Source, next.Document).Error
	if err != nil {
		return ShopReturned{}, fmt.Errorf("notice %s: %w", n.Source, err)
	}
	same := old.FN == n.Sale.FN && old.FD == n.Sale.FD && old.SellerINN == n.SellerINN
	if !same || old.Source == n.Source && !slices.Equal(old.Goods, next.Goods) {
		return ShopReturned{}, fmt.Errorf("notice %s: %w", n.Source, ErrOtherReturn)
	}
	came := ShopReturned{Known: old.SaleID != nil, Again: true, Refused: old.Refused}
	if old.SaleID == nil {
		return came, nil
	}
	return s.counted(ctx, tx, old, came)
}

// counted reads what a return took.
func (s *Service) counted(ctx context.Context, tx *store.Tx, row returnRow, came ShopReturned) (ShopReturned, error) {
	var n struct{ Taken, Short rewards.Points }
	err := tx.WithContext(ctx).Table("takings").Where("source = ?", returnSource(*row.SaleID, row.ID)).
		Select("COALESCE(SUM(held + available + debt), 0) AS taken, COALESCE(SUM(short), 0) AS short").Scan(&n).Error
	came.Taken, came.Short = n.Taken, n.Short
	return came, err
}

// applyNotice takes back what a notice says; the caller holds the sale.
func (s *Service) applyNotice(ctx context.Context, tx *store.Tx, sale Receipt, row returnRow) (Reversal, error) {
	version, err := s.book.ByID(ctx, tx.DB, *sale.VersionID)
	if err != nil {
		return Reversal{}, err
	}
	if !version.Returns.Taken() {
		return Reversal{}, fmt.Errorf("receipt %d: %w", sale.ID, ErrNoReturns)
	}
	lines, err := s.Lines(ctx, tx.DB, sale.ID)
	if err != nil {
		return Reversal{}, err
	}
	backs, ok := all(lines), true
	if len(row.Goods) > 0 {
		backs, ok = unsold(lines, row.Goods)
	}
	if !ok || len(backs) == 0 {
		return Reversal{}, fmt.Errorf("receipt %d: %w", sale.ID, ErrNotSold)
	}
	if row.SumKopecks == 0 {
		row.SumKopecks = sumOf(backs)
	}
	return s.takeBack(ctx, tx, sale, row, backs, "", NoticeReturned)
}

// awaited asks for the notices that shops have sent about a sale before it was
// registered.
func (s *Service) awaited(ctx context.Context, tx *store.Tx, r Receipt) error {
	var ids []int64
	err := tx.WithContext(ctx).Model(&returnRow{}).Order("id").
		Where("scheme = ? AND fn = ? AND fd = ? AND sale_id IS NULL AND refused = ''", r.Scheme, r.FN, r.FD).Pluck("id", &ids).Error
	if err != nil {
		return fmt.Errorf("notices about receipt %d: %w", r.ID, err)
	}
	for _, id := range ids {
		if err := tx.Enqueue(ctx, ReturnArgs{ReturnID: id}); err != nil {
			return err
		}
	}
	return nil
}

// settlesWithin is longer than a settlement takes: one that was under way when
// a notice came has not seen it.
const settlesWithin = time.Minute

// ApplyReturn applies a notice whose sale is registered by now. It returns
// after which pause it is to be called again; 0: its work is done, or the sale
// will call it when it comes. A notice that the sale contradicts is refused.
func (s *Service) ApplyReturn(ctx context.Context, id int64) (again time.Duration, err error) {
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		var row returnRow
		if err := tx.WithContext(ctx).Take(&row, id).Error; err != nil {
			return fmt.Errorf("return %d: %w", id, err)
		}
		sale, found, err := s.sold(ctx, tx, row.Scheme, fns.Key{FN: row.FN, FD: row.FD, FP: row.FP})
		if err != nil || !found {
			again = max(0, settlesWithin-tx.Now().Sub(row.NoticedAt))
			return err
		}
		if sale, err = s.holdAgain(ctx, tx, sale); err != nil {
			return err
		}
		if err := tx.WithContext(ctx).Take(&row, id).Error; err != nil || row.SaleID != nil || row.Refused != "" {
			return err
		}
		if sale.SellerINN != row.SellerINN {
			return refuseNotice(ctx, tx, row, ErrForeignSale)
		}
		_, err = s.applyNotice(ctx, tx, sale, row)
		if errors.Is(err, ErrNotSold) || errors.Is(err, ErrNoReturns) {
			return refuseNotice(ctx, tx, row, err)
		}
		return err
	})
	return again, err
}

func refuseNotice(ctx context.Context, tx *store.Tx, row returnRow, why error) error {
	return tx.WithContext(ctx).Model(&row).Update("refused", why.Error()).Error
}

package prizes

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// OrderStatus is where an order at a supplier stands; it moves only forward.
type OrderStatus string

// The statuses of an order.
const (
	OrderNew    OrderStatus = "new"    // nothing was sent
	OrderSent   OrderStatus = "sent"   // the supplier may have it
	OrderLate   OrderStatus = "late"   // given up for its award: a code that comes yet goes to stock
	OrderDone   OrderStatus = "done"   // its code is here
	OrderFailed OrderStatus = "failed" // there will be no code
)

// Open tells whether the order's award waits for it.
func (s OrderStatus) Open() bool { return s == OrderNew || s == OrderSent }

// Ended tells whether nothing is asked about the order any more.
func (s OrderStatus) Ended() bool { return s == OrderDone || s == OrderFailed }

// The reasons of failed orders that this room knows.
const (
	ReasonNoStock   = "out_of_stock" // of the supplier: it is passed over for a while
	ReasonKnownCode = "known_code"   // the supplier sent a code that was here before
	ReasonTooLong   = "too_long"     // nobody knows what became of it
)

// ErrNoOrder reports an order that does not exist.
var ErrNoOrder = errors.New("prizes: no such order")

// ErrKnownCode reports that a supplier delivered a code which was in stock, or
// somebody's, before. Nothing was written.
var ErrKnownCode = errors.New("prizes: the code is known already")

// ErrOtherCode reports a second code for an order that has one.
var ErrOtherCode = errors.New("prizes: the order has another code")

// Order is what was asked of a supplier for an award.
type Order struct {
	ID            int64
	ExternalID    string // what the supplier knows it by, the same for ever
	AwardID       int64
	ParticipantID int64
	PrizeID       string
	Supplier      string
	SKU           string // the supplier's name for the product
	Status        OrderStatus
	Ref           string // the supplier's own number; "" until it is known
	Reason        string // why it failed or is late
	Tries         int64
	OrderedAt     time.Time
	SentAt        *time.Time
	EndedAt       *time.Time
}

type orderRow struct {
	ID         int64
	ExternalID string
	AwardID    int64
	Supplier   string
	SKU        string
	Status     OrderStatus
	Ref        string
	Reason     string
	Tries      int64
	OrderedAt  time.Time
	SentAt     *time.Time
	EndedAt    *time.Time
}

// TableName is the table of orders.
func (orderRow) TableName() string { return "supply_orders" }

// order writes the order of an award and the job that sends it: both exist if
// the award does.
func order(ctx context.Context, tx *store.Tx, awardID int64, from found) error {
	row := orderRow{ExternalID: newExternalID(awardID), AwardID: awardID, Supplier: from.supplier, SKU: from.sku, Status: OrderNew, OrderedAt: tx.Now()}
	if err := tx.WithContext(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("order award %d at %s: %w", awardID, from.supplier, err)
	}
	return tx.Enqueue(ctx, OrderArgs{OrderID: row.ID})
}

// newExternalID names the award and adds chance: to the supplier an award of
// another database, with the same number, must be another order.
func newExternalID(awardID int64) string {
	random := make([]byte, 10)
	_, _ = rand.Read(random) // never fails, says crypto/rand
	return "award-" + strconv.FormatInt(awardID, 10) + "-" + hex.EncodeToString(random)
}

func orders(ctx context.Context, g *gorm.DB) *gorm.DB {
	return g.WithContext(ctx).Table("supply_orders AS o").Joins("JOIN awards AS a ON a.id = o.award_id").Select("o.*, a.participant_id, a.prize_id")
}

// Order reads an order; else ErrNoOrder.
func (s *Shop) Order(ctx context.Context, g *gorm.DB, id int64) (Order, error) {
	return oneOrder(orders(ctx, g), "o.id = ?", id)
}

// OrderBy reads the order of a supplier by its external id; else ErrNoOrder.
func (s *Shop) OrderBy(ctx context.Context, g *gorm.DB, supplier, externalID string) (Order, error) {
	return oneOrder(orders(ctx, g), "o.supplier = ? AND o.external_id = ?", supplier, externalID)
}

func oneOrder(from *gorm.DB, where string, args ...any) (Order, error) {
	var o Order
	err := from.Where(where, args...).Take(&o).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = ErrNoOrder
	}
	if err != nil {
		return Order{}, fmt.Errorf("order %v: %w", args, err)
	}
	o.OrderedAt = o.OrderedAt.UTC()
	return o, nil
}

// OrdersOf lists the orders of an award, the oldest first.
func (s *Shop) OrdersOf(ctx context.Context, g *gorm.DB, awardID int64) ([]Order, error) {
	var list []Order
	if err := orders(ctx, g).Where("o.award_id = ?", awardID).Order("o.id").Scan(&list).Error; err != nil {
		return nil, fmt.Errorf("orders of award %d: %w", awardID, err)
	}
	return list, nil
}

// Sending notes, before the supplier is asked, that it may know the order from
// now on.
func (s *Shop) Sending(ctx context.Context, tx *store.Tx, o Order) error {
	change := map[string]any{"tries": gorm.Expr("tries + 1")}
	if o.Status == OrderNew {
		change["status"], change["sent_at"] = OrderSent, tx.Now()
	}
	return moveOrder(ctx, tx, o, change)
}

// Referred notes the supplier's own number.
func (s *Shop) Referred(ctx context.Context, tx *store.Tx, o Order, ref string) error {
	return moveOrder(ctx, tx, o, map[string]any{"ref": ref})
}

// Fail ends an order without a code. A supplier without stock is passed over
// for a while.
func (s *Shop) Fail(ctx context.Context, tx *store.Tx, o Order, reason string) error {
	if err := moveOrder(ctx, tx, o, map[string]any{"status": OrderFailed, "reason": reason, "ended_at": tx.Now()}); err != nil {
		return err
	}
	if reason != ReasonNoStock {
		return nil
	}
	return pause(ctx, tx, o.PrizeID, o.Supplier)
}

// GiveUp takes an order away from its award when it has lasted too long. What
// was never sent has failed; what the supplier may know is late.
func (s *Shop) GiveUp(ctx context.Context, tx *store.Tx, o Order) error {
	if o.Status == OrderNew {
		return s.Fail(ctx, tx, o, ReasonTooLong)
	}
	return moveOrder(ctx, tx, o, map[string]any{"status": OrderLate, "reason": ReasonTooLong})
}

// Deliver takes in the code of an order. An open one's award is issued with it;
// a late one's goes to the free stock, and the award returned is empty. A code
// that is known is ErrKnownCode. The caller has locked the participant.
func (s *Shop) Deliver(ctx context.Context, tx *store.Tx, o Order, code Code, validUntil *time.Time) (Award, error) {
	row, err := s.sealed(o, code, validUntil)
	if err != nil {
		return Award{}, err
	}
	if o.Status.Open() {
		row.Status, row.AwardID = statusIssued, &o.AwardID
		at := tx.Now()
		row.IssuedAt = &at
	}
	first, err := store.Once(ctx, tx, &row)
	if err == nil && !first {
		err = ErrKnownCode
	}
	if err != nil {
		return Award{}, fmt.Errorf("deliver order %d: %w", o.ID, err)
	}
	if err := moveOrder(ctx, tx, o, map[string]any{"status": OrderDone, "ended_at": tx.Now()}); err != nil || !o.Status.Open() {
		return Award{}, err
	}
	a, err := s.Award(ctx, tx.DB, o.AwardID)
	if err != nil {
		return Award{}, err
	}
	if err := moveAward(ctx, tx, a, map[string]any{"status": AwardIssued, "counted_at": s.givenAt(tx, a)}); err != nil {
		return Award{}, err
	}
	return s.Award(ctx, tx.DB, o.AwardID)
}

// Stray puts a code into the free stock that came for an order which has failed,
// once; the order stays as it is.
func (s *Shop) Stray(ctx context.Context, tx *store.Tx, o Order, code Code, validUntil *time.Time) (stocked bool, err error) {
	row, err := s.sealed(o, code, validUntil)
	if err == nil {
		stocked, err = store.Once(ctx, tx, &row)
	}
	if err != nil {
		return false, fmt.Errorf("stray code of order %d: %w", o.ID, err)
	}
	return stocked, nil
}

// givenAt dates an award that is issued now: a replacement is the old prize.
func (s *Shop) givenAt(tx *store.Tx, a Award) any {
	if a.Replaces != 0 {
		return gorm.Expr("counted_at")
	}
	return tx.Now()
}

func (s *Shop) sealed(o Order, code Code, validUntil *time.Time) (certificateRow, error) {
	mark, err := s.vault.Mark("certificate", code.Reveal())
	if err != nil {
		return certificateRow{}, err
	}
	text, err := s.vault.Seal([]byte(code.Reveal()), codePlace(mark))
	return certificateRow{PrizeID: o.PrizeID, CodeSealed: text, CodeMac: mark, Status: statusFree, OrderID: &o.ID, ValidUntil: validUntil}, err
}

// SameCode checks a repeated delivery of an order that is done: nil for the code
// it has, else ErrOtherCode.
func (s *Shop) SameCode(ctx context.Context, g *gorm.DB, o Order, code Code) error {
	mark, err := s.vault.Mark("certificate", code.Reveal())
	if err != nil {
		return err
	}
	var n int64
	err = g.WithContext(ctx).Model(&certificateRow{}).Where("order_id = ? AND code_mac = ?", o.ID, mark).Count(&n).Error
	if err == nil && n == 0 {
		err = fmt.Errorf("order %d: %w", o.ID, ErrOtherCode)
	}
	return err
}

// Elsewhere serves an ordered award from its prize's next source: a code of the
// pool, or another supplier than were tried. ErrOutOfStock leaves nothing behind.
func (s *Shop) Elsewhere(ctx context.Context, tx *store.Tx, a Award) (Award, error) {
	prize, err := s.Prize(ctx, tx.DB, a.PrizeID)
	if err != nil {
		return a, err
	}
	tried, err := s.OrdersOf(ctx, tx.DB, a.ID)
	if err != nil {
		return a, err
	}
	names := make([]string, len(tried))
	for i, o := range tried {
		names[i] = o.Supplier
	}
	from, err := s.find(ctx, tx, prize, names)
	if err != nil {
		return a, err
	}
	if from.code == nil {
		return a, order(ctx, tx, a.ID, from)
	}
	if err := moveAward(ctx, tx, a, map[string]any{"status": AwardIssued, "counted_at": s.givenAt(tx, a)}); err != nil {
		return a, err
	}
	if err := s.supply(ctx, tx, prize, awardRow{ID: a.ID, Status: AwardIssued}, from); err != nil {
		return a, err
	}
	return s.Award(ctx, tx.DB, a.ID)
}

func moveOrder(ctx context.Context, tx *store.Tx, o Order, change map[string]any) error {
	res := tx.WithContext(ctx).Model(&orderRow{}).Where("id = ? AND status = ?", o.ID, o.Status).Updates(change)
	if res.Error == nil && res.RowsAffected != 1 {
		return fmt.Errorf("order %d: %w", o.ID, ErrMoved)
	}
	if res.Error != nil {
		return fmt.Errorf("order %d: %w", o.ID, res.Error)
	}
	return nil
}

package receipts

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"promobot/fns"
	"promobot/internal/money"
	"promobot/internal/store"
)

// What becomes of a refund receipt.
const (
	ReasonNoSale   = "return.no_sale"  // no registered purchase of this participant has these goods
	ReasonWhichOne = "return.which"    // several do, and it matters which: a person decides
	ReasonBack     = "return.reversed" // why a receipt is reversed
)

// The notices about goods that went back, and the event of the sale.
const (
	NoticeReturned = "receipt.returned" // args: see backArgs; it edits the refund's status message, or is a new message
	NoticeReversed = "receipt.reversed" // a person has taken the receipt's points back; args likewise
	EventReturned  = "receipt.returned" // data: return, source, sum, taken, short, points, status, lines
)

// returnRow is goods that went back.
type returnRow struct {
	ID         int64
	Source     string // "receipt:31", "shop:KEY/ID", "staff:17"
	SaleID     *int64
	RefundID   *int64
	Scheme     string
	FN         string
	FD         int64
	FP         int64
	SellerINN  string
	Document   string  // the refund receipt, where it is known
	Goods      []Goods `gorm:"serializer:json"` // none: all that is left
	SumKopecks money.Kopecks
	ByWhom     string
	Note       string
	ReturnedAt time.Time // the shop's wall clock where a document says it
	NoticedAt  time.Time
	AppliedAt  *time.Time
	Refused    string // why it was never applied
}

// TableName is the table of what went back.
func (returnRow) TableName() string { return "receipt_returns" }

func documentName(scheme string, fn string, fd int64) string {
	return scheme + "/" + fn + "/" + strconv.FormatInt(fd, 10)
}

// refund takes a refund receipt that the fiscal service has proved: the sale is
// judged again without the goods. The caller holds the participant. Where no
// sale of the participant fits, nothing changes, and the document may be sent
// again when the sale is registered.
func (s *Service) refund(ctx context.Context, tx *store.Tx, r Receipt, ticket fns.Ticket) error {
	r.SellerINN = ticket.SellerINN
	known, err := s.noticed(ctx, tx, documentName(r.Scheme, r.FN, r.FD))
	if err != nil {
		return err
	}
	if known {
		return s.refundKnown(ctx, tx, r)
	}
	fits, err := s.fitting(ctx, tx, r, ticket)
	if err != nil {
		return err
	}
	if len(fits) == 0 {
		return s.reject(ctx, tx, r, ReasonNoSale, map[string]any{"total": ticket.Total})
	}
	first, err := s.claim(ctx, tx, r)
	if err != nil {
		return err
	}
	if !first {
		return s.late(ctx, tx, r)
	}
	now := tx.Now()
	r.VerifiedAt = &now
	if err := s.record(ctx, tx, r, EventVerified, map[string]any{"lines": len(ticket.Items), "seller": ticket.Seller}); err != nil {
		return err
	}
	s.keepGoods(tx, r, ticket)
	if matters(fits) {
		return s.askWhich(ctx, tx, r, fits)
	}
	return s.refundOf(ctx, tx, r, ticket, fits[0])
}

// noticed tells whether the document stands for a return already, or for a
// shop's notice whose sale is yet to come.
func (s *Service) noticed(ctx context.Context, tx *store.Tx, document string) (bool, error) {
	err := tx.WithContext(ctx).Take(&returnRow{}, "document = ? AND refused = ''", document).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	return err == nil, err
}

// keepGoods writes the refund's lines down; none of them earns anything.
func (s *Service) keepGoods(tx *store.Tx, r Receipt, ticket fns.Ticket) {
	for i, item := range ticket.Items {
		store.Append(tx, Line{ReceiptID: r.ID, N: i, Name: item.Name, GTIN: item.GTIN, QuantityThousandths: item.Quantity,
			PriceKopecks: item.Price, SumKopecks: item.Sum, PaymentType: item.PaymentType, Reason: "a refund"})
	}
}

// refundOf ends a refund receipt whose sale is found. A shop that has reported
// the same without naming the document has been heard already.
func (s *Service) refundOf(ctx context.Context, tx *store.Tx, r Receipt, ticket fns.Ticket, f fit) error {
	document := documentName(r.Scheme, r.FN, r.FD)
	told, err := s.reported(ctx, tx, f.sale.ID, ticket.Total)
	if err != nil {
		return err
	}
	if told != nil {
		err := tx.WithContext(ctx).Model(told).Updates(map[string]any{"document": document, "refund_id": r.ID}).Error
		if err != nil {
			return fmt.Errorf("return %d: %w", told.ID, err)
		}
		return s.refundKnown(ctx, tx, r)
	}
	row := returnRow{Source: Subject(r.ID), SaleID: &f.sale.ID, RefundID: &r.ID, Scheme: r.Scheme, FN: f.sale.FN, FD: f.sale.FD, FP: f.sale.FP,
		SellerINN: ticket.SellerINN, Document: document, Goods: goodsOf(ticket), SumKopecks: ticket.Total, ReturnedAt: ticket.At, NoticedAt: tx.Now()}
	if err := tx.WithContext(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("return by receipt %d: %w", r.ID, err)
	}
	if r, err = s.returned(ctx, tx, r); err != nil {
		return err
	}
	_, err = s.takeBack(ctx, tx, f.sale, row, f.backs, r.told(), NoticeReturned)
	return err
}

// reported is a shop's notice of a return of the sale, for the same sum and
// without its document.
func (s *Service) reported(ctx context.Context, tx *store.Tx, saleID int64, sum money.Kopecks) (*returnRow, error) {
	var rows []returnRow
	err := tx.WithContext(ctx).Order("id").Limit(1).Find(&rows,
		"sale_id = ? AND document = '' AND refund_id IS NULL AND source LIKE 'shop:%' AND sum_kopecks = ? AND applied_at IS NOT NULL", saleID, sum).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// refundKnown ends a refund receipt of which the shop has told before.
func (s *Service) refundKnown(ctx context.Context, tx *store.Tx, r Receipt) error {
	if r.VerifiedAt == nil {
		first, err := s.claim(ctx, tx, r)
		if err != nil {
			return err
		}
		if !first {
			return s.late(ctx, tx, r)
		}
		now := tx.Now()
		r.VerifiedAt = &now
	}
	r, err := s.returned(ctx, tx, r)
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, r, NoticeReturned)
}

// returned moves the refund receipt to its end.
func (s *Service) returned(ctx context.Context, tx *store.Tx, r Receipt) (Receipt, error) {
	from, now := r.Status, tx.Now()
	r.Status, r.Reason, r.DecidedAt, r.Points, r.Facts = Returned, "", &now, 0, map[string]any{}
	if err := move(ctx, tx, from, r); err != nil {
		return r, err
	}
	return r, s.record(ctx, tx, r, EventAccepted, map[string]any{"points": 0, "first": 0, "refund": true})
}

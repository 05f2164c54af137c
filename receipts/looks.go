package receipts

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"promobot/internal/events"
	"promobot/internal/store"
	"promobot/qr"
)

// What is noticed of a picture that came before.
const (
	// ReasonSame refuses a picture without a readable code that its sender sent
	// before, with the same result: the next one must be another. facts: those of
	// an unread picture; at, when it came before; status; hint.
	ReasonSame = "scan.same"
	// EventSamePicture is evidence for the fraud desk, no refusal.
	EventSamePicture events.Kind = "receipt.same_picture" // data: receipt, whose (own, other), distance, exact
)

// A look is kept in four bands. Two looks that differ in seven bits at most
// differ in one at most in some band, so that near ones are found by an index.
const (
	bands    = 4
	bandBits = 64 / bands
)

type lookRow struct {
	ReceiptID int64
	Band      int
	Bits      int64
}

// TableName is the table of bands.
func (lookRow) TableName() string { return "picture_looks" }

func band(look qr.Look, n int) int64 {
	return int64(look >> (n * bandBits) & (1<<bandBits - 1)) // #nosec G115 -- a few bits only
}

// bandsNear lists what the n-th band of a similar look may be.
func bandsNear(look qr.Look, n int) []int64 {
	near := []int64{band(look, n)}
	for bit := range bandBits {
		near = append(near, near[0]^1<<bit)
	}
	return near
}

// keepLook writes what the picture looks like.
func keepLook(ctx context.Context, tx *store.Tx, id int64, look qr.Look) error {
	if look == 0 {
		return nil
	}
	rows := make([]lookRow, bands)
	for n := range rows {
		rows[n] = lookRow{ReceiptID: id, Band: n, Bits: band(look, n)}
	}
	err := tx.WithContext(ctx).Create(&rows).Error
	if err == nil {
		err = tx.WithContext(ctx).Model(&photoRow{}).Where("receipt_id = ?", id).Update("look", int64(look)).Error // #nosec G115 -- the bits are kept, not a number
	}
	if err != nil {
		return fmt.Errorf("look of receipt %d: %w", id, err)
	}
	return nil
}

// seen is an earlier receipt whose picture is the same, as far as can be told.
type seen struct {
	Receipt
	SHA256   string
	Look     *int64
	distance int
	exact    bool // the very same file
}

// alike finds earlier receipts with the same file or a similar picture, newest
// first. Receipts look alike, so that two whose codes were read and differ are
// never taken for one.
func (s *Service) alike(ctx context.Context, g *gorm.DB, r Receipt, look qr.Look) ([]seen, error) {
	var own photoRow
	if err := g.WithContext(ctx).Select("sha256").Take(&own, "receipt_id = ?", r.ID).Error; err != nil {
		return nil, fmt.Errorf("picture of receipt %d: %w", r.ID, err)
	}
	ids, err := candidates(ctx, g, r.ID, own.SHA256, look)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var list []seen
	err = g.WithContext(ctx).Table("receipts AS r").Select("r.*, p.sha256, p.look").
		Joins("JOIN receipt_photos AS p ON p.receipt_id = r.id").Where("r.id IN ?", ids).Order("r.id DESC").Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("pictures like that of receipt %d: %w", r.ID, err)
	}
	list = slices.DeleteFunc(list, func(b seen) bool { return b.FN != "" && r.FN != "" && b.qr() != r.qr() })
	for i := range list {
		list[i].measure(own.SHA256, look)
	}
	return slices.DeleteFunc(list, func(b seen) bool { return !b.exact && b.distance > qr.SameLook }), nil
}

// mostCandidates bounds the earlier pictures that are compared, of each kind.
const mostCandidates = 500

// candidates are the receipts before r with the same file or with a band that
// is near, by two questions that an index answers each.
func candidates(ctx context.Context, g *gorm.DB, id int64, sha256 string, look qr.Look) (ids []int64, err error) {
	err = g.WithContext(ctx).Model(&photoRow{}).Where("sha256 = ? AND receipt_id < ?", sha256, id).
		Order("receipt_id DESC").Limit(mostCandidates).Pluck("receipt_id", &ids).Error
	if err != nil || look == 0 {
		return ids, err
	}
	near := g.Where("band = 0 AND bits IN ?", bandsNear(look, 0))
	for n := 1; n < bands; n++ {
		near = near.Or("band = ? AND bits IN ?", n, bandsNear(look, n))
	}
	var similar []int64
	err = g.WithContext(ctx).Model(&lookRow{}).Distinct("receipt_id").Where("receipt_id < ?", id).Where(near).
		Order("receipt_id DESC").Limit(mostCandidates).Pluck("receipt_id", &similar).Error
	return append(ids, similar...), err
}

func (b *seen) measure(sha256 string, look qr.Look) {
	b.exact = b.SHA256 == sha256
	b.distance = 64
	if b.Look != nil && look != 0 {
		b.distance = look.Distance(qr.Look(*b.Look)) // #nosec G115 -- the bits are kept, not a number
	}
	if b.exact {
		b.distance = 0
	}
}

// notice keeps the look and records where the picture was seen before: once for
// its sender and once for others.
func (s *Service) notice(ctx context.Context, tx *store.Tx, r Receipt, look qr.Look) ([]seen, error) {
	if err := keepLook(ctx, tx, r.ID, look); err != nil {
		return nil, err
	}
	before, err := s.alike(ctx, tx.DB, r, look)
	if err != nil {
		return nil, err
	}
	told := map[string]bool{}
	for _, b := range before {
		whose := "other"
		if b.ParticipantID == r.ParticipantID {
			whose = "own"
		}
		if told[whose] {
			continue
		}
		told[whose] = true
		data := map[string]any{"receipt": b.ID, "whose": whose, "distance": b.distance, "exact": b.exact}
		if err := s.record(ctx, tx, r, EventSamePicture, data); err != nil {
			return nil, err
		}
	}
	return before, nil
}

// unread refuses a picture without a readable code. One that its sender sent
// before and that failed for the same reason is refused with other words: the
// same advice, and the same picture with a mark, would not help again. Advice
// that is new stays.
func (s *Service) unread(ctx context.Context, tx *store.Tx, r Receipt, look sight, before []seen) error {
	reason, facts := reasonScan+string(look.Hint), map[string]any{}
	if look.Flaw.Corner != qr.CornerNone {
		facts["corner"] = string(look.Flaw.Corner)
	}
	kept, err := keepTrace(ctx, tx, r, look.Trace)
	if err != nil {
		return err
	}
	if kept {
		facts["again"] = true
	}
	for _, b := range before {
		if b.ParticipantID == r.ParticipantID && b.unreadFor() == reason {
			facts["at"], facts["status"], facts["hint"] = b.SubmittedAt, b.Status, string(look.Hint)
			return s.reject(ctx, tx, r, ReasonSame, facts)
		}
	}
	if len(look.marked) > 0 {
		facts["marked"] = true
		if err := keepMarked(ctx, tx, r.ID, look.marked); err != nil {
			return err
		}
	}
	return s.reject(ctx, tx, r, reason, facts)
}

// unreadFor is why an earlier picture could not be read, also where its sender
// heard that it was the same as one before.
func (b seen) unreadFor() string {
	if hint, ok := b.Facts["hint"].(string); ok && b.Reason == ReasonSame {
		return reasonScan + hint
	}
	return b.Reason
}

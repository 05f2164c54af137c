package prizes

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"promobot/internal/store"
)

// SourcePool is the source of imported codes; all others name a supplier.
const SourcePool = "pool"

const supplierPrefix = "supplier:"

var supplierSource = regexp.MustCompile(`^supplier:[a-z0-9-]{1,40}(/[A-Za-z0-9._-]{1,80})?$`)

func checkSources(prizeID string, sources []string) error {
	for i, source := range sources {
		name, _ := supplierOf(source, prizeID)
		switch {
		case source != SourcePool && !supplierSource.MatchString(source):
			return fmt.Errorf("%w: %s has the source %q, not pool or supplier:NAME", ErrEntry, prizeID, source)
		case slices.ContainsFunc(sources[:i], func(other string) bool { first, _ := supplierOf(other, prizeID); return first == name }):
			return fmt.Errorf("%w: %s has the source %q twice", ErrEntry, prizeID, source)
		}
	}
	return nil
}

// supplierOf splits "supplier:alpha/ozon-300" into the supplier and its name for
// the product, by default the prize's id; the pool is no supplier: "".
func supplierOf(source, prizeID string) (name, sku string) {
	rest, ok := strings.CutPrefix(source, supplierPrefix)
	if !ok {
		return "", ""
	}
	name, sku, named := strings.Cut(rest, "/")
	if !named {
		sku = prizeID
	}
	return name, sku
}

// Suppliers are the names of the suppliers that the prize may be ordered from.
func (p Prize) Suppliers() (names []string) {
	for _, source := range p.Sources {
		if name, _ := supplierOf(source, p.ID); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// found is a source that has a certificate: a locked code, or a supplier.
type found struct {
	code     *certificateRow
	supplier string
	sku      string
}

// find goes through the sources of a prize in their order and passes over the
// suppliers that were tried and those that pause. ErrOutOfStock if none is left.
func (s *Shop) find(ctx context.Context, tx *store.Tx, p Prize, tried []string) (found, error) {
	for _, source := range p.Sources {
		f, err := s.look(ctx, tx, p.ID, source, tried)
		if !errors.Is(err, ErrOutOfStock) {
			return f, err
		}
	}
	return found{}, ErrOutOfStock
}

func (s *Shop) look(ctx context.Context, tx *store.Tx, prizeID, source string, tried []string) (found, error) {
	name, sku := supplierOf(source, prizeID)
	if name == "" {
		code, err := lockFree(ctx, tx, prizeID)
		return found{code: &code}, err
	}
	if slices.Contains(tried, name) {
		return found{}, ErrOutOfStock
	}
	pauses, err := paused(ctx, tx.DB, prizeID, name, tx.Now())
	if err == nil && pauses {
		err = ErrOutOfStock
	}
	return found{supplier: name, sku: sku}, err
}

type pauseRow struct {
	PrizeID  string `gorm:"primaryKey"`
	Supplier string `gorm:"primaryKey"`
	Until    time.Time
}

// TableName is the table of suppliers that have no more of a product.
func (pauseRow) TableName() string { return "supply_pauses" }

// outPause is how long a supplier is not asked again that had no more of a
// product; meanwhile the next source serves.
const outPause = 15 * time.Minute

func paused(ctx context.Context, g *gorm.DB, prizeID, supplier string, now time.Time) (bool, error) {
	var n int64
	err := g.WithContext(ctx).Model(&pauseRow{}).Where("prize_id = ? AND supplier = ? AND until > ?", prizeID, supplier, now).Count(&n).Error
	return n > 0, err
}

func pause(ctx context.Context, tx *store.Tx, prizeID, supplier string) error {
	row := pauseRow{PrizeID: prizeID, Supplier: supplier, Until: tx.Now().Add(outPause)}
	return tx.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

package receipts

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/internal/store"
)

// Unmatched is a name on receipts that no product was found for.
type Unmatched struct {
	Line      int64  // the newest line with it, for Teach
	Name      string // as that line writes it
	SellerINN string
	Seller    string
	Candidate string // the product a person should look at first; may be empty
	Unsure    int64  // receipts on which the matcher suspects a product
	Receipts  int64  // that wait for it
	People    int64  // whose receipts these are
}

const unmatchedColumns = `MAX(l.id) AS line, MAX(l.name) AS name, r.seller_inn, MAX(r.seller) AS seller, MAX(l.candidate) AS candidate,
	COUNT(DISTINCT CASE WHEN l.review = 'open' THEN r.id END) AS unsure,
	COUNT(DISTINCT r.id) AS receipts, COUNT(DISTINCT r.participant_id) AS people`

// UnmatchedNames lists names that people wait for, at most limit: those that the
// matcher suspects first, then by how many people wait. A receipt waits if it
// has an unsure line, or was refused because no line of it counts.
func (s *Service) UnmatchedNames(ctx context.Context, limit int) ([]Unmatched, error) {
	if err := s.fillKeys(ctx); err != nil {
		return nil, err
	}
	var list []Unmatched
	err := s.db.Read(ctx).Table("receipt_lines AS l").Joins("JOIN receipts AS r ON r.id = l.receipt_id").
		Where("l.sku = '' AND l.alias_id IS NULL AND l.name_key NOT IN ('', ?)", nameless).
		Where("(l.review = ? AND r.status IN ?) OR (l.review IN ? AND r.status = ? AND r.reason IN ?)",
			LineOpen, []Status{Accepted, Held, Review}, []LineReview{LineSure, LineOpen}, Rejected, []string{campaigns.RuleNoPromo, campaigns.RulePromoMin}).
		Group("l.name_key, r.seller_inn").Select(unmatchedColumns).
		Order("CASE WHEN COUNT(DISTINCT CASE WHEN l.review = 'open' THEN r.id END) > 0 THEN 0 ELSE 1 END, people DESC, receipts DESC, line").
		Limit(limit).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("unmatched names: %w", err)
	}
	return list, nil
}

// NameOf is the name and seller of a line, as Teach takes them; ErrNone if there
// is no such line.
func (s *Service) NameOf(ctx context.Context, lineID int64) (name, inn string, err error) {
	var line struct{ Name, SellerINN string }
	res := s.db.Read(ctx).Table("receipt_lines AS l").Joins("JOIN receipts AS r ON r.id = l.receipt_id").
		Where("l.id = ?", lineID).Select("l.name, r.seller_inn").Scan(&line)
	if res.Error == nil && res.RowsAffected == 0 {
		res.Error = ErrNone
	}
	if res.Error != nil {
		return "", "", fmt.Errorf("line %d: %w", lineID, res.Error)
	}
	return line.Name, line.SellerINN, nil
}

// keysAtOnce is how many old lines get their key in one transaction.
const keysAtOnce = 500

// fillKeys gives lines of a time without keys theirs.
func (s *Service) fillKeys(ctx context.Context) error {
	for {
		n := 0
		err := s.db.InTx(ctx, func(tx *store.Tx) error {
			var lines []Line
			err := tx.WithContext(ctx).Select("id", "name").Order("id").Limit(keysAtOnce).Find(&lines, "name_key = ''").Error
			for _, l := range lines {
				if err == nil {
					err = tx.Later(ctx, func(g *gorm.DB) *gorm.DB {
						return g.Model(&Line{}).Where("id = ?", l.ID).Update("name_key", lineKey(l.Name))
					})
				}
			}
			n = len(lines)
			return err
		})
		if err != nil {
			return fmt.Errorf("keys of old lines: %w", err)
		}
		if n < keysAtOnce {
			return nil
		}
	}
}

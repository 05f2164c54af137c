package participants

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"promobot/internal/store"
)

// Listener is somebody registered who consented to a document, and where he is
// reached: his newest open address.
type Listener struct {
	ParticipantID int64
	AddressID     int64
	Language      string
	Channel       string
}

// Listeners pages through those whose consent to the document stands, in the
// order of participants after the given one, at most limit. Until the
// transaction ends none of them can withdraw it.
func (s *Service) Listeners(ctx context.Context, tx *store.Tx, document string, afterID int64, limit int) ([]Listener, error) {
	var list []Listener
	err := listeners(ctx, tx.DB, document).
		Select("p.id AS participant_id, a.id AS address_id, p.language, a.channel").
		Where("p.id > ?", afterID).Order("p.id").Limit(limit).
		Clauses(clause.Locking{Strength: clause.LockingStrengthShare, Table: clause.Table{Name: "c"}}).
		Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("listeners to %s: %w", document, err)
	}
	return list, nil
}

// CountListeners counts them by the channel where they are reached.
func CountListeners(ctx context.Context, g *gorm.DB, document string) (map[string]int64, error) {
	var rows []struct {
		Channel string
		N       int64
	}
	err := listeners(ctx, g, document).Select("a.channel, COUNT(*) AS n").Group("a.channel").Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("listeners to %s: %w", document, err)
	}
	counts := map[string]int64{}
	for _, r := range rows {
		counts[r.Channel] = r.N
	}
	return counts, nil
}

func listeners(ctx context.Context, g *gorm.DB, document string) *gorm.DB {
	return g.WithContext(ctx).Table("consents AS c").
		Joins("JOIN participants AS p ON p.id = c.participant_id").
		Joins("JOIN addresses AS a ON a.id = (SELECT MAX(n.id) FROM addresses AS n WHERE n.participant_id = p.id AND n.closed_at IS NULL)").
		Where("c.document = ? AND c.withdrawn_at IS NULL AND p.registered_at IS NOT NULL", document)
}

package bot

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// PushReport is a push and how its messages fare.
type PushReport struct {
	ID        int64            `json:"id"`
	TextRU    string           `json:"text_ru"`
	TextEN    string           `json:"text_en"`
	Status    string           `json:"status"` // PushPlanning or PushPlanned
	Messages  int64            `json:"messages"`
	CreatedAt time.Time        `json:"created_at"`
	PlannedAt *time.Time       `json:"planned_at,omitempty"`
	Fared     map[string]int64 `json:"fared"` // messages by the state of their delivery; PushShown: not delivered but fetched
}

// PushShown stands for messages that lie in a chat until their reader comes.
const PushShown = "shown"

// Pushes lists the newest pushes, at most limit.
func Pushes(ctx context.Context, g *gorm.DB, limit int) ([]PushReport, error) {
	var rows []pushRow
	if err := g.WithContext(ctx).Order("id DESC").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("pushes: %w", err)
	}
	list := make([]PushReport, len(rows))
	for i, r := range rows {
		fared, err := r.fared(ctx, g)
		if err != nil {
			return nil, fmt.Errorf("push %d: %w", r.ID, err)
		}
		list[i] = PushReport{ID: r.ID, TextRU: r.TextRu, TextEN: r.TextEn, Status: r.Status, Messages: r.Messages,
			CreatedAt: r.CreatedAt.UTC(), PlannedAt: r.PlannedAt, Fared: fared}
	}
	return list, nil
}

func (p pushRow) fared(ctx context.Context, g *gorm.DB) (map[string]int64, error) {
	var rows []struct {
		Status string
		N      int64
	}
	err := g.WithContext(ctx).Table("messages AS m").Joins("LEFT JOIN deliveries AS d ON d.message_id = m.id").
		Select("COALESCE(d.status, ?) AS status, COUNT(*) AS n", PushShown).
		Where("m.push_id = ?", p.ID).Group("d.status").Scan(&rows).Error
	fared := map[string]int64{}
	for _, r := range rows {
		fared[r.Status] = r.N
	}
	return fared, err
}

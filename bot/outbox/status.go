package outbox

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Count is how the messages of a lane of a channel fare.
type Count struct {
	Channel       string     `json:"channel"`
	Lane          Lane       `json:"lane"`
	Waiting       int64      `json:"waiting"`
	Sending       int64      `json:"sending"`
	Sent          int64      `json:"sent"`
	Superseded    int64      `json:"superseded"`
	Dropped       int64      `json:"dropped"`
	Dead          int64      `json:"dead"`
	Unknowns      int64      `json:"unknowns"` // tries of which nobody knows whether they arrived
	OldestWaiting *time.Time `json:"oldest_waiting,omitempty"`
}

// Status counts all deliveries by channel and lane. It reads the whole table.
func Status(ctx context.Context, g *gorm.DB) ([]Count, error) {
	counts := []Count{}
	err := g.WithContext(ctx).Raw(`SELECT channel, lane,
			SUM(CASE WHEN status = 'waiting' THEN 1 ELSE 0 END) AS waiting,
			SUM(CASE WHEN status = 'sending' THEN 1 ELSE 0 END) AS sending,
			SUM(CASE WHEN status = 'sent' THEN 1 ELSE 0 END) AS sent,
			SUM(CASE WHEN status = 'superseded' THEN 1 ELSE 0 END) AS superseded,
			SUM(CASE WHEN status = 'dropped' THEN 1 ELSE 0 END) AS dropped,
			SUM(CASE WHEN status = 'dead' THEN 1 ELSE 0 END) AS dead,
			SUM(unknowns) AS unknowns
		FROM deliveries GROUP BY channel, lane ORDER BY channel, lane`).Scan(&counts).Error
	if err != nil {
		return nil, fmt.Errorf("status of deliveries: %w", err)
	}
	for i := range counts {
		if err := counts[i].age(ctx, g); err != nil {
			return nil, fmt.Errorf("oldest delivery that waits: %w", err)
		}
	}
	return counts, nil
}

func (c *Count) age(ctx context.Context, g *gorm.DB) error {
	var rows []deliveryRow
	err := g.WithContext(ctx).Select("created_at").Order("message_id").Limit(1).
		Find(&rows, "channel = ? AND lane = ? AND status = 'waiting'", c.Channel, c.Lane).Error
	if err == nil && len(rows) == 1 {
		at := rows[0].CreatedAt.UTC()
		c.OldestWaiting = &at
	}
	return err
}

package receipts

import (
	"context"
	"fmt"
	"time"
)

// longestTurn is how long a picture that is stuck bars those behind it.
const longestTurn = 2 * time.Minute

// How soon a picture asks again whether it is its turn: a tenth of what it has
// waited already.
const (
	shortestWait = 100 * time.Millisecond
	longestWait  = 5 * time.Second
)

// ScanTurn returns how long a picture waits before it asks again, 0 when it is
// its turn: no earlier picture of the participant waits to be scanned. So an
// album is answered in its order, and of two photos of one receipt the first is
// the one that counts. A picture that is stuck bars others for two minutes. One
// whose file its channel does not give bars those that came within two minutes
// behind it, until it is given up: they are of one album, and their channel is
// the same.
func (s *Service) ScanTurn(ctx context.Context, id int64) (time.Duration, error) {
	r, err := s.ByID(ctx, s.db.Read(ctx), id)
	if err != nil {
		return 0, err
	}
	var earlier int64
	now := s.db.Now()
	err = s.db.Read(ctx).Table("receipts AS e").Joins("JOIN receipt_photos AS p ON p.receipt_id = e.id").
		Where("e.participant_id = ? AND e.id < ? AND e.status = ?", r.ParticipantID, id, Submitted).
		Where("e.submitted_at > ? OR p.sha256 = '' AND e.submitted_at > ? AND e.submitted_at > ?",
			now.Add(-longestTurn), r.SubmittedAt.Add(-longestTurn), now.Add(-fetchGivesUp-longestFetch)).
		Limit(1).Count(&earlier).Error
	if err != nil {
		return 0, fmt.Errorf("pictures before receipt %d: %w", id, err)
	}
	if earlier == 0 {
		return 0, nil
	}
	return min(max(now.Sub(r.SubmittedAt)/10, shortestWait), longestWait), nil
}

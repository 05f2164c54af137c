package receipts

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"promobot/internal/store"
)

// While calls are scarce, receipts that were refused one stand in a line, and
// participants take turns: a person with two hundred receipts and one with a
// single one each have one call, then the former has his next. A participant's
// place is told by when he had a call last, or when his oldest receipt came into
// the line if that is later; so whoever comes waits at most one call of each
// who was there before. A participant's own receipts go in their order.
//
// There is no caller of names. Each receipt is told when its turn should come,
// and whoever comes while one before him is awake steps back.

// lineRow is a receipt in the line.
type lineRow struct {
	ReceiptID     int64 `gorm:"primaryKey"`
	ParticipantID int64
	Since         time.Time
	WakesAt       time.Time // when it was told to come
}

// TableName is the table of the line.
func (lineRow) TableName() string { return "fiscal_line" }

// turnRow is when a participant had a call while calls were scarce.
type turnRow struct {
	ParticipantID int64 `gorm:"primaryKey"`
	ServedAt      time.Time
}

// TableName is the table of turns.
func (turnRow) TableName() string { return "fiscal_turns" }

// share is what one participant has in the line.
type share struct {
	ParticipantID int64
	Since         time.Time // of the oldest
	ServedAt      *time.Time
	N             int
	First         int64 // receipt
}

// key is the moment by which participants are in order.
func (s share) key() time.Time {
	if s.ServedAt != nil && s.ServedAt.After(s.Since) {
		return *s.ServedAt
	}
	return s.Since
}

// before tells whose turn comes first.
func (s share) before(other share) bool {
	if a, b := s.key(), other.key(); !a.Equal(b) {
		return a.Before(b)
	}
	return s.First < other.First
}

// placeOf is how many calls come before mine, of which older are my own receipts.
func placeOf(mine share, older int, others []share) int {
	n := older
	for _, other := range others {
		turns := older
		if other.before(mine) {
			turns++
		}
		n += min(other.N, turns)
	}
	return n
}

const (
	// awake is how near its time a receipt is counted as being there, and how
	// long after it: the queue wakes long sleepers every five seconds.
	awakeBefore = 100 * time.Millisecond
	awakeAfter  = 6 * time.Second
	// A receipt that never came back is counted no longer.
	lineForgets = 10 * time.Minute
	// usualTurn is taken for the time between two calls where nobody says it.
	usualTurn = 200 * time.Millisecond
	// toldQueued is how long a receipt waits in silence.
	toldQueued = 10 * time.Second
)

// shares reads the line: who should come in the given time, one row for each
// participant.
func (s *Service) shares(ctx context.Context, tx *store.Tx, from, until time.Time) (list []share, err error) {
	var rows []struct {
		ParticipantID, ReceiptID int64
		Since                    time.Time
		ServedAt                 *time.Time
	}
	err = tx.WithContext(ctx).Table("fiscal_line AS l").Joins("LEFT JOIN fiscal_turns AS t ON t.participant_id = l.participant_id").
		Where("l.wakes_at >= ? AND l.wakes_at <= ?", from, until).Order("l.participant_id, l.receipt_id").
		Select("l.participant_id, l.receipt_id, l.since, t.served_at").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("line: %w", err)
	}
	for _, row := range rows {
		if n := len(list); n > 0 && list[n-1].ParticipantID == row.ParticipantID {
			list[n-1].N++
			if row.Since.Before(list[n-1].Since) {
				list[n-1].Since = row.Since
			}
			continue
		}
		list = append(list, share{ParticipantID: row.ParticipantID, Since: row.Since, ServedAt: row.ServedAt, N: 1, First: row.ReceiptID})
	}
	return list, nil
}

// stepBack has a receipt wait for those before it that are awake; 0: it is its
// turn.
func (s *Service) stepBack(ctx context.Context, r Receipt) (pause time.Duration, err error) {
	now := s.db.Now()
	var awake int64
	err = s.db.Read(ctx).Model(&lineRow{}).Where("wakes_at >= ? AND wakes_at <= ? AND receipt_id <> ?", now.Add(-awakeAfter), now.Add(awakeBefore), r.ID).
		Limit(1).Count(&awake).Error
	if err != nil {
		return 0, fmt.Errorf("line: %w", err)
	}
	if awake == 0 {
		return 0, nil
	}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		ahead, err := s.stand(ctx, tx, r, tx.Now().Add(-awakeAfter), tx.Now().Add(awakeBefore))
		if err != nil || ahead == 0 {
			return err
		}
		pause = time.Duration(ahead) * usualTurn
		return comesAfter(ctx, tx, r, pause)
	})
	return pause, err
}

// stand puts a receipt into the line unless it is there, and counts the calls
// that come before its own among those who should come in the given time.
func (s *Service) stand(ctx context.Context, tx *store.Tx, r Receipt, from, until time.Time) (ahead int, err error) {
	row := lineRow{ReceiptID: r.ID, ParticipantID: r.ParticipantID, Since: tx.Now(), WakesAt: tx.Now()}
	if _, err := store.Once(ctx, tx, &row); err != nil {
		return 0, fmt.Errorf("line of receipt %d: %w", r.ID, err)
	}
	if err := comesAfter(ctx, tx, r, 0); err != nil {
		return 0, err
	}
	list, err := s.shares(ctx, tx, from, until)
	if err != nil {
		return 0, err
	}
	var older int64
	err = tx.WithContext(ctx).Model(&lineRow{}).Where("participant_id = ? AND receipt_id < ? AND wakes_at >= ? AND wakes_at <= ?", r.ParticipantID, r.ID, from, until).
		Count(&older).Error
	if err != nil {
		return 0, fmt.Errorf("line of receipt %d: %w", r.ID, err)
	}
	var mine share
	others := make([]share, 0, len(list))
	for _, one := range list {
		if one.ParticipantID == r.ParticipantID {
			mine = one
			continue
		}
		others = append(others, one)
	}
	return placeOf(mine, int(older), others), nil
}

// comesAfter notes when the receipt will come again.
func comesAfter(ctx context.Context, tx *store.Tx, r Receipt, pause time.Duration) error {
	err := tx.WithContext(ctx).Model(&lineRow{}).Where("receipt_id = ?", r.ID).Update("wakes_at", tx.Now().Add(pause)).Error
	if err != nil {
		return fmt.Errorf("line of receipt %d: %w", r.ID, err)
	}
	return nil
}

// queue has a receipt that was refused a call come when its turn should be: a
// turn is free after the pause, and then one every so often. waited is how long
// it has stood already.
func (s *Service) queue(ctx context.Context, r Receipt, pause, every time.Duration) (again, waited time.Duration, err error) {
	if every <= 0 {
		every = usualTurn
	}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		ahead, err := s.stand(ctx, tx, r, tx.Now().Add(-lineForgets), tx.Now().AddDate(1, 0, 0))
		if err != nil {
			return err
		}
		var row lineRow
		if err := tx.WithContext(ctx).Take(&row, "receipt_id = ?", r.ID).Error; err != nil {
			return fmt.Errorf("line of receipt %d: %w", r.ID, err)
		}
		again, waited = pause+time.Duration(ahead)*every, tx.Now().Sub(row.Since)
		return comesAfter(ctx, tx, r, again)
	})
	return again, waited, err
}

// served takes a receipt out of the line after its call.
func (s *Service) served(ctx context.Context, tx *store.Tx, r Receipt) error {
	gone := tx.WithContext(ctx).Delete(&lineRow{}, "receipt_id = ?", r.ID)
	if gone.Error != nil || gone.RowsAffected == 0 {
		return gone.Error
	}
	err := tx.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&turnRow{ParticipantID: r.ParticipantID, ServedAt: tx.Now()}).Error
	if err != nil {
		return fmt.Errorf("turn of participant %d: %w", r.ParticipantID, err)
	}
	return nil
}

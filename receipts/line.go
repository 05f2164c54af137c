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
// and whoever comes while one before it is about to come steps back.

// lineRow is a receipt in the line.
type lineRow struct {
	ReceiptID     int64 `gorm:"primaryKey"`
	ParticipantID int64
	Since         time.Time
	WakesAt       time.Time // when it was told to come
	EveryMicros   int64     // how far apart turns were then
}

// TableName is the table of the line.
func (lineRow) TableName() string { return "fiscal_line" }

func (l lineRow) every() time.Duration { return time.Duration(l.EveryMicros) * time.Microsecond }

// turnRow is when a participant had a call while calls were scarce.
type turnRow struct {
	ParticipantID int64 `gorm:"primaryKey"`
	ServedAt      time.Time
}

// TableName is the table of turns.
func (turnRow) TableName() string { return "fiscal_turns" }

const (
	// A receipt counts as being there some time before it was told to come, and
	// for this long after it: the queue wakes long sleepers every five seconds.
	stillComing = 6 * time.Second
	// One that never came back is counted no longer.
	lineForgets = 10 * time.Minute
	// Who steps back takes its place among those that are told to come so soon.
	nearLine = time.Minute
	// usualTurn is taken for the time between two calls where nobody says it.
	usualTurn = 200 * time.Millisecond
	// toldQueued is how long a receipt waits in silence.
	toldQueued = 10 * time.Second
)

// soon is how near its time a receipt of the line counts as coming.
func soon(every time.Duration) time.Duration { return max(time.Second, 2*every) }

// aheadOf counts the calls before a receipt's own among those that were told to
// come between two moments: of its participant the older receipts, and of each
// other as many turns as come before, which is one more if he is before it.
const aheadOf = `WITH own AS
	(SELECT COUNT(CASE WHEN l.receipt_id < @receipt AND l.wakes_at >= @from AND l.wakes_at <= @until THEN 1 END) AS older,
		CASE WHEN MIN(t.served_at) > MIN(l.since) THEN MIN(t.served_at) ELSE MIN(l.since) END AS turn
	FROM fiscal_line l LEFT JOIN fiscal_turns t ON t.participant_id = l.participant_id WHERE l.participant_id = @participant)
SELECT CAST(COALESCE(SUM(CASE WHEN o.n < o.older + o.first THEN o.n ELSE o.older + o.first END), 0) AS BIGINT) + (SELECT older FROM own) FROM
	(SELECT s.n, own.older, CASE WHEN s.turn < own.turn OR s.turn = own.turn AND s.oldest < @receipt THEN 1 ELSE 0 END AS first FROM own,
		(SELECT COUNT(*) AS n, MIN(l.receipt_id) AS oldest,
			CASE WHEN MIN(t.served_at) > MIN(l.since) THEN MIN(t.served_at) ELSE MIN(l.since) END AS turn
		FROM fiscal_line l LEFT JOIN fiscal_turns t ON t.participant_id = l.participant_id
		WHERE l.wakes_at >= @from AND l.wakes_at <= @until AND l.participant_id <> @participant GROUP BY l.participant_id) s) o`

// ahead counts the calls before that of a receipt in the line.
func (s *Service) ahead(ctx context.Context, tx *store.Tx, row lineRow, from, until time.Time) (n int, err error) {
	err = tx.WithContext(ctx).Raw(aheadOf, map[string]any{"receipt": row.ReceiptID, "from": from, "until": until, "participant": row.ParticipantID}).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("line before receipt %d: %w", row.ReceiptID, err)
	}
	return n, nil
}

// stepBack has a receipt wait for those before it that are about to come; 0: it
// is its turn.
func (s *Service) stepBack(ctx context.Context, r Receipt) (pause time.Duration, err error) {
	now := s.db.Now()
	var others []lineRow
	err = s.db.Read(ctx).Order("wakes_at DESC").Limit(1).Find(&others, "wakes_at >= ? AND receipt_id <> ?", now.Add(-stillComing), r.ID).Error
	if err != nil {
		return 0, fmt.Errorf("line: %w", err)
	}
	if len(others) == 0 {
		return 0, nil
	}
	every := others[0].every()
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		row, err := s.stand(ctx, tx, r, every)
		if err != nil {
			return err
		}
		from := tx.Now().Add(-stillComing)
		coming, err := s.ahead(ctx, tx, row, from, tx.Now().Add(soon(every)))
		if err != nil || coming == 0 {
			return err
		}
		// Those before it that come a little later count too: while the pace is
		// slowed, they all come sooner than their turns, and whoever counts only
		// who is at the door comes back again and again.
		ahead, err := s.ahead(ctx, tx, row, from, tx.Now().Add(nearLine))
		if err != nil {
			return err
		}
		pause = time.Duration(ahead) * every
		return comesAfter(ctx, tx, r, pause, every)
	})
	return pause, err
}

// stand puts a receipt into the line unless it is there.
func (s *Service) stand(ctx context.Context, tx *store.Tx, r Receipt, every time.Duration) (row lineRow, err error) {
	row = lineRow{ReceiptID: r.ID, ParticipantID: r.ParticipantID, Since: tx.Now(), WakesAt: tx.Now(), EveryMicros: every.Microseconds()}
	first, err := store.Once(ctx, tx, &row)
	if err == nil && !first {
		err = tx.WithContext(ctx).Take(&row, "receipt_id = ?", r.ID).Error
	}
	if err != nil {
		return row, fmt.Errorf("line of receipt %d: %w", r.ID, err)
	}
	return row, nil
}

// comesAfter notes when the receipt will come again.
func comesAfter(ctx context.Context, tx *store.Tx, r Receipt, pause, every time.Duration) error {
	err := tx.WithContext(ctx).Model(&lineRow{}).Where("receipt_id = ?", r.ID).
		Updates(map[string]any{"wakes_at": tx.Now().Add(pause), "every_micros": every.Microseconds()}).Error
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
		row, err := s.stand(ctx, tx, r, every)
		if err != nil {
			return err
		}
		ahead, err := s.ahead(ctx, tx, row, tx.Now().Add(-lineForgets), tx.Now().AddDate(1, 0, 0))
		if err != nil {
			return err
		}
		again, waited = pause+time.Duration(ahead)*every, tx.Now().Sub(row.Since)
		return comesAfter(ctx, tx, r, again, every)
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

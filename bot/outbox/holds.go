package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"promobot/internal/store"
)

// ErrLane reports a word that names no lane.
var ErrLane = errors.New(`outbox: a lane is "answer", "news" or "push"`)

// holdRow is a paused lane, or the time that a channel told us to wait.
type holdRow struct {
	Channel   string
	Lane      Lane
	HeldUntil *time.Time // nil: until it is resumed
	HeldAt    time.Time
}

// TableName is the table of holds.
func (holdRow) TableName() string { return "delivery_holds" }

// wholeAccount stands in the place of a lane for what the channel told us.
const wholeAccount Lane = ""

// Pause lets nothing leave in the lane of a channel from a second after the
// commit on; what is under way arrives. A paused lane stays so.
func Pause(ctx context.Context, tx *store.Tx, channel string, lane Lane) error {
	if !slices.Contains(Lanes(), lane) {
		return ErrLane
	}
	row := holdRow{Channel: channel, Lane: lane, HeldAt: tx.Now()}
	if _, err := store.Once(ctx, tx, &row); err != nil {
		return fmt.Errorf("pause %s of %s: %w", lane, channel, err)
	}
	return nil
}

// Resume ends a pause, if there is one.
func Resume(ctx context.Context, tx *store.Tx, channel string, lane Lane) error {
	if !slices.Contains(Lanes(), lane) {
		return ErrLane
	}
	if err := tx.WithContext(ctx).Delete(&holdRow{}, "channel = ? AND lane = ?", channel, lane).Error; err != nil {
		return fmt.Errorf("resume %s of %s: %w", lane, channel, err)
	}
	return nil
}

// Hold is a lane that is paused.
type Hold struct {
	Channel string    `json:"channel"`
	Lane    Lane      `json:"lane"`
	At      time.Time `json:"at"`
}

// Paused lists the lanes that are paused, by channel and lane.
func Paused(ctx context.Context, g *gorm.DB) ([]Hold, error) {
	var rows []holdRow
	if err := g.WithContext(ctx).Order("channel, lane").Find(&rows, "lane <> ?", wholeAccount).Error; err != nil {
		return nil, fmt.Errorf("paused lanes: %w", err)
	}
	holds := make([]Hold, len(rows))
	for i, r := range rows {
		holds[i] = Hold{r.Channel, r.Lane, r.HeldAt.UTC()}
	}
	return holds, nil
}

// readPauses asks every now and then which lanes are paused.
func (t *term) readPauses(ctx context.Context) error {
	now := t.Clock()
	if t.lanes != nil && now.Sub(t.lanesAt) < t.Look*9/10 {
		return nil
	}
	var paused []Lane
	err := t.db.Read(ctx).Model(&holdRow{}).Where("channel = ?", t.Channel).Pluck("lane", &paused).Error
	if err != nil {
		return fmt.Errorf("paused lanes: %w", err)
	}
	t.lanesAt = now
	t.lanes = slices.DeleteFunc(Lanes(), func(l Lane) bool { return slices.Contains(paused, l) })
	return nil
}

// keepWait writes down until when the whole account is to wait, so that the
// next process obeys it too.
func (t *term) keepWait(ctx context.Context, tx *store.Tx) error {
	if !t.pacer.until.After(t.waitKept) {
		return nil
	}
	until := t.rowTime(t.Clock(), t.pacer.until)
	row := holdRow{Channel: t.Channel, Lane: wholeAccount, HeldUntil: &until, HeldAt: tx.Now()}
	return tx.WithContext(ctx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "channel"}, {Name: "lane"}},
		DoUpdates: clause.AssignmentColumns([]string{"held_until", "held_at"}),
	}).Create(&row).Error
}

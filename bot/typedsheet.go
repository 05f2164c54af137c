package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"promobot/fns"
	"promobot/internal/money"
)

// typedSheet is what somebody has typed so far, and the choices on the buttons
// of the last question.
type typedSheet struct {
	Draft   fns.Draft `json:"draft"`
	Choices []string  `json:"choices,omitempty"`
	For     int64     `json:"for,omitempty"` // the receipt that could not be read; 0: none is known
}

// typedLasts is how long an unfinished sheet can be gone on with.
const typedLasts = 24 * time.Hour

type typedRow struct {
	ParticipantID int64  `gorm:"primaryKey"`
	Body          []byte // sealed
	ChangedAt     time.Time
}

// TableName is the table of unfinished sheets.
func (typedRow) TableName() string { return "typed_receipts" }

// place binds the body to its row.
func (r typedRow) place() string { return fmt.Sprintf("typed_receipts.body/%d", r.ParticipantID) }

// sheet reads the unfinished sheet; an empty one if there is none.
func (b *Bot) sheet(ctx context.Context, t *turn) (sheet typedSheet, err error) {
	row := typedRow{ParticipantID: t.person.ID}
	err = t.tx.WithContext(ctx).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) || err == nil && row.ChangedAt.Before(t.now.Add(-typedLasts)) {
		return typedSheet{}, nil
	}
	if err != nil {
		return sheet, fmt.Errorf("typed receipt of participant %d: %w", t.person.ID, err)
	}
	body, err := b.vault.Open(row.Body, row.place())
	if err != nil {
		return sheet, err
	}
	return sheet, json.Unmarshal(body, &sheet)
}

func (b *Bot) keepSheet(ctx context.Context, t *turn, sheet typedSheet) error {
	row := typedRow{ParticipantID: t.person.ID, ChangedAt: t.now}
	body, err := json.Marshal(sheet)
	if err != nil {
		return err
	}
	if row.Body, err = b.vault.Seal(body, row.place()); err != nil {
		return err
	}
	return t.tx.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

// endTyped forgets the sheet.
func (b *Bot) endTyped(ctx context.Context, t *turn) error {
	t.dialog.State = stateMenu
	return t.tx.WithContext(ctx).Delete(&typedRow{}, "participant_id = ?", t.person.ID).Error
}

// slip says what is wrong with a field.
func (v voice) slip(slip fns.Slip) string {
	key := "typed.slip." + string(slip.Problem)
	if slip.Field == "fn" && slip.Problem == fns.SlipDigits {
		key = "typed.slip.drive"
	}
	return v.say(key, map[string]any{"Field": v.say("typed.field."+slip.Field, nil), "Said": cut(slip.Said, 40), "Digits": slip.Digits})
}

// choice is the label of what may be meant.
func (v voice) choice(field, choice string) string {
	if total, err := money.ParseRoubles(choice); field == "s" && err == nil {
		return exact(total)
	}
	return choice
}

// exact writes an amount with its kopecks, as a receipt does.
func exact(k money.Kopecks) string {
	return fmt.Sprintf("%s,%02d%s₽", grouped(int64(k/100)), k%100, noBreak)
}

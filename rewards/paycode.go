package rewards

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"gorm.io/gorm"

	"promobot/internal/store"
)

// codeLife is how long a code shows its owner to a till.
const codeLife = 5 * time.Minute

// ErrCode reports a code that is unknown, expired or used: which of them is
// nobody's business.
var ErrCode = errors.New("rewards: no such code")

// payCodes is how many codes of eight digits there are.
var payCodes = big.NewInt(100_000_000)

type payCodeRow struct {
	ParticipantID int64 `gorm:"primaryKey"`
	CodeMac       string
	ExpiresAt     time.Time
}

// TableName is the table of codes that wait for a till.
func (payCodeRow) TableName() string { return "pay_codes" }

// Code draws a code of eight digits by which a till will know the participant,
// once and until the moment returned. An older code of his is void. The caller
// has locked the participant.
func (c *Cashier) Code(ctx context.Context, tx *store.Tx, participantID int64) (code string, until time.Time, err error) {
	if err := tx.WithContext(ctx).Delete(&payCodeRow{}, "participant_id = ?", participantID).Error; err != nil {
		return "", until, fmt.Errorf("code of participant %d: %w", participantID, err)
	}
	until = tx.Now().Add(codeLife)
	for drawn := false; !drawn; { // again if somebody has this very code now
		n, err := rand.Int(rand.Reader, payCodes)
		if err != nil {
			return "", until, err
		}
		code = fmt.Sprintf("%08d", n)
		if drawn, err = c.keepCode(ctx, tx, payCodeRow{ParticipantID: participantID, ExpiresAt: until}, code); err != nil {
			return "", until, fmt.Errorf("code of participant %d: %w", participantID, err)
		}
	}
	return code, until, nil
}

func (c *Cashier) keepCode(ctx context.Context, tx *store.Tx, row payCodeRow, code string) (kept bool, err error) {
	if row.CodeMac, err = c.vault.Mark("pay.code", code); err != nil {
		return false, err
	}
	err = tx.WithContext(ctx).Delete(&payCodeRow{}, "code_mac = ? AND expires_at <= ?", row.CodeMac, tx.Now()).Error
	if err != nil {
		return false, err
	}
	return store.Once(ctx, tx, &row)
}

// takeCode locks the participant whom the code shows, and uses it up.
func (c *Cashier) takeCode(ctx context.Context, tx *store.Tx, code string) (participantID int64, err error) {
	mac, err := c.vault.Mark("pay.code", strings.NewReplacer(" ", "", "-", "").Replace(code))
	if err != nil {
		return 0, err
	}
	var row payCodeRow
	err = tx.WithContext(ctx).Take(&row, "code_mac = ? AND expires_at > ?", mac, tx.Now()).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, ErrCode
	}
	if err != nil {
		return 0, fmt.Errorf("look up a code: %w", err)
	}
	if err := c.desk.people.Lock(ctx, tx, row.ParticipantID); err != nil {
		return 0, err
	}
	used := tx.WithContext(ctx).Delete(&payCodeRow{}, "participant_id = ? AND code_mac = ?", row.ParticipantID, mac)
	if used.Error == nil && used.RowsAffected == 0 {
		return 0, ErrCode
	}
	return row.ParticipantID, used.Error
}

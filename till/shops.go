package till

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"gorm.io/gorm"

	"promobot/internal/store"
	"promobot/internal/vault"
)

// Refusals of the list of shops.
var (
	ErrName   = errors.New("till: a shop's name has 1 to 60 printable characters")
	ErrINN    = errors.New("till: an INN has 10 or 12 digits")
	ErrNoShop = errors.New("till: no such key, or revoked already")
)

var innForm = regexp.MustCompile(`^(\d{10}|\d{12})$`)

const mostName = 60

type shopRow struct {
	ID           int64
	KeyID        string
	Name         string // participants read it
	INN          string `gorm:"column:inn"`
	SecretSealed []byte
	CreatedAt    time.Time
	RevokedAt    *time.Time
}

// TableName is the table of shops.
func (shopRow) TableName() string { return "tills" }

func (s shopRow) place() string { return "tills.secret/" + s.KeyID }

// Shop is one that takes points, without its secret.
type Shop struct {
	KeyID     string     `json:"id"`
	Name      string     `json:"name"`
	INN       string     `json:"inn,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

// Add gives a shop a key: the id and the secret to sign with, which is not
// readable afterwards. inn may be empty. ErrName or ErrINN refuse it.
func Add(ctx context.Context, tx *store.Tx, v *vault.Vault, name, inn string) (keyID, secret string, err error) {
	name = strings.TrimSpace(name)
	if name == "" || len([]rune(name)) > mostName || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", "", ErrName
	}
	if inn != "" && !innForm.MatchString(inn) {
		return "", "", ErrINN
	}
	row := shopRow{KeyID: "till_" + newSecret()[:16], Name: name, INN: inn, CreatedAt: tx.Now()}
	secret = newSecret()
	if row.SecretSealed, err = v.Seal([]byte(secret), row.place()); err != nil {
		return "", "", err
	}
	if err := tx.WithContext(ctx).Create(&row).Error; err != nil {
		return "", "", fmt.Errorf("add till %s: %w", name, err)
	}
	if err := tx.WithContext(ctx).Create(&missRow{TillID: row.ID, Since: tx.Now()}).Error; err != nil {
		return "", "", fmt.Errorf("add till %s: %w", name, err)
	}
	return row.KeyID, secret, nil
}

// newSecret has 256 bits, in hex.
func newSecret() string {
	bits := make([]byte, 32)
	_, _ = rand.Read(bits) // it never fails
	return hex.EncodeToString(bits)
}

// Revoke ends a key at once; what is held by then can only expire. ErrNoShop if
// there is no such key.
func Revoke(ctx context.Context, tx *store.Tx, keyID string) error {
	res := tx.WithContext(ctx).Model(&shopRow{}).Where("key_id = ? AND revoked_at IS NULL", keyID).Update("revoked_at", tx.Now())
	if res.Error == nil && res.RowsAffected == 0 {
		return ErrNoShop
	}
	return res.Error
}

// Shops lists all shops that have or had a key, oldest first.
func Shops(ctx context.Context, g *gorm.DB) (list []Shop, err error) {
	err = g.WithContext(ctx).Model(&shopRow{}).Order("id").Find(&list).Error
	return list, err
}

func findShop(ctx context.Context, g *gorm.DB, keyID string) (row shopRow, err error) {
	if !visible(keyID) { // bytes that no database may be asked for
		return row, ErrNoShop
	}
	err = g.WithContext(ctx).Take(&row, "key_id = ? AND revoked_at IS NULL", keyID).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return row, ErrNoShop
	}
	return row, err
}

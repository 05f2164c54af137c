package main

import (
	"context"
	"errors"

	"promobot/internal/store"
	"promobot/internal/vault"
)

// markRow is what a database says of itself.
type markRow struct {
	Name  string `gorm:"primaryKey"`
	Value string
}

// TableName is the table of marks.
func (markRow) TableName() string { return "marks" }

var (
	errRealData    = errors.New("this database has data that is not a demo's; choose another PROMOBOT_DATABASE_URL")
	errOtherKeyset = errors.New("this keyset is not the one that the database was sealed with; set PROMOBOT_KEYSET_FILE to that one")
)

// The marks.
const (
	keysetMark = "keyset"
	demoMark   = "demo"
)

// markDemo marks an empty database as a demo's and refuses any other.
func markDemo(ctx context.Context, db *store.DB) error {
	return db.InTx(ctx, func(tx *store.Tx) error {
		var marked, people, terms int64
		err := errors.Join(
			tx.WithContext(ctx).Model(&markRow{}).Where("name = ?", demoMark).Count(&marked).Error,
			tx.WithContext(ctx).Table("participants").Count(&people).Error,
			tx.WithContext(ctx).Table("campaigns").Count(&terms).Error)
		switch {
		case err != nil:
			return err
		case marked > 0:
			return nil
		case people > 0 || terms > 0:
			return errRealData
		}
		return tx.WithContext(ctx).Create(&markRow{Name: demoMark, Value: "yes"}).Error
	})
}

// keepKeyset notes the keyset at its first use with a database and refuses
// another one later: it would open nothing, and phones and codes that are known
// would look new.
func keepKeyset(ctx context.Context, db *store.DB, v *vault.Vault) error {
	mark, err := v.Mark("marks", keysetMark)
	if err != nil {
		return err
	}
	return db.InTx(ctx, func(tx *store.Tx) error {
		row := markRow{Name: keysetMark, Value: mark}
		if _, err := store.Once(ctx, tx, &row); err != nil {
			return err
		}
		if err := tx.WithContext(ctx).Take(&row, "name = ?", keysetMark).Error; err != nil {
			return err
		}
		if row.Value != mark {
			return errOtherKeyset
		}
		return nil
	})
}

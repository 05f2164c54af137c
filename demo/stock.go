package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/prizes"
)

const (
	codesEach   = 300 // certificates for each prize
	plainPrice  = 60  // points, of a prize that nobody described
	codeLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	codeGroups  = 3
	codeGroup   = 4
)

// Stock puts the catalogue and fills the shelves: a prize of the terms that no
// catalogue describes gets a plain entry, and one that never had a certificate
// gets codes that begin with DEMO and open nothing. A stock that was imported
// is left alone, even an empty one.
func Stock(ctx context.Context, tx *store.Tx, shop *prizes.Shop, terms campaigns.Terms, catalogue []prizes.Prize) error {
	for _, p := range catalogue {
		if err := shop.Put(ctx, tx, p); err != nil {
			return err
		}
	}
	for _, offer := range terms.Offers {
		if err := describe(ctx, tx, shop, offer.PrizeID); err != nil {
			return err
		}
		if err := fill(ctx, tx, shop, offer.PrizeID); err != nil {
			return err
		}
	}
	return nil
}

func describe(ctx context.Context, tx *store.Tx, shop *prizes.Shop, id string) error {
	_, err := shop.Prize(ctx, tx.DB, id)
	if errors.Is(err, prizes.ErrUnknown) {
		return shop.Put(ctx, tx, prizes.Prize{ID: id, Title: id, Price: plainPrice})
	}
	return err
}

func fill(ctx context.Context, tx *store.Tx, shop *prizes.Shop, id string) error {
	var n int64
	if err := tx.WithContext(ctx).Table("certificates").Where("prize_id = ?", id).Count(&n).Error; err != nil || n > 0 {
		return err
	}
	done, err := shop.Import(ctx, tx, strings.NewReader(sheet(id)), "demo-"+id+".csv")
	if err != nil {
		return fmt.Errorf("stock %s: %w %v", id, err, done.Problems)
	}
	return nil
}

// sheet is a file of new codes.
func sheet(id string) string {
	var b strings.Builder
	b.WriteString("prize_id,code\n")
	for range codesEach {
		fmt.Fprintf(&b, "%s,%s\n", id, newCode())
	}
	return b.String()
}

// newCode is DEMO-XXXX-XXXX-XXXX, 60 random bits.
func newCode() string {
	random := make([]byte, codeGroups*codeGroup)
	_, _ = rand.Read(random) // never fails, says crypto/rand
	for i, b := range random {
		random[i] = codeLetters[int(b)%len(codeLetters)]
	}
	code := "DEMO"
	for group := range slices.Chunk(random, codeGroup) {
		code += "-" + string(group)
	}
	return code
}

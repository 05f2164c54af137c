package participants

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Person is who stands behind an account, as far as phones prove it.
type Person struct {
	Mark     string  // keyed fingerprint of the phone that a channel vouches for; "" without one
	Accounts []int64 // those whose channels vouch for that phone, this one included, by id
}

// Person finds the accounts that share this one's phone, where channels vouch
// for it on both sides; a typed number proves nothing and joins nobody.
func (s *Service) Person(ctx context.Context, g *gorm.DB, participantID int64) (Person, error) {
	own, err := take(ctx, g, participantID)
	if err != nil {
		return Person{}, err
	}
	if own.PhoneMac == nil || own.PhoneProof != ProofShared {
		return Person{Accounts: []int64{participantID}}, nil
	}
	p := Person{Mark: *own.PhoneMac}
	err = g.WithContext(ctx).Model(&participantRow{}).Where("phone_mac = ? AND phone_proof = ?", own.PhoneMac, ProofShared).
		Order("id").Pluck("id", &p.Accounts).Error
	if err != nil {
		return Person{}, fmt.Errorf("accounts of participant %d's phone: %w", participantID, err)
	}
	return p, nil
}

package participants

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"promobot/internal/store"
)

func phonePlace(participantID int64) string {
	return fmt.Sprintf("participants.phone/%d", participantID)
}
func namePlace(participantID int64) string { return fmt.Sprintf("participants.name/%d", participantID) }

// SetPhone keeps the number that the participant typed, with its proof level
// (ProofTyped). Numbers without a country are Russian; 8 at the front, spaces
// and brackets are understood. Whatever no person answers is ErrPhone.
func (s *Service) SetPhone(ctx context.Context, tx *store.Tx, participantID int64, typed, proof string) (Phone, error) {
	phone, err := parsePhone(typed)
	if err != nil {
		return "", err
	}
	sealed, err := s.vault.Seal([]byte(phone), phonePlace(participantID))
	if err != nil {
		return "", err
	}
	mark, err := s.vault.Mark("phone", phone.Reveal())
	if err != nil {
		return "", err
	}
	return phone, set(ctx, tx, participantID, map[string]any{
		"phone_sealed": sealed, "phone_mac": mark, "phone_proof": proof,
	})
}

// SetName keeps the name that the participant typed and returns it as kept:
// without control and bidi characters, spaces folded. Else it is ErrName. The
// name is text: whoever shows it must escape it.
func (s *Service) SetName(ctx context.Context, tx *store.Tx, participantID int64, typed string) (string, error) {
	name, err := cleanName(typed)
	if err != nil {
		return "", err
	}
	sealed, err := s.vault.Seal([]byte(name), namePlace(participantID))
	if err != nil {
		return "", err
	}
	mark, err := s.vault.Mark("name", normalName(name))
	if err != nil {
		return "", err
	}
	return name, set(ctx, tx, participantID, map[string]any{"name_sealed": sealed, "name_mac": mark})
}

type phoneBonusRow struct {
	PhoneMac      string
	Bonus         string
	ParticipantID int64
}

// TableName is the table of bonuses that a phone gets once.
func (phoneBonusRow) TableName() string { return "phone_bonuses" }

// OncePerPhone claims a bonus for the participant's phone: true for the first
// participant of this phone that claims it, and for the same one again; false
// for every other. Without a phone there is nothing to compare: true.
func (s *Service) OncePerPhone(ctx context.Context, tx *store.Tx, participantID int64, bonus string) (bool, error) {
	own, err := take(ctx, tx.DB, participantID)
	if err != nil || own.PhoneMac == nil {
		return err == nil, err
	}
	row := phoneBonusRow{PhoneMac: *own.PhoneMac, Bonus: bonus, ParticipantID: participantID}
	first, err := store.Once(ctx, tx, &row)
	owner := row
	if err == nil && !first {
		owner = phoneBonusRow{}
		err = tx.WithContext(ctx).Take(&owner, "phone_mac = ? AND bonus = ?", row.PhoneMac, bonus).Error
	}
	if err != nil {
		return false, fmt.Errorf("claim %s for participant %d: %w", bonus, participantID, err)
	}
	return owner.ParticipantID == participantID, nil
}

// ClaimedByOthers tells which of the bonuses another participant of the same
// phone has claimed. Without a phone there is nothing to compare.
func (s *Service) ClaimedByOthers(ctx context.Context, g *gorm.DB, participantID int64, bonuses []string) (map[string]bool, error) {
	var list []string
	err := g.WithContext(ctx).Model(&phoneBonusRow{}).
		Where("phone_mac = (SELECT phone_mac FROM participants WHERE id = ?) AND bonus IN ? AND participant_id <> ?", participantID, bonuses, participantID).
		Pluck("bonus", &list).Error
	if err != nil {
		return nil, fmt.Errorf("bonuses on the phone of participant %d: %w", participantID, err)
	}
	claimed := map[string]bool{}
	for _, bonus := range list {
		claimed[bonus] = true
	}
	return claimed, nil
}

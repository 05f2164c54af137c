package fraud

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"promobot/internal/store"
)

// ErrExemption reports an exemption without a rule, a person who makes it, or
// an end within longestExemption.
var ErrExemption = errors.New("fraud: an exemption names a rule, who makes it and an end within 366 days")

const longestExemption = 366 * 24 * time.Hour

// Exemption sets a rule aside for a participant for a time: a family that
// shares a phone.
type Exemption struct {
	ID            int64
	ParticipantID int64
	Rule          string
	Until         time.Time
	DecidedBy     string
	Note          string
	MadeAt        time.Time
}

// TableName is the table of exemptions.
func (Exemption) TableName() string { return "rule_exemptions" }

// Exempt makes an exemption; they are kept for ever, and count until their end.
func Exempt(ctx context.Context, tx *store.Tx, e Exemption) error {
	if left := e.Until.Sub(tx.Now()); e.Rule == "" || e.DecidedBy == "" || left <= 0 || left > longestExemption {
		return ErrExemption
	}
	e.MadeAt = tx.Now()
	if err := tx.WithContext(ctx).Create(&e).Error; err != nil {
		return fmt.Errorf("exempt participant %d from %s: %w", e.ParticipantID, e.Rule, err)
	}
	return nil
}

// exempt takes the hits of rules away that are set aside for the participant.
func (r Rules) exempt(ctx context.Context, tx *store.Tx, participantID int64, v Verdict) (Verdict, error) {
	if len(v.Hits) == 0 {
		return v, nil
	}
	var aside []string
	err := tx.WithContext(ctx).Model(&Exemption{}).Where("participant_id = ? AND until > ?", participantID, tx.Now()).Pluck("rule", &aside).Error
	if err != nil || len(aside) == 0 {
		return v, err
	}
	rest := Verdict{Outcome: Allow, Rules: v.Rules}
	for _, hit := range v.Hits {
		if !slices.Contains(aside, hit.Rule) {
			rest = rest.With(hit)
		}
	}
	return rest, nil
}

package rewards

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/points"
)

// Refusals of a change by hand.
var (
	// ErrAdjustment reports a change without points, person or a known reason.
	ErrAdjustment = errors.New("rewards: not a change of points")
	// ErrNoAdjustment reports that no such change waits.
	ErrNoAdjustment = errors.New("rewards: no such change waits for a second person")
	// ErrSamePerson reports that who asks wants to approve it himself.
	ErrSamePerson = errors.New("rewards: another person must approve it")
	// ErrChanged reports an approval of something else than what is asked for.
	ErrChanged = errors.New("rewards: the hash is of another change")
)

// NoticeAdjusted tells of a change by hand. args: points, reason, balance.
const NoticeAdjusted = "points.adjusted"

// AdjustReasons are the codes of reasons for a change by hand.
var AdjustReasons = []string{"goodwill", "mistake", "fraud", "legal"}

// AdjustStatus is where a change by hand stands.
type AdjustStatus string

// The statuses; all but the first are final.
const (
	AdjustWaiting  AdjustStatus = "waiting"  // for a second person
	AdjustPosted   AdjustStatus = "posted"   // by one person, within the limit
	AdjustApproved AdjustStatus = "approved" // posted with a second person's word
	AdjustRefused  AdjustStatus = "refused"
)

// Adjustment is a change of a participant's points by hand.
type Adjustment struct {
	ID            int64
	ParticipantID int64
	Points        points.Amount // signed
	Reason        string        // one of AdjustReasons
	Note          string        // for the record
	Hash          string        // of all above, which an approval names
	LimitPoints   points.Amount // what one person may do alone, at that time
	Status        AdjustStatus
	AskedBy       string
	AskedAt       time.Time
	DecidedBy     string
	DecidedAt     *time.Time
}

func (a Adjustment) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\n%d\n%s\n%q\n%q", a.ParticipantID, a.Points, a.Reason, a.Note, a.AskedBy))
	return hex.EncodeToString(sum[:8])
}

// Adjust changes a participant's points by hand: at once up to limit points
// either way, beyond it when another person approves. Participant, points,
// reason, note and AskedBy are the caller's. More than there is cannot be taken:
// points.ErrShort.
func (d *Desk) Adjust(ctx context.Context, tx *store.Tx, v campaigns.Version, a Adjustment, limit points.Amount) (Adjustment, error) {
	if a.Points == 0 || strings.TrimSpace(a.AskedBy) == "" || !slices.Contains(AdjustReasons, a.Reason) {
		return a, fmt.Errorf("%w: name points, a person and one of %s", ErrAdjustment, strings.Join(AdjustReasons, ", "))
	}
	if err := d.people.Lock(ctx, tx, a.ParticipantID); err != nil {
		return a, err
	}
	a.Hash, a.LimitPoints, a.Status, a.AskedAt = a.hash(), limit, AdjustWaiting, tx.Now()
	if max(a.Points, -a.Points) <= limit {
		a.Status = AdjustPosted
	}
	if err := tx.WithContext(ctx).Create(&a).Error; err != nil {
		return a, fmt.Errorf("adjust points of participant %d: %w", a.ParticipantID, err)
	}
	if a.Status == AdjustWaiting {
		return a, nil
	}
	return a, d.adjust(ctx, tx, v, a)
}

// ApproveAdjustment posts a change that waits. hash is that of the change as the
// approving person has read it; by is not who has asked.
func (d *Desk) ApproveAdjustment(ctx context.Context, tx *store.Tx, v campaigns.Version, id int64, hash, by string) (Adjustment, error) {
	a, err := d.waitingAdjustment(ctx, tx, id, by)
	switch {
	case err != nil:
		return a, err
	case strings.EqualFold(strings.TrimSpace(by), strings.TrimSpace(a.AskedBy)):
		return a, ErrSamePerson
	case hash != a.Hash || hash != a.hash():
		return a, ErrChanged
	}
	if err := endAdjustment(ctx, tx, &a, AdjustApproved, by); err != nil {
		return a, err
	}
	return a, d.adjust(ctx, tx, v, a)
}

// RefuseAdjustment ends a change that waits without doing it.
func (d *Desk) RefuseAdjustment(ctx context.Context, tx *store.Tx, id int64, by string) (Adjustment, error) {
	a, err := d.waitingAdjustment(ctx, tx, id, by)
	if err != nil {
		return a, err
	}
	return a, endAdjustment(ctx, tx, &a, AdjustRefused, by)
}

// waitingAdjustment locks the participant of a change and reads it again.
func (d *Desk) waitingAdjustment(ctx context.Context, tx *store.Tx, id int64, by string) (a Adjustment, err error) {
	if strings.TrimSpace(by) == "" {
		return a, fmt.Errorf("%w: say who decides", ErrAdjustment)
	}
	for range 2 { // the second time under its participant's lock
		err = tx.WithContext(ctx).Take(&a, "id = ? AND status = ?", id, AdjustWaiting).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return a, ErrNoAdjustment
		}
		if err == nil {
			err = d.people.Lock(ctx, tx, a.ParticipantID)
		}
		if err != nil {
			return a, fmt.Errorf("adjustment %d: %w", id, err)
		}
	}
	return a, nil
}

func endAdjustment(ctx context.Context, tx *store.Tx, a *Adjustment, to AdjustStatus, by string) error {
	now := tx.Now()
	a.Status, a.DecidedBy, a.DecidedAt = to, by, &now
	res := tx.WithContext(ctx).Model(&Adjustment{}).Where("id = ? AND status = ?", a.ID, AdjustWaiting).
		Updates(map[string]any{"status": to, "decided_by": by, "decided_at": now})
	if res.Error == nil && res.RowsAffected == 0 {
		return ErrNoAdjustment
	}
	return res.Error
}

// adjust posts the change and tells the participant.
func (d *Desk) adjust(ctx context.Context, tx *store.Tx, v campaigns.Version, a Adjustment) (err error) {
	source := fmt.Sprintf("adjustment:%d", a.ID)
	p := points.Posting{Source: source + "/points", Kind: points.Correction}
	if a.Points > 0 {
		p.Legs = points.Move(points.Issued(v.CampaignID), points.Available(a.ParticipantID), a.Points)
		_, err = d.issue(ctx, tx, v, a.ParticipantID, source, p, a.Points)
	} else {
		p.Legs = points.Move(points.Available(a.ParticipantID), points.Issued(v.CampaignID), -a.Points)
		_, err = d.post(ctx, tx, a.ParticipantID, source, p, a.Points)
	}
	if err != nil {
		return err
	}
	balance, _, err := d.repay(ctx, tx, a.ParticipantID, source)
	if err != nil {
		return err
	}
	return notify.Tell(ctx, tx, notify.Notice{ParticipantID: a.ParticipantID, Key: NoticeAdjusted,
		Args: map[string]any{"points": a.Points, "reason": a.Reason, "balance": balance.Available}})
}

// Adjustments lists changes by hand, newest first, at most limit; with waiting
// only those that wait for a second person.
func Adjustments(ctx context.Context, g *gorm.DB, waiting bool, limit int) ([]Adjustment, error) {
	query := g.WithContext(ctx).Order("id DESC").Limit(limit)
	if waiting {
		query = query.Where("status = ?", AdjustWaiting)
	}
	var list []Adjustment
	if err := query.Find(&list).Error; err != nil {
		return nil, fmt.Errorf("adjustments: %w", err)
	}
	return list, nil
}

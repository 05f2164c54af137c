package rewards

import (
	"context"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/points"
)

// extras accrues what a source earns beside its lines and returns what was
// accrued now: a focus product that this person or this phone had is not.
func (d *Desk) extras(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, source string, list []campaigns.Extra, to purpose) (campaigns.Parts, error) {
	granted := campaigns.Parts{}
	for _, e := range list {
		n, err := d.extra(ctx, tx, v, participantID, source, e, to)
		if err != nil {
			return nil, err
		}
		granted[e.Source] += n
	}
	return granted, nil
}

func (d *Desk) extra(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, source string, e campaigns.Extra, to purpose) (points.Amount, error) {
	if e.Points <= 0 {
		return 0, nil
	}
	if e.Once {
		return d.once(ctx, tx, v, participantID, source, e.Source, e.Points, to)
	}
	posted, err := d.issue(ctx, tx, v, participantID, source, to.posting(v, source+"/"+e.Source, e.Points), e.Points)
	if err != nil || !posted {
		return 0, err
	}
	return e.Points, nil
}

// HoldReward sets what is for the receipt, its lines and bonus days, aside until
// a person decides, and returns it by part. What a person gets once waits until
// the receipt is granted.
func (d *Desk) HoldReward(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, source string, r campaigns.Reward) (campaigns.Parts, error) {
	r, err := d.fits(ctx, tx, v, participantID, source, r)
	if err != nil {
		return nil, err
	}
	if err := d.Hold(ctx, tx, v, participantID, source, r.Points); err != nil {
		return nil, err
	}
	held := campaigns.Parts{campaigns.PartLines: r.Points}
	for _, e := range r.Extra {
		if e.Once || e.Points <= 0 {
			continue
		}
		_, err := d.issue(ctx, tx, v, participantID, source, points.Posting{Source: source + "/" + e.Source, Kind: points.Hold,
			Legs: points.Move(points.Issued(v.CampaignID), points.Held(participantID), e.Points)}, e.Points)
		if err != nil {
			return nil, err
		}
		held[e.Source] += e.Points
	}
	return held.With(nil), nil
}

// FocusHad tells which of the focus parts this person had, in any account of
// the phone.
func (d *Desk) FocusHad(ctx context.Context, tx *store.Tx, participantID int64, parts []string) (map[string]bool, error) {
	if len(parts) == 0 {
		return nil, nil
	}
	had, err := d.people.ClaimedByOthers(ctx, tx.DB, participantID, parts)
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		_, stood, err := d.nth(ctx, tx, participantID, part)
		if err != nil {
			return nil, err
		}
		had[part] = had[part] || stood
	}
	return had, nil
}

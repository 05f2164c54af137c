package rewards

import (
	"context"
	"errors"

	"promobot/campaigns"
	"promobot/internal/events"
	"promobot/internal/failpoint"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/points"
	"promobot/prizes"
)

// Choice is what came of choosing a prize. Exactly one of Issued, Short,
// Blocked and Waiting is set.
type Choice struct {
	Issued  bool
	Short   points.Amount // points that are missing
	Blocked points.Amount // a debt that must be paid first
	Waiting bool          // out of stock: the points stay, the person waits in the list

	Certificate prizes.Certificate
	Balance     points.Balance
}

// Choose spends points on a prize and issues its certificate for the source,
// once: the same source again gives the same certificate and spends nothing;
// for another participant it is prizes.ErrNotYours.
// Short, blocked and out of stock are no errors, so that the caller's transaction can
// commit the place in the waiting list. Unknown prizes and those not on offer
// are prizes.ErrUnknown.
func (d *Desk) Choose(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, prizeID, source string) (Choice, error) {
	if _, offered := offer(v, prizeID); !offered {
		return Choice{}, wrap(prizeID, participantID, prizes.ErrUnknown)
	}
	old, again, err := d.shop.BySource(ctx, tx.DB, source)
	if err != nil {
		return Choice{}, wrap(prizeID, participantID, err)
	}
	if again && old.ParticipantID != participantID {
		return Choice{}, wrap(prizeID, participantID, prizes.ErrNotYours)
	}
	c := Choice{Issued: again, Certificate: old}
	if !again {
		c, err = d.buy(ctx, tx, v, participantID, prizeID, source)
	}
	if err != nil {
		return Choice{}, wrap(prizeID, participantID, err)
	}
	c.Balance, err = d.ledger.Balance(ctx, tx.DB, participantID)
	return c, err
}

func (d *Desk) buy(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, prizeID, source string) (Choice, error) {
	prize, err := d.shop.Prize(ctx, tx.DB, prizeID)
	if err != nil {
		return Choice{}, err
	}
	if owed, err := d.Blocked(ctx, tx.DB, v, participantID); err != nil || owed > 0 {
		return Choice{Blocked: owed}, err
	}
	balance, err := d.ledger.Balance(ctx, tx.DB, participantID)
	if err != nil {
		return Choice{}, err
	}
	price := points.Amount(prize.Price)
	if balance.Available < price {
		return Choice{Short: price - balance.Available}, nil
	}
	issued, err := d.shop.Issue(ctx, tx, participantID, prizeID, source)
	if errors.Is(err, prizes.ErrOutOfStock) {
		_, err = d.shop.Wait(ctx, tx, participantID, prizeID)
		return Choice{Waiting: true}, err
	}
	if err != nil {
		return Choice{}, err
	}
	failpoint.Pass(failpoint.CertificateIssuing)
	return Choice{Issued: true, Certificate: issued}, d.spend(ctx, tx, v, issued, source)
}

func (d *Desk) spend(ctx context.Context, tx *store.Tx, v campaigns.Version, c prizes.Certificate, source string) error {
	price := points.Amount(c.Price)
	_, err := d.post(ctx, tx, c.ParticipantID, source, points.Posting{Source: source + "/price", Kind: points.Spending,
		Legs: points.Move(points.Available(c.ParticipantID), points.Spent(v.CampaignID), price)}, price)
	if err != nil {
		return err
	}
	return events.Record(ctx, tx, events.Event{Kind: EventIssued, ParticipantID: c.ParticipantID, Subject: source,
		Data: map[string]any{"prize": c.PrizeID, "title": c.Title, "title_en": c.TitleEN, "price": c.Price}})
}

// Automatic issues, in the order of the terms, every automatic prize that the
// participant can pay now, each at most once for the source, and tells about
// it. Out of stock means a place in the waiting list.
func (d *Desk) Automatic(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, source string) ([]Choice, error) {
	var made []Choice
	for _, o := range v.Offers {
		if o.Issue != campaigns.Automatically {
			continue
		}
		c, err := d.Choose(ctx, tx, v, participantID, o.PrizeID, source+"/prize:"+o.PrizeID)
		if err != nil {
			return nil, err
		}
		if !c.Issued && !c.Waiting {
			continue
		}
		made = append(made, c)
		if c.Issued {
			if err := notify.Tell(ctx, tx, issuedNotice(c.Certificate, "", c.Balance.Available)); err != nil {
				return nil, err
			}
		}
	}
	return made, nil
}

func offer(v campaigns.Version, prizeID string) (campaigns.Offer, bool) {
	for _, o := range v.Offers {
		if o.PrizeID == prizeID {
			return o, true
		}
	}
	return campaigns.Offer{}, false
}

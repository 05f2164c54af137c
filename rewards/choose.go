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
// Blocked, Waiting, Ordered, Gated and Limit is set.
type Choice struct {
	Issued  bool
	Short   points.Amount      // points that are missing
	Blocked points.Amount      // a debt that must be paid first
	Waiting bool               // out of stock: the points stay, the person waits in the list
	Ordered bool               // the points are spent, a supplier was asked for the code
	Gated   bool               // the points are spent, the prize is kept until tax documents are there
	Limit   *prizes.LimitError // the person has as many of it as may be; the points stay

	Award       prizes.Award // of what is Issued, Ordered or Gated
	Certificate prizes.Certificate
	Balance     points.Balance
}

// Made tells whether the choice spent points.
func (c Choice) Made() bool { return c.Issued || c.Ordered || c.Gated }

// Choose spends points on a prize and awards it for the source, once: its
// certificate is issued, or ordered, or kept until tax documents are there. The
// same source again gives the same award and spends nothing; for another
// participant it is prizes.ErrNotYours.
// Short, blocked, out of stock and over the limit are no errors, so that the caller's
// transaction can commit the place in the waiting list. Unknown prizes and those
// not on offer are prizes.ErrUnknown.
func (d *Desk) Choose(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, prizeID, source string) (Choice, error) {
	if _, offered := offer(v, prizeID); !offered {
		return Choice{}, wrap(prizeID, participantID, prizes.ErrUnknown)
	}
	old, again, err := d.shop.AwardBySource(ctx, tx.DB, source)
	if err != nil {
		return Choice{}, wrap(prizeID, participantID, err)
	}
	if again && old.ParticipantID != participantID {
		return Choice{}, wrap(prizeID, participantID, prizes.ErrNotYours)
	}
	c := chosen(old)
	if !again {
		c, err = d.buy(ctx, tx, v, participantID, prizeID, source)
	}
	if err != nil {
		return Choice{}, wrap(prizeID, participantID, err)
	}
	c.Balance, err = d.ledger.Balance(ctx, tx.DB, participantID)
	return c, err
}

// chosen is the choice that an award stands for. One that was returned is
// still a made one: its answer was given.
func chosen(a prizes.Award) Choice {
	return Choice{Award: a, Certificate: a.Certificate, Issued: a.Status == prizes.AwardIssued || a.Status == prizes.AwardReplaced,
		Ordered: a.Status == prizes.AwardOrdered || a.Status == prizes.AwardReturned, Gated: a.Status == prizes.AwardGated}
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
	person, err := d.person(ctx, tx, participantID)
	if err != nil {
		return Choice{}, err
	}
	a, err := d.shop.Issue(ctx, tx, prizes.Claim{ParticipantID: participantID, Person: person, PrizeID: prizeID, Source: source, CampaignID: v.CampaignID})
	var limit *prizes.LimitError
	switch {
	case errors.As(err, &limit):
		return Choice{Limit: limit}, nil
	case errors.Is(err, prizes.ErrOutOfStock):
		_, err = d.shop.Wait(ctx, tx, participantID, prizeID)
		return Choice{Waiting: true}, err
	case err != nil:
		return Choice{}, err
	}
	failpoint.Pass(failpoint.CertificateIssuing)
	if err := d.spend(ctx, tx, v, a); err != nil {
		return Choice{}, err
	}
	return chosen(a), d.gate(ctx, tx, a)
}

// person finds the accounts that limits and taxes count together, and locks
// what they share.
func (d *Desk) person(ctx context.Context, tx *store.Tx, participantID int64) ([]int64, error) {
	p, err := d.people.Person(ctx, tx.DB, participantID)
	if err != nil || p.Mark == "" {
		return p.Accounts, err
	}
	return p.Accounts, d.shop.LockPerson(ctx, tx, p.Mark)
}

// spend takes the price of an award, in the books, and records what it stands
// for.
func (d *Desk) spend(ctx context.Context, tx *store.Tx, v campaigns.Version, a prizes.Award) error {
	price := points.Amount(a.Price)
	_, err := d.post(ctx, tx, a.ParticipantID, a.Source, points.Posting{Source: a.Source + "/price", Kind: points.Spending,
		Legs: points.Move(points.Available(a.ParticipantID), points.Spent(v.CampaignID), price)}, price)
	if err != nil {
		return err
	}
	return record(ctx, tx, awardEvents[a.Status], a)
}

// awardEvents are the kinds of events by where an award stands.
var awardEvents = map[prizes.AwardStatus]events.Kind{
	prizes.AwardIssued: EventIssued, prizes.AwardOrdered: EventOrdered, prizes.AwardGated: EventGated, prizes.AwardReturned: EventReturned,
}

func record(ctx context.Context, tx *store.Tx, kind events.Kind, a prizes.Award) error {
	return events.Record(ctx, tx, events.Event{Kind: kind, ParticipantID: a.ParticipantID, Subject: a.Source,
		Data: map[string]any{"prize": a.PrizeID, "title": a.Title, "title_en": a.TitleEN, "price": a.Price}})
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
		if !c.Made() && !c.Waiting || c.Issued && c.Certificate.ID == 0 {
			continue // or it was withdrawn since
		}
		made = append(made, c)
		if err := d.announce(ctx, tx, c); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// announce tells what came of a choice that nobody has asked for.
func (d *Desk) announce(ctx context.Context, tx *store.Tx, c Choice) error {
	switch {
	case c.Issued:
		return notify.Tell(ctx, tx, issuedNotice(c.Certificate, "", c.Balance.Available))
	case c.Ordered:
		return notify.Tell(ctx, tx, awardNotice(NoticeOrdered, c.Award, c.Balance.Available))
	case c.Gated:
		return notify.Tell(ctx, tx, awardNotice(NoticeGated, c.Award, c.Balance.Available))
	}
	return nil
}

func offer(v campaigns.Version, prizeID string) (campaigns.Offer, bool) {
	for _, o := range v.Offers {
		if o.PrizeID == prizeID {
			return o, true
		}
	}
	return campaigns.Offer{}, false
}

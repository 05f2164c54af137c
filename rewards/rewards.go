// Package rewards grants what was promised, once, and takes it back. It alone
// writes to several books in one transaction.
package rewards

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/internal/events"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/participants"
	"promobot/points"
	"promobot/prizes"
)

// The keys of notices and the kinds of events of this room.
const (
	NoticeIssued = "prize.issued" // args: prize, title, title_en, price, certificate, balance
	NoticeBack   = "prize.back"   // args: prize, title, title_en, price

	NoticeOrdered  = "prize.ordered"       // args: prize, title, title_en, price, balance
	NoticeGated    = "prize.gated"         // likewise
	NoticeReturned = "prize.returned"      // likewise
	NoticeReplaced = "prize.replaced"      // args: title, title_en, certificate
	NoticeStands   = "certificate.stands"  // args: title, title_en: a complaint was refused
	NoticeUngated  = "prize.tax_cleared"   // args: title, title_en: ordered now
	NoticeBarred   = "prize.gate_returned" // args as of NoticeOrdered: staff refused a gated prize

	EventPosted   = "points.posted"  // data: source, kind, points
	EventIssued   = "prize.issued"   // data: prize, title, title_en, price
	EventOrdered  = "prize.ordered"  // likewise
	EventGated    = "prize.gated"    // likewise
	EventReturned = "prize.returned" // likewise

	EventComplained = "certificate.complained" // data: prize, problem
	EventReplaced   = "certificate.replaced"   // data: prize, case, by, note
	EventStands     = "certificate.stands"     // likewise
)

// Points is an amount as the desk grants it, for proofs: they do not know the
// books.
type Points = points.Amount

// Certificate is a prize that was issued, for proofs.
type Certificate = prizes.Certificate

// Desk grants rewards. Who calls it has locked the participant.
type Desk struct {
	ledger  points.Ledger
	budgets points.Budgets
	shop    *prizes.Shop
	people  *participants.Service
}

// NewDesk returns a desk that issues from shop to people.
func NewDesk(shop *prizes.Shop, people *participants.Service) *Desk {
	return &Desk{shop: shop, people: people}
}

// Granted is what came of a grant.
type Granted struct {
	Points  points.Amount // accrued now, bonuses included
	First   points.Amount // of these, the bonus for the first receipt ever
	Until   time.Time     // until then they wait; zero: they do not
	Repaid  points.Amount // of these, what a debt took at once
	Parts   campaigns.Parts
	Cut     *campaigns.Cut // what the budget had no room for now; nil: nothing
	Balance points.Balance
}

// The sources of a person's bonuses, behind the participant.
const (
	BonusWelcome = "welcome"
	BonusFirst   = campaigns.PartFirst
)

func bonusSource(participantID int64, bonus string) string {
	return "participant:" + strconv.FormatInt(participantID, 10) + "/" + bonus
}

// Grant accrues the reward of a source such as "receipt:17". Granting the same
// source again changes nothing and reports no points; with another number of
// points it is points.ErrConflict. What the budget has no room for is cut. What
// must wait is set aside; what must not pays a debt first.
func (d *Desk) Grant(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, source string, r campaigns.Reward) (Granted, error) {
	var g Granted
	r, err := d.fits(ctx, tx, v, participantID, source, r)
	if err != nil {
		return g, err
	}
	to := purpose{points.Accrual, points.Available(participantID)}
	if r.Until.After(tx.Now()) {
		to, g.Until = purpose{points.Hold, points.Held(participantID)}, r.Until
	}
	if r.Points > 0 {
		posted, err := d.issue(ctx, tx, v, participantID, source, to.posting(v, source+"/lines", r.Points), r.Points)
		if err != nil {
			return g, err
		}
		if posted {
			g.Points = r.Points
		}
	}
	extra, err := d.extras(ctx, tx, v, participantID, source, r.Extra, to)
	if err != nil {
		return g, err
	}
	first, err := d.once(ctx, tx, v, participantID, source, BonusFirst, r.First, to)
	if err != nil {
		return g, err
	}
	g.Parts = extra.With(campaigns.Parts{campaigns.PartLines: g.Points, campaigns.PartFirst: first})
	g.Points, g.First, g.Cut = g.Parts.Sum(), first, r.Cut
	err = d.settleGrant(ctx, tx, v, participantID, source, &g)
	return g, err
}

// settleGrant lets what was granted wait, or pays a debt with it.
func (d *Desk) settleGrant(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, source string, g *Granted) (err error) {
	if g.Until.IsZero() && g.Points > 0 {
		g.Balance, g.Repaid, err = d.repay(ctx, tx, participantID, source)
		return err
	}
	if g.Points > 0 {
		if err := d.waits(ctx, tx, v, participantID, source, g.Points, g.Until); err != nil {
			return err
		}
	}
	g.Balance, err = d.ledger.Balance(ctx, tx.DB, participantID)
	return err
}

// purpose is where points go and what that is called.
type purpose struct {
	kind points.Kind
	to   points.Account
}

func (p purpose) posting(v campaigns.Version, source string, n points.Amount) points.Posting {
	return points.Posting{Source: source, Kind: p.kind, Legs: points.Move(points.Issued(v.CampaignID), p.to, n)}
}

// FirstReceiptDue tells whether the participant has not had the bonus for the
// first receipt ever. Grant still withholds it if another account of the same
// phone had it.
func (d *Desk) FirstReceiptDue(ctx context.Context, tx *store.Tx, participantID int64) (bool, error) {
	_, paid, err := d.nth(ctx, tx, participantID, BonusFirst)
	return !paid, err
}

// Welcome accrues the bonus of registration and returns what was accrued: 0 if
// this person or this phone had it before, in whatever campaign.
func (d *Desk) Welcome(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64) (points.Amount, error) {
	r, err := d.fits(ctx, tx, v, participantID, bonusSource(participantID, BonusWelcome), campaigns.Reward{First: v.Welcome})
	if err != nil {
		return 0, err
	}
	return d.once(ctx, tx, v, participantID, bonusSource(participantID, BonusWelcome), BonusWelcome, r.First, purpose{points.Accrual, points.Available(participantID)})
}

// Hold sets the points of a source aside until a person decides. They expire as
// if they could be spent now.
func (d *Desk) Hold(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, source string, n points.Amount) error {
	if n <= 0 {
		return nil
	}
	_, err := d.issue(ctx, tx, v, participantID, source, points.Posting{Source: source + "/lines", Kind: points.Hold,
		Legs: points.Move(points.Issued(v.CampaignID), points.Held(participantID), n)}, n)
	return err
}

// Release gives the held points of a source free, or lets them wait on until a
// moment that is yet to come.
func (d *Desk) Release(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, source string, n points.Amount, until time.Time) error {
	if n <= 0 {
		return nil
	}
	if until.After(tx.Now()) {
		return d.waits(ctx, tx, v, participantID, source, n, until)
	}
	p := points.Posting{Source: source + "/release", Kind: points.Release, Undoes: source + "/" + campaigns.PartLines, Campaign: v.CampaignID,
		Legs: points.Move(points.Held(participantID), points.Available(participantID), n)}
	stood, err := d.ledger.Posted(ctx, tx.DB, p.Undoes)
	if err != nil {
		return err
	}
	if !stood { // only a bonus day was set aside
		p.Expires = v.PointsExpire(tx.Now())
	}
	if _, err := d.post(ctx, tx, participantID, source, p, n); err != nil {
		return err
	}
	_, _, err = d.repay(ctx, tx, participantID, source+"/release")
	return err
}

// Forfeit takes the held points of a source back.
func (d *Desk) Forfeit(ctx context.Context, tx *store.Tx, campaignID, participantID int64, source string, n points.Amount) error {
	if n <= 0 {
		return nil
	}
	_, err := d.post(ctx, tx, participantID, source, points.Posting{Source: source + "/forfeit", Kind: points.Forfeit,
		Legs: points.Move(points.Held(participantID), points.Issued(campaignID), n)}, n)
	return err
}

// post writes the posting and its event, and reports whether this call did. An
// event of a posting that stood before is not written again. What comes back to
// a campaign comes back to its budget.
func (d *Desk) post(ctx context.Context, tx *store.Tx, participantID int64, subject string, p points.Posting, n points.Amount) (posted bool, err error) {
	first, err := d.ledger.Post(ctx, tx, p)
	if err == nil && first {
		err = d.giveBack(ctx, tx, participantID, subject, p)
	}
	if err != nil || !first {
		return false, err
	}
	return true, events.Record(ctx, tx, events.Event{Kind: EventPosted, ParticipantID: participantID, Subject: subject,
		Data: map[string]any{"source": p.Source, "kind": p.Kind, "points": int64(n)}})
}

// Balance reads what a participant has.
func (d *Desk) Balance(ctx context.Context, g *gorm.DB, participantID int64) (points.Balance, error) {
	return d.ledger.Balance(ctx, g, participantID)
}

// issuedNotice tells that a certificate waits for a tap; the code is not in it.
func issuedNotice(c prizes.Certificate, subject string, left points.Amount) notify.Notice {
	return notify.Notice{ParticipantID: c.ParticipantID, Subject: subject, Key: NoticeIssued, Args: map[string]any{
		"prize": c.PrizeID, "title": c.Title, "title_en": c.TitleEN, "price": c.Price,
		"certificate": c.ID, "balance": int64(left)}}
}

// awardNotice tells where an award stands that has no certificate to show.
func awardNotice(key string, a prizes.Award, left points.Amount) notify.Notice {
	return notify.Notice{ParticipantID: a.ParticipantID, Key: key, Args: map[string]any{
		"prize": a.PrizeID, "title": a.Title, "title_en": a.TitleEN, "price": a.Price, "balance": int64(left)}}
}

func wrap(prizeID string, participantID int64, err error) error {
	return fmt.Errorf("prize %s for participant %d: %w", prizeID, participantID, err)
}

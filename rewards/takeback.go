package rewards

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/internal/events"
	"promobot/internal/store"
	"promobot/points"
)

// EventWithdrawn is a certificate that was taken back. data: prize, title,
// title_en, price.
const EventWithdrawn events.Kind = "prize.withdrawn"

// Back is what is to be taken back of what a subject was granted.
type Back struct {
	Version       campaigns.Version // the promise
	ParticipantID int64
	Subject       string        // "receipt:17"
	Source        string        // of what takes it back, unique for ever: "receipt:17/return:3"; of another campaign with "/campaign:2"
	Aside         points.Amount // of the grant, what is set aside though no window keeps it
	Granted       time.Time     // when it was: prizes that were paid before are not touched
	Parts         campaigns.Parts
}

// Taking is what was taken of one part, and from where.
type Taking struct {
	ID            int64
	Source        string
	Part          string
	Subject       string
	ParticipantID int64
	CampaignID    int64
	Held          points.Amount
	Available     points.Amount
	Debt          points.Amount // what is owed now
	Short         points.Amount // what could not be taken and is given up
	TakenAt       time.Time
}

// Sum is what was taken, owed included.
func (t Taking) Sum() points.Amount { return t.Held + t.Available + t.Debt }

// Taken is what came of taking back.
type Taken struct {
	Takings   []Taking
	Withdrawn []Certificate
	Balance   points.Balance
}

// Parts are what was taken of each part, owed included.
func (t Taken) Parts() campaigns.Parts {
	parts := campaigns.Parts{}
	for _, p := range t.Takings {
		parts[p.Part] += p.Sum()
	}
	return parts
}

// Total sums the takings.
func (t Taken) Total() (sum Taking) {
	for _, p := range t.Takings {
		sum.Held, sum.Available, sum.Debt, sum.Short = sum.Held+p.Held, sum.Available+p.Available, sum.Debt+p.Debt, sum.Short+p.Short
	}
	return sum
}

// GivenUp is what was to be taken of a campaign's grant for a subject before and
// was not, by part: it is not asked for again.
func (d *Desk) GivenUp(ctx context.Context, tx *store.Tx, campaignID int64, subject string) (campaigns.Parts, error) {
	var before []Taking
	if err := tx.WithContext(ctx).Find(&before, "subject = ? AND campaign_id = ? AND short > 0", subject, campaignID).Error; err != nil {
		return nil, fmt.Errorf("given up of %s: %w", subject, err)
	}
	parts := campaigns.Parts{}
	for _, t := range before {
		parts[t.Part] += t.Short
	}
	return parts, nil
}

// Emptied tells that something was taken back of what a campaign has set aside
// for a subject: its sources are used up.
func (d *Desk) Emptied(ctx context.Context, tx *store.Tx, campaignID int64, subject string) (bool, error) {
	var n int64
	err := tx.WithContext(ctx).Model(&Taking{}).Where("subject = ? AND campaign_id = ? AND held > 0", subject, campaignID).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("taken of %s: %w", subject, err)
	}
	return n > 0, nil
}

// TakeBack takes the parts back: what is set aside first, then what may be
// spent; where that lacks, unopened certificates, as the terms say; then what
// is left is owed or given up. Who calls it has locked the participant, and
// calls it once for a source.
func (d *Desk) TakeBack(ctx context.Context, tx *store.Tx, b Back) (t Taken, err error) {
	p, err := d.purse(ctx, tx, b)
	if err != nil {
		return t, err
	}
	if lacking := b.Parts.Sum() - p.held - p.available; lacking > 0 && b.Version.Returns.Prizes == campaigns.Withdraw {
		if t.Withdrawn, err = d.withdraw(ctx, tx, b, lacking); err != nil {
			return t, err
		}
		for _, c := range t.Withdrawn {
			p.available += points.Amount(c.Price)
		}
	}
	for _, part := range slices.SortedFunc(maps.Keys(b.Parts), linesFirst) {
		if b.Parts[part] <= 0 {
			continue
		}
		taking := p.take(b.Parts[part])
		taking.Source, taking.Part, taking.Subject, taking.ParticipantID = b.Source, part, b.Subject, b.ParticipantID
		taking.CampaignID, taking.TakenAt = b.Version.CampaignID, tx.Now()
		if err := d.take(ctx, tx, taking); err != nil {
			return t, err
		}
		t.Takings = append(t.Takings, taking)
	}
	if err := d.shorten(ctx, tx, windowOf(b.Source), p.waiting); err != nil {
		return t, err
	}
	t.Balance, _, err = d.repay(ctx, tx, b.ParticipantID, b.Source)
	return t, err
}

// purse is where points are taken from, in its order.
type purse struct {
	waiting   points.Amount // of what is held, the part that a window keeps
	held      points.Amount
	available points.Amount
	owes      bool
}

func (d *Desk) purse(ctx context.Context, tx *store.Tx, b Back) (p purse, err error) {
	if p.waiting, err = d.waiting(ctx, tx, windowOf(b.Source)); err != nil {
		return p, err
	}
	balance, err := d.ledger.Balance(ctx, tx.DB, b.ParticipantID)
	p.held, p.available, p.owes = p.waiting+b.Aside, balance.Available, b.Version.Returns.Owes()
	return p, err
}

func (p *purse) take(n points.Amount) (t Taking) {
	t.Held = min(n, p.held)
	t.Available = min(n-t.Held, p.available)
	p.held, p.available = p.held-t.Held, p.available-t.Available
	p.waiting = max(0, p.waiting-t.Held)
	if rest := n - t.Held - t.Available; p.owes {
		t.Debt = rest
	} else {
		t.Short = rest
	}
	return t
}

// take posts and keeps what was taken of one part.
func (d *Desk) take(ctx context.Context, tx *store.Tx, t Taking) error {
	store.Append(tx, t)
	if t.Sum() == 0 {
		return nil
	}
	source := t.Source + "/" + t.Part
	if ofPerson(t.Part) {
		n, _, err := d.nth(ctx, tx, t.ParticipantID, t.Part)
		if err != nil {
			return err
		}
		source = backSource(onceSource(t.ParticipantID, t.Part, n), t.Short == 0)
	}
	legs := []points.Leg{{Account: points.Issued(t.CampaignID), Amount: t.Sum()}}
	for account, n := range map[points.Account]points.Amount{
		points.Held(t.ParticipantID): t.Held, points.Available(t.ParticipantID): t.Available, points.Debt(t.ParticipantID): t.Debt} {
		if n > 0 {
			legs = append(legs, points.Leg{Account: account, Amount: -n})
		}
	}
	_, err := d.post(ctx, tx, t.ParticipantID, t.Subject, points.Posting{Source: source, Kind: points.Return, Legs: legs, Undoes: t.Subject}, -t.Sum())
	return err
}

// ofPerson tells the parts that a person gets once.
func ofPerson(part string) bool { return campaigns.Parts{part: 1}.OfReceipt() == 0 }

// linesFirst is the order in which parts are taken back.
func linesFirst(a, b string) int {
	lines := func(part string) int {
		if part == campaigns.PartLines {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(lines(a), lines(b)), cmp.Compare(a, b))
}

// shorten leaves in a window what was not taken.
func (d *Desk) shorten(ctx context.Context, tx *store.Tx, subject string, left points.Amount) error {
	return tx.WithContext(ctx).Model(&Wait{}).Where("subject = ? AND ended_at IS NULL", subject).Update("points", left).Error
}

// withdraw takes certificates back until their prices cover what is lacking,
// and as few as that takes. One that its owner is just opening stays his.
func (d *Desk) withdraw(ctx context.Context, tx *store.Tx, b Back, lacking points.Amount) (gone []Certificate, err error) {
	list, err := d.shop.Unopened(ctx, tx.DB, b.ParticipantID, b.Granted)
	if err != nil {
		return nil, err
	}
	for len(list) > 0 && lacking > 0 {
		i := covering(list, lacking)
		c := list[i]
		list = slices.Delete(list, i, i+1)
		source, ok, err := d.shop.Withdraw(ctx, tx, c.ID)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if err := d.refund(ctx, tx, c, source); err != nil {
			return nil, err
		}
		gone, lacking = append(gone, c), lacking-points.Amount(c.Price)
	}
	return gone, nil
}

// covering picks the cheapest certificate that covers what is lacking alone, or
// else the dearest; of equal ones the newest, which stands first.
func covering(list []Certificate, lacking points.Amount) int {
	best := 0
	for i, c := range list {
		enough, was := points.Amount(c.Price) >= lacking, points.Amount(list[best].Price) >= lacking
		if enough && (!was || c.Price < list[best].Price) || !enough && !was && c.Price > list[best].Price {
			best = i
		}
	}
	return best
}

// refund undoes the posting that paid for a certificate, or for the one that it
// replaced.
func (d *Desk) refund(ctx context.Context, tx *store.Tx, c Certificate, source string) error {
	paid, err := d.shop.PaidSource(ctx, tx.DB, source)
	if err != nil {
		return err
	}
	legs, err := d.ledger.Legs(ctx, tx.DB, paid+"/price")
	if err != nil {
		return err
	}
	for i := range legs {
		legs[i].Amount = -legs[i].Amount
	}
	_, err = d.post(ctx, tx, c.ParticipantID, subjectOf(source), points.Posting{Source: source + "/withdrawn", Kind: points.Refund, Legs: legs, Undoes: paid + "/price"}, points.Amount(c.Price))
	if err != nil {
		return err
	}
	return events.Record(ctx, tx, events.Event{Kind: EventWithdrawn, ParticipantID: c.ParticipantID, Subject: source,
		Data: map[string]any{"prize": c.PrizeID, "title": c.Title, "title_en": c.TitleEN, "price": c.Price}})
}

// Shortfalls lists what could not be taken back and was given up, the newest
// first, at most limit.
func Shortfalls(ctx context.Context, g *gorm.DB, limit int) ([]Taking, error) {
	var list []Taking
	err := g.WithContext(ctx).Order("id DESC").Limit(limit).Find(&list, "short > 0").Error
	if err != nil {
		return nil, fmt.Errorf("shortfalls: %w", err)
	}
	return list, nil
}

package backtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/money"
	"promobot/points"
	"promobot/receipts"
)

// Report says what a draft would have made of the past. Amounts are points; of
// money, kopecks.
type Report struct {
	Campaign string `json:"campaign"` // whose past it is
	Receipts int    `json:"receipts"` // that the fiscal service proved
	Won      int    `json:"won"`      // that brought nothing and would be paid for
	Lost     int    `json:"lost"`     // that were paid for and would bring nothing
	More     int    `json:"more"`     // that would bring more than they did
	Less     int    `json:"less"`     // that would bring less
	Open     int    `json:"open"`     // that would wait, by the draft or as they do now
	Unseen   int    `json:"unseen"`   // refused by their code and taken by the draft: nobody knows their lines

	Was     Sum `json:"was"`
	Would   Sum `json:"would"`
	Gainers int `json:"gainers"` // participants who would have more
	Losers  int `json:"losers"`  // who would have less

	PointValue money.Kopecks `json:"point_value_kopecks"` // 0: the draft does not say what a point costs
	ValueBy    string        `json:"point_value_by"`      // the field that says it: "points.value", else what a point pays at a till
	BudgetEnds *time.Time    `json:"budget_ends"`         // when the budget would first have had no room; null: never

	Effects []Effect `json:"effects"` // of receipts that change, the greatest first
	People  []Person `json:"people"`  // who gain or lose, likewise
}

// Sum is what the past brought.
type Sum struct {
	Receipts points.Amount `json:"receipts"` // for receipts, first ones and extras included
	Welcome  points.Amount `json:"welcome"`
	Kopecks  money.Kopecks `json:"kopecks"` // what all of it costs; 0 without a value of a point
}

// All is what was given altogether.
func (s Sum) All() points.Amount { return s.Receipts + s.Welcome }

// Person is a participant before and after, the welcome included.
type Person struct {
	ParticipantID int64         `json:"participant"`
	Was           points.Amount `json:"was"`
	Would         points.Amount `json:"would"`
}

// Draft replays the whole past of a campaign by a draft: of the one with the
// draft's id or, if there is none, of the one that the bot runs. Every purchase
// is judged by the draft, whenever it was made and whatever effective_from says.
func Draft(ctx context.Context, g *gorm.DB, book *campaigns.Book, draft campaigns.Terms) (Report, error) {
	judge, err := campaigns.NewJudge(draft)
	if err != nil {
		return Report{}, err
	}
	p, err := read(ctx, g, book)
	if err != nil {
		return Report{}, err
	}
	campaignID, slug, err := p.campaign(draft.Slug)
	if err != nil {
		return Report{}, err
	}
	r := p.by(By(judge, campaignID))
	r.waiting = p.unwelcomed()
	if err := r.run(); err != nil {
		return Report{}, err
	}
	value, by := valueOf(draft)
	report := Report{Campaign: slug, PointValue: value, ValueBy: by, BudgetEnds: r.budgetEnds, Effects: []Effect{}, People: []Person{}}
	for _, c := range p.order {
		c.was.Points = c.Receipt.Points
		report.count(c, r.unseen(c, campaignID))
	}
	report.people(r)
	report.Was.Kopecks = report.PointValue * money.Kopecks(report.Was.All())
	report.Would.Kopecks = report.PointValue * money.Kopecks(report.Would.All())
	return report, nil
}

// valueOf is what a point costs, and the field that says it.
func valueOf(t campaigns.Terms) (money.Kopecks, string) {
	switch {
	case t.PointValue > 0:
		return t.PointValue, "points.value"
	case t.Pay.KopecksPerPoint > 0:
		return t.Pay.KopecksPerPoint, "pay.roubles_per_point"
	}
	return 0, ""
}

// campaign is the one with the slug, or else the newest.
func (p *past) campaign(slug string) (id int64, found string, err error) {
	var row struct {
		ID   int64
		Slug string
	}
	err = p.g.Table("campaigns").Where("slug = ?", slug).Limit(1).Find(&row).Error
	if err == nil && row.ID == 0 {
		err = p.g.Table("campaigns").Order("id DESC").Limit(1).Find(&row).Error
	}
	if err == nil && row.ID == 0 {
		err = campaigns.ErrNone
	}
	if err != nil {
		return 0, "", fmt.Errorf("the past of %s: %w", slug, err)
	}
	return row.ID, row.Slug, nil
}

// unseen tells that the draft takes what was refused by its code alone: nobody
// asked the fiscal service about it, so that its lines are not known.
func (r *replay) unseen(c *course, campaignID int64) bool {
	return c.CampaignID == campaignID && !c.verified && c.was.Status == receipts.Rejected && ofTerms(c.was.Reason) &&
		c.PurchasedAt != nil && r.precheck(c, r.terms(c.version)) == nil
}

// count adds one receipt.
func (r *Report) count(c *course, unseen bool) {
	if unseen {
		r.Unseen++
	}
	if !c.verified || c.Operation != fns.Sale {
		return
	}
	r.Receipts++
	if !c.would.Status.Final() {
		r.Open++
	}
	switch was, would := c.was.Points, c.would.Points; {
	case was == would:
	case was == 0:
		r.Won++
	case would == 0:
		r.Lost++
	case would > was:
		r.More++
	default:
		r.Less++
	}
	if c.was.Points != c.would.Points || c.was.Status != c.would.Status {
		r.Effects = append(r.Effects, Effect{ReceiptID: c.ID, ParticipantID: c.ParticipantID, Version: c.version.Number, Was: c.was, Would: c.would})
	}
}

// people adds up by participant what the books say and what the replay does.
func (r *Report) people(replay *replay) {
	of := map[int64]*Person{}
	for source, n := range replay.posted {
		p := replay.person(of, source)
		p.Was += n
		r.Was.add(source, n)
	}
	for source, n := range replay.replayed() {
		p := replay.person(of, source)
		p.Would += n
		r.Would.add(source, n)
	}
	for _, p := range of {
		switch {
		case p.Would > p.Was:
			r.Gainers++
		case p.Would < p.Was:
			r.Losers++
		default:
			continue
		}
		r.People = append(r.People, *p)
	}
	slices.SortFunc(r.People, func(a, b Person) int {
		return cmp.Or(cmp.Compare(size(b.Would-b.Was), size(a.Would-a.Was)), cmp.Compare(a.ParticipantID, b.ParticipantID))
	})
	slices.SortStableFunc(r.Effects, func(a, b Effect) int {
		return cmp.Compare(size(b.Would.Points-b.Was.Points), size(a.Would.Points-a.Was.Points))
	})
}

func (s *Sum) add(source string, n points.Amount) {
	if strings.HasSuffix(source, "/"+partWelcome) {
		s.Welcome += n
		return
	}
	s.Receipts += n
}

// person is whose a source of the books is.
func (p *past) person(of map[int64]*Person, source string) *Person {
	var id int64
	if c := p.of(source); c != nil {
		id = c.ParticipantID
	} else if _, err := fmt.Sscanf(source, "participant:%d/", &id); err != nil {
		id = 0 // of nobody that is known
	}
	if of[id] == nil {
		of[id] = &Person{ParticipantID: id}
	}
	return of[id]
}

func size(n points.Amount) points.Amount { return max(n, -n) }

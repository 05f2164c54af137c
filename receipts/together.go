package receipts

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/fns"
	"promobot/internal/store"
	"promobot/rewards"
)

// besideRow is what another campaign than the receipt's own gave for it.
type besideRow struct {
	ReceiptID     int64
	CampaignID    int64
	VersionID     int64
	ParticipantID int64
	Points        rewards.Points
	Parts         campaigns.Parts `gorm:"serializer:json"` // these points by part
	GrantedAt     time.Time
}

// TableName is the table of what other campaigns gave.
func (besideRow) TableName() string { return "receipt_campaigns" }

// under is the receipt as the campaign's own.
func (r Receipt) under(v campaigns.Version) Receipt {
	r.CampaignID, r.VersionID = v.CampaignID, &v.ID
	return r
}

// lead finds the campaign that takes what the code alone shows, the first in
// priority; where none does, the first refuses.
func (s *Service) lead(ctx context.Context, tx *store.Tx, r Receipt) (Receipt, *campaigns.Refusal, error) {
	running, err := s.book.Running(ctx, tx.DB, r.qr().At)
	if err != nil {
		return r, nil, err
	}
	var first *campaigns.Refusal
	for i, version := range running {
		no, err := s.precheck(ctx, tx, r, version)
		if err != nil || no == nil {
			return r.under(version), nil, err
		}
		if i == 0 {
			first = no
		}
	}
	return r.under(running[0]), first, nil
}

// candidate is a campaign that may count a receipt, and what it makes of it.
type candidate struct {
	version campaigns.Version
	reward  campaigns.Reward
	taught  aliases
}

// candidates judges the receipt by every campaign that takes its code, in the
// order of their priority, and says by which policy they count it; never none.
// back are the lines that went back whole by now; nil: no goods did.
func (s *Service) candidates(ctx context.Context, tx *store.Tx, r Receipt, ticket fns.Ticket, back map[int]bool) (list []candidate, policy campaigns.Policy, err error) {
	running, err := s.book.Running(ctx, tx.DB, r.qr().At)
	if err != nil {
		return nil, "", err
	}
	if err := s.lockBudgets(ctx, tx, running, r.CampaignID); err != nil {
		return nil, "", err
	}
	for _, version := range running {
		no, err := s.precheck(ctx, tx, r, version)
		if err != nil {
			return nil, "", err
		}
		if no == nil {
			c, err := s.weigh(ctx, tx, r.under(version), ticket, back)
			if err != nil {
				return nil, "", err
			}
			list = append(list, c)
		}
	}
	if len(list) == 0 { // another version came into force since the code was read
		c, err := s.weigh(ctx, tx, r, ticket, back)
		return []candidate{c}, "", err
	}
	return list, running[0].Together.Policy, nil
}

// weigh judges the receipt by its campaign.
func (s *Service) weigh(ctx context.Context, tx *store.Tx, r Receipt, ticket fns.Ticket, back map[int]bool) (c candidate, err error) {
	var history campaigns.History
	if c.version, history, err = s.terms(ctx, tx, r); err != nil {
		return c, err
	}
	if c.taught, err = s.taughtOf(ctx, tx.DB, r.CampaignID, ticket); err != nil {
		return c, err
	}
	history.Aliases, history.Returned = c.taught.words(), back
	if c.reward = c.version.Reward(ticket, history); back != nil {
		c.reward = c.version.Left(ticket, history)
	}
	return c, nil
}

// choose picks the campaign whose own the receipt is: of those that accept it
// the first or the best, else the first that leaves it to a person, else the
// first.
func choose(list []candidate, policy campaigns.Policy) candidate {
	var best, unsure *candidate
	for i := range list {
		c := &list[i]
		switch no := c.reward.Refusal; {
		case no == nil && (best == nil || policy == campaigns.CountBest && c.reward.Total() > best.reward.Total()):
			best = c
		case no != nil && no.NeedsPerson() && unsure == nil:
			unsure = c
		}
	}
	switch {
	case best != nil:
		return *best
	case unsure != nil:
		return *unsure
	}
	return list[0]
}

// toldCampaign is what another campaign gave, as the participant hears it.
type toldCampaign struct {
	Title   string         `json:"title"`
	TitleEN string         `json:"title_en"`
	Points  rewards.Points `json:"points"`
}

// beside grants what the other campaigns give for a receipt that its own has
// accepted, if their policy is that each counts it. Each posts to its own books,
// under a source of its own.
func (s *Service) beside(ctx context.Context, tx *store.Tx, r Receipt) (told []toldCampaign, err error) {
	running, err := s.book.Running(ctx, tx.DB, r.qr().At)
	if err != nil || len(running) == 1 || running[0].Together.Policy != campaigns.CountAny {
		return nil, err
	}
	ticket, back, err := s.ticket(ctx, tx, r)
	if err != nil {
		return nil, err
	}
	list, _, err := s.candidates(ctx, tx, r, ticket, back)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if c.version.CampaignID == r.CampaignID || c.reward.Refusal != nil {
			continue
		}
		source := fmt.Sprintf("%s/campaign:%d", r.source(), c.version.CampaignID)
		granted, err := s.desk.Grant(ctx, tx, c.version, r.ParticipantID, source, c.reward)
		if err != nil {
			return nil, err
		}
		store.Append(tx, besideRow{ReceiptID: r.ID, CampaignID: c.version.CampaignID, VersionID: c.version.ID, ParticipantID: r.ParticipantID,
			Points: granted.Points, Parts: granted.Parts, GrantedAt: tx.Now()})
		told = append(told, toldCampaign{c.version.Title, c.version.TitleEN, granted.Points})
	}
	return told, nil
}

// besideOf is what another campaign gave, if a part of the receipt's postings
// begins with one.
func besideOf(ctx context.Context, g *gorm.DB, receiptID int64, part string) (row besideRow, found bool, err error) {
	name, ok := strings.CutPrefix(part, "campaign:")
	name, _, _ = strings.Cut(name, "/")
	campaignID, err := strconv.ParseInt(name, 10, 64)
	if !ok || err != nil {
		return row, false, nil
	}
	err = g.WithContext(ctx).Take(&row, "receipt_id = ? AND campaign_id = ?", receiptID, campaignID).Error
	return row, err == nil, err
}

// besideBack takes back what other campaigns gave for a sale beyond what is left
// of it earns by their terms; source is that of the return.
func (s *Service) besideBack(ctx context.Context, tx *store.Tx, sale Receipt, lines []Line, source string, taken *rewards.Taken) error {
	var rows []besideRow
	if err := tx.WithContext(ctx).Order("campaign_id").Find(&rows, "receipt_id = ? AND points > 0", sale.ID).Error; err != nil {
		return fmt.Errorf("what others gave for receipt %d: %w", sale.ID, err)
	}
	for _, row := range rows {
		other := sale
		other.CampaignID, other.VersionID, other.Parts, other.Points = row.CampaignID, &row.VersionID, row.Parts, row.Points
		version, reward, err := s.besideLeft(ctx, tx, other, row, lines)
		if err != nil {
			return err
		}
		up, err := s.desk.GivenUp(ctx, tx, row.CampaignID, Subject(sale.ID))
		if err != nil {
			return err
		}
		owed, earns := campaigns.Parts{}, reward.Parts()
		for part, n := range row.Parts {
			owed[part] = max(0, n-earns[part]-up[part])
		}
		if owed = owed.With(nil); owed.Sum() == 0 {
			continue
		}
		came, err := s.desk.TakeBack(ctx, tx, rewards.Back{Version: version, ParticipantID: sale.ParticipantID, Subject: Subject(sale.ID),
			Source: fmt.Sprintf("%s/campaign:%d", source, row.CampaignID), Granted: sale.SubmittedAt, Parts: owed})
		if err != nil {
			return err
		}
		if err := row.less(ctx, tx, came); err != nil {
			return err
		}
		taken.Takings, taken.Withdrawn, taken.Balance = append(taken.Takings, came.Takings...), append(taken.Withdrawn, came.Withdrawn...), came.Balance
	}
	return nil
}

// less notes what was taken back.
func (row besideRow) less(ctx context.Context, tx *store.Tx, came rewards.Taken) error {
	left := row.Parts
	for part, n := range came.Parts() {
		left = left.With(campaigns.Parts{part: -n})
	}
	row.Parts, row.Points = left, left.Sum()
	err := tx.WithContext(ctx).Model(&besideRow{}).Where("receipt_id = ? AND campaign_id = ?", row.ReceiptID, row.CampaignID).
		Select("parts", "points").Updates(&row).Error
	if err != nil {
		return fmt.Errorf("what others gave for receipt %d: %w", row.ReceiptID, err)
	}
	return nil
}

// besideLeft judges what is left of a sale by another campaign, as that one has
// judged it: by the names that it was taught by then, whatever a person has said
// of the lines for the receipt's own campaign.
func (s *Service) besideLeft(ctx context.Context, tx *store.Tx, other Receipt, row besideRow, lines []Line) (campaigns.Version, campaigns.Reward, error) {
	version, history, err := s.had(ctx, tx, other)
	if err != nil {
		return version, campaigns.Reward{}, err
	}
	ticket := ticketOf(other, lines)
	taught, err := taughtAt(ctx, tx.DB, row.CampaignID, ticket, row.GrantedAt)
	if err != nil {
		return version, campaigns.Reward{}, err
	}
	history.Aliases, history.Returned = taught.words(), gones(lines)
	return version, version.Remaining(ticket, history), nil
}

// lockBudgets locks the budgets of campaigns that may all count one receipt, in
// one order whoever comes first among them.
func (s *Service) lockBudgets(ctx context.Context, tx *store.Tx, running []campaigns.Version, own int64) error {
	ids := []int64{own}
	for _, v := range running {
		ids = append(ids, v.CampaignID)
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 1 {
		return nil
	}
	return s.desk.LockBudgets(ctx, tx, ids)
}

// ticket is the receipt's document: just read, or as its lines keep it, less
// what went back; back are the lines of which nothing is left, nil if no goods
// went back.
func (s *Service) ticket(ctx context.Context, tx *store.Tx, r Receipt) (t fns.Ticket, back map[int]bool, err error) {
	if r.ticket != nil {
		return *r.ticket, nil, nil
	}
	lines, err := s.Lines(ctx, tx.DB, r.ID)
	if wentBack(lines) {
		back = gones(lines)
	}
	return ticketOf(r, lines), back, err
}

// gones are the lines, from 0, of which nothing is left.
func gones(lines []Line) map[int]bool {
	gone := map[int]bool{}
	for i, l := range lines {
		gone[i] = l.gone()
	}
	return gone
}

package backtest

import (
	"fmt"
	"time"

	"promobot/campaigns"
	"promobot/points"
	"promobot/receipts"
)

// beside is what another campaign than the receipt's own gave for it. That is
// taken as it was: it counts in that campaign's limits and budget, and is not
// judged again.
type beside struct {
	ReceiptID     int64
	ParticipantID int64
	CampaignID    int64
	VersionID     int64
	Parts         campaigns.Parts `gorm:"serializer:json"` // what is left of it
	GrantedAt     time.Time
}

// beside reads them, after what was taken back.
func (p *past) beside() error {
	var rows []beside
	if err := p.g.Table("receipt_campaigns").Order("receipt_id, campaign_id").Find(&rows).Error; err != nil {
		return fmt.Errorf("read what other campaigns gave: %w", err)
	}
	p.besides = map[int64][]beside{}
	for _, b := range rows {
		for _, list := range p.takings {
			for _, t := range list {
				if t.Subject == receipts.Subject(b.ReceiptID) && t.CampaignID == b.CampaignID {
					b.Parts = b.Parts.With(campaigns.Parts{t.Part: t.Sum()})
				}
			}
		}
		p.besides[b.ParticipantID] = append(p.besides[b.ParticipantID], b)
	}
	return nil
}

// besides gives what other campaigns gave when the receipt was accepted.
func (r *replay) givesBeside(c *course, at moment) error {
	for _, b := range r.besides[c.ParticipantID] {
		if b.ReceiptID != c.ID || !b.GrantedAt.Equal(at.now) {
			continue
		}
		v, err := r.book.ByID(r.g.Statement.Context, r.g, b.VersionID)
		if err != nil {
			return err
		}
		at.campaignID = b.CampaignID
		r.take(v.Judge, at, b.Parts.OfReceipt())
		for part, n := range b.Parts {
			if (campaigns.Parts{part: 1}).OfReceipt() == 0 {
				r.once(v.Judge, at, part, n)
			}
		}
	}
	return nil
}

// takesBackBeside takes back what other campaigns took with the return.
func (r *replay) takesBackBeside(c *course, at moment, source string) {
	for _, b := range r.besides[c.ParticipantID] {
		if b.ReceiptID != c.ID {
			continue
		}
		at.campaignID = b.CampaignID
		for _, t := range r.takings[fmt.Sprintf("%s/campaign:%d", source, b.CampaignID)] {
			r.giveBack(at, t.Sum())
			r.endsOnce(c, t.Part, t.Short == 0, t.Sum())
		}
	}
}

// endsOnce makes what a person gets once due again, if it was taken back whole.
func (r *replay) endsOnce(c *course, part string, whole bool, n points.Amount) {
	if (campaigns.Parts{part: 1}).OfReceipt() == 0 && whole && n > 0 {
		r.stands[ofPerson(c.ParticipantID, part)] = false
	}
}

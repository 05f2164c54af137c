package backtest

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/fraud"
	"promobot/internal/events"
	"promobot/receipts"
)

// course is a receipt on its way through the past.
type course struct {
	receipts.Receipt // as it stands today
	version          campaigns.Version
	phone            string        // mark of its participant's phone when it was judged
	sighted          fraud.Outcome // what the fraud rules said first
	disputed         string        // the reason that an appeal was against

	was      Outcome // by the events that were read
	would    Outcome // by the terms of the replay
	verified bool    // by the events that were read
	asked    string  // what was judged and has no outcome yet: one of the kinds of judging
	waived   string
	placed   map[int]string
	lines    []campaigns.LineReward
}

// past is what the replay holds of the database.
type past struct {
	g       *gorm.DB
	courses map[int64]*course
	people  map[int64][]*course // by participant, in the order of their ids
	order   []*course
}

// atOnce is how many rows are read at a time.
const atOnce = 500

// read loads the receipts; their lines and events are read on the way.
func read(ctx context.Context, g *gorm.DB, book *campaigns.Book) (*past, error) {
	p := &past{g: g.WithContext(ctx), courses: map[int64]*course{}, people: map[int64][]*course{}}
	for last := int64(0); ; {
		var list []receipts.Receipt
		if err := p.g.Order("id").Limit(atOnce).Find(&list, "id > ?", last).Error; err != nil {
			return nil, fmt.Errorf("read receipts: %w", err)
		}
		if len(list) == 0 {
			return p, p.marks()
		}
		for _, r := range list {
			c := &course{Receipt: r, placed: map[int]string{}, sighted: fraud.Allow}
			if r.VersionID != nil {
				v, err := book.ByID(ctx, p.g, *r.VersionID)
				if err != nil {
					return nil, err
				}
				c.version = v
			}
			p.courses[r.ID], p.order = c, append(p.order, c)
			p.people[r.ParticipantID] = append(p.people[r.ParticipantID], c)
			last = r.ID
		}
	}
}

// marks adds what the fraud desk remembers and what was disputed.
func (p *past) marks() error {
	rows, err := p.g.Model(&fraud.Sighting{}).Select("subject, phone_mark, outcome").Rows()
	if err != nil {
		return fmt.Errorf("read sightings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var subject, phone, outcome string
		if err := rows.Scan(&subject, &phone, &outcome); err != nil {
			return err
		}
		if c := p.of(subject); c != nil {
			c.phone, c.sighted = phone, fraud.Outcome(outcome)
		}
	}
	var appeals []receipts.Appeal
	if err := p.g.Select("receipt_id, reason").Find(&appeals).Error; err != nil {
		return fmt.Errorf("read appeals: %w", err)
	}
	for _, a := range appeals {
		if c := p.courses[a.ReceiptID]; c != nil {
			c.disputed = a.Reason
		}
	}
	return rows.Err()
}

// of is the receipt that a subject names; nil if it names none.
func (p *past) of(subject string) *course {
	var id int64
	if _, err := fmt.Sscanf(subject, "receipt:%d", &id); err != nil || receipts.Subject(id) != subject {
		return nil
	}
	return p.courses[id]
}

// kinds are the events that say what came of a receipt.
var kinds = []events.Kind{
	receipts.EventVerified, receipts.EventJudged, receipts.EventRejudged, receipts.EventPutOff, receipts.EventHeld,
	receipts.EventAccepted, receipts.EventRejected, receipts.EventAppealed, receipts.EventDecided,
}

// play hands the events to step in their order, each with its receipt and its
// receipt's lines.
func (p *past) play(step func(c *course, e events.Event, lines []receipts.Line) error) error {
	for last := int64(0); ; {
		var list []events.Event
		if err := p.g.Order("id").Limit(atOnce).Find(&list, "id > ? AND kind IN ?", last, kinds).Error; err != nil {
			return fmt.Errorf("read events: %w", err)
		}
		if len(list) == 0 {
			return nil
		}
		lines, err := p.lines(list)
		if err != nil {
			return err
		}
		for _, e := range list {
			if c := p.of(e.Subject); c != nil {
				if err := step(c, e, lines[c.ID]); err != nil {
					return fmt.Errorf("event %d of receipt %d: %w", e.ID, c.ID, err)
				}
			}
			last = e.ID
		}
	}
}

func (p *past) lines(list []events.Event) (map[int64][]receipts.Line, error) {
	var ids []int64
	for _, e := range list {
		if c := p.of(e.Subject); c != nil && c.VerifiedAt != nil {
			ids = append(ids, c.ID)
		}
	}
	var rows []receipts.Line
	if err := p.g.Order("receipt_id, n").Find(&rows, "receipt_id IN ?", ids).Error; err != nil {
		return nil, fmt.Errorf("read lines: %w", err)
	}
	of := map[int64][]receipts.Line{}
	for _, line := range rows {
		of[line.ReceiptID] = append(of[line.ReceiptID], line)
	}
	return of, nil
}

package backtest

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/fraud"
	"promobot/internal/events"
	"promobot/points"
	"promobot/receipts"
	"promobot/rewards"
)

// course is a receipt on its way through the past.
type course struct {
	receipts.Receipt // as it stands today
	version          campaigns.Version
	phone            string        // mark of its participant's phone when it was judged
	sighted          fraud.Outcome // what the fraud rules said first
	disputed         string        // the reason that an appeal was against

	was      Outcome         // by the events that were read
	would    Outcome         // by the terms of the replay
	verified bool            // by the events that were read
	earned   campaigns.Parts // would.Parts without what was taken back
	asked    string          // what was judged and has no outcome yet: one of the kinds of judging
	maybe    string          // what it is judged for if a name was taught
	approved bool            // a person has just approved it
	waived   string
	placed   map[int]string
	aliases  map[string]string
	back     map[int]receipts.Back
	emptied  bool // something of it went back before it could be spent
}

// past is what a replay holds of the database.
type past struct {
	g          *gorm.DB
	book       *campaigns.Book
	courses    map[int64]*course
	people     map[int64][]*course // by participant, in the order of their ids
	order      []*course
	registered map[int64]registration
	versions   []applied
	takings    map[string][]rewards.Taking // by source of the return
	besides    map[int64][]beside          // by participant
	posted     map[string]points.Amount    // what the ledger says was given, by receipt and by what persons get once
}

// atOnce is how many rows are read at a time.
const atOnce = 500

// read loads the receipts; their lines and events are read on the way.
func read(ctx context.Context, g *gorm.DB, book *campaigns.Book) (*past, error) {
	p := &past{g: g.WithContext(ctx), book: book, courses: map[int64]*course{}, people: map[int64][]*course{}, registered: map[int64]registration{}}
	for last := int64(0); ; {
		var list []receipts.Receipt
		if err := p.g.Order("id").Limit(atOnce).Find(&list, "id > ?", last).Error; err != nil {
			return nil, fmt.Errorf("read receipts: %w", err)
		}
		if len(list) == 0 {
			break
		}
		for _, r := range list {
			if err := p.add(ctx, r); err != nil {
				return nil, err
			}
			last = r.ID
		}
	}
	for _, more := range []func() error{p.sightings, p.appeals, p.registrations, p.takenBack, p.beside, p.ledger} {
		if err := more(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *past) add(ctx context.Context, r receipts.Receipt) error {
	c := &course{Receipt: r, placed: map[int]string{}, sighted: fraud.Allow}
	if r.VersionID != nil {
		v, err := p.book.ByID(ctx, p.g, *r.VersionID)
		if err != nil {
			return err
		}
		c.version = v
	}
	p.courses[r.ID], p.order = c, append(p.order, c)
	p.people[r.ParticipantID] = append(p.people[r.ParticipantID], c)
	return nil
}

// sightings adds what the fraud desk remembers.
func (p *past) sightings() error {
	rows, err := p.g.Model(&fraud.Sighting{}).Select("subject, phone_mark, outcome").Rows()
	if err != nil {
		return fmt.Errorf("read sightings: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var subject, phone, outcome string
		if err := rows.Scan(&subject, &phone, &outcome); err != nil {
			return fmt.Errorf("read sightings: %w", err)
		}
		if c := p.of(subject); c != nil {
			c.phone, c.sighted = phone, fraud.Outcome(outcome)
		}
	}
	return rows.Err()
}

// appeals adds what was disputed.
func (p *past) appeals() error {
	var appeals []receipts.Appeal
	if err := p.g.Select("receipt_id, reason").Find(&appeals).Error; err != nil {
		return fmt.Errorf("read appeals: %w", err)
	}
	for _, a := range appeals {
		if c := p.courses[a.ReceiptID]; c != nil {
			c.disputed = a.Reason
		}
	}
	return nil
}

// takenBack adds what returns took.
func (p *past) takenBack() error {
	var rows []rewards.Taking
	if err := p.g.Order("id").Find(&rows).Error; err != nil {
		return fmt.Errorf("read what was taken back: %w", err)
	}
	p.takings = map[string][]rewards.Taking{}
	for _, t := range rows {
		p.takings[t.Source] = append(p.takings[t.Source], t)
	}
	return nil
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
	receipts.EventTaught, receipts.EventUndone, receipts.EventReturned,
}

// play hands the events to step in their order, each with its receipt and its
// receipt's lines; that of a welcome has none.
func (p *past) play(step func(e events.Event, c *course, lines []receipts.Line) error) error {
	for last := int64(0); ; {
		var list []events.Event
		err := p.g.Order("id").Limit(atOnce).
			Find(&list, "id > ? AND (kind IN ? OR kind = ? AND subject LIKE ?)", last, kinds, rewards.EventPosted, ofAnybody(partWelcome)).Error
		if err != nil {
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
			last = e.ID
			c := p.of(e.Subject)
			if c == nil && e.Kind != rewards.EventPosted {
				continue
			}
			var own []receipts.Line
			if c != nil {
				own = lines[c.ID]
			}
			if err := step(e, c, own); err != nil {
				return fmt.Errorf("event %d of %s: %w", e.ID, e.Subject, err)
			}
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

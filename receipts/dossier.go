package receipts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"promobot/fraud"
	"promobot/internal/events"
	"promobot/internal/store"
	"promobot/participants"
)

// Dossier is a case with everything that is known of its receipt. It names no
// phone but masked, and no code worth money.
type Dossier struct {
	Case     fraud.Case
	Receipt  Receipt
	Terms    string // version of the terms that judged it: "spring/3"; "" without
	Appeal   *Appeal
	Picture  *Picture
	Lines    []Line
	Timeline []events.Event // what happened to the receipt, oldest first
	Person   participants.Participant
	OnPhone  []participants.Participant // others registered with the person's phone
	Other    *Receipt                   // the verified receipt of another claim to the document
	Till     []fraud.Sighting           // all verified receipts of the till and shop day
	Marked   *time.Time                 // when the till was marked as suspicious
	Earlier  []Receipt                  // of the person, newest first
	Cases    []fraud.Case               // other cases of the person, newest first
}

// Picture names the photo or file that a receipt came by.
type Picture struct {
	SHA256 string
	Bytes  int64
}

// How much of a person's past a dossier holds.
const (
	earlierShown = 10
	tillShown    = 200
)

// Dossier reads a case with what belongs to it; fraud.ErrNoCase if there is none.
func (s *Service) Dossier(ctx context.Context, g *gorm.DB, caseID int64) (Dossier, error) {
	c, err := fraud.CaseByID(ctx, g, caseID)
	if err != nil {
		return Dossier{}, err
	}
	id, err := subjectID(c.Subject)
	if err != nil {
		return Dossier{}, err
	}
	d := Dossier{Case: c}
	if d.Receipt, err = s.ByID(ctx, g, id); err != nil {
		return d, err
	}
	for _, read := range []func(ctx context.Context, g *gorm.DB, d *Dossier) error{
		s.readReceipt, s.readPerson, s.readOther, s.readTill, s.readPast,
	} {
		if err := read(ctx, g, &d); err != nil {
			return d, fmt.Errorf("dossier of case %d: %w", caseID, err)
		}
	}
	return d, nil
}

// readReceipt attaches what is the receipt's own.
func (s *Service) readReceipt(ctx context.Context, g *gorm.DB, d *Dossier) (err error) {
	r := d.Receipt
	if r.VersionID != nil {
		version, err := s.book.ByID(ctx, g, *r.VersionID)
		if err != nil {
			return err
		}
		d.Terms = fmt.Sprintf("%s/%d", version.Slug, version.Number)
	}
	a, found, err := s.appealOf(ctx, g, r.ID)
	if err != nil {
		return err
	}
	if found {
		d.Appeal = &a
	}
	var p Picture
	res := g.WithContext(ctx).Raw("SELECT sha256, COALESCE(LENGTH(picture), 0) AS bytes FROM receipt_photos WHERE receipt_id = ?", r.ID).Scan(&p)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected > 0 {
		d.Picture = &p
	}
	if d.Lines, err = s.Lines(ctx, g, r.ID); err != nil {
		return err
	}
	return g.WithContext(ctx).Order("id").Find(&d.Timeline, "participant_id = ? AND subject = ?", r.ParticipantID, Subject(r.ID)).Error
}

func (s *Service) readPerson(ctx context.Context, g *gorm.DB, d *Dossier) (err error) {
	if d.Person, err = s.people.Get(ctx, g, d.Receipt.ParticipantID); err != nil {
		return err
	}
	d.OnPhone, err = s.people.OnPhone(ctx, g, d.Receipt.ParticipantID)
	return err
}

// readOther finds the receipt that stands for the same document.
func (s *Service) readOther(ctx context.Context, g *gorm.DB, d *Dossier) error {
	id, err := s.standing(ctx, g, d.Receipt)
	if err != nil || id == nil {
		return err
	}
	other, err := s.ByID(ctx, g, *id)
	d.Other = &other
	return err
}

func (s *Service) readTill(ctx context.Context, g *gorm.DB, d *Dossier) (err error) {
	r := d.Receipt
	if r.FN == "" || r.PurchasedAt == nil {
		return nil
	}
	d.Till, d.Marked, err = fraud.TillDay(ctx, g, r.FN, r.PurchasedAt.UTC(), tillShown)
	return err
}

func (s *Service) readPast(ctx context.Context, g *gorm.DB, d *Dossier) error {
	r := d.Receipt
	err := g.WithContext(ctx).Order("id DESC").Limit(earlierShown).Find(&d.Earlier, "participant_id = ? AND id < ?", r.ParticipantID, r.ID).Error
	if err != nil {
		return err
	}
	d.Cases, err = fraud.CasesOf(ctx, g, r.ParticipantID, d.Case.ID, earlierShown)
	return err
}

// Exempt sets a rule aside for the participant of a case until the moment; the
// case stays as it is.
func (s *Service) Exempt(ctx context.Context, caseID int64, rule string, until time.Time, by, note string) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		c, err := fraud.CaseByID(ctx, tx.DB, caseID)
		if err != nil {
			return err
		}
		if !fraud.IsRule(rule) || !slices.ContainsFunc(c.Hits, func(hit fraud.Hit) bool { return hit.Rule == rule }) {
			return fmt.Errorf("case %d: %s: %w", caseID, rule, fraud.ErrExemption)
		}
		return fraud.Exempt(ctx, tx, fraud.Exemption{ParticipantID: c.ParticipantID, Rule: rule, Until: until, DecidedBy: by, Note: note})
	})
}

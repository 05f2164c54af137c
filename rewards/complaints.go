package rewards

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"promobot/fraud"
	"promobot/internal/events"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/participants"
	"promobot/prizes"
)

// Complain notes that a participant's code does not work and opens a case for a
// person, with the proof of who saw it first. The refusals are those of
// prizes.Shop.Complain. The caller has locked the participant.
func (d *Desk) Complain(ctx context.Context, tx *store.Tx, participantID, certificateID int64, problem string) error {
	if err := d.shop.Complain(ctx, tx, participantID, certificateID, problem); err != nil {
		return err
	}
	proof, err := d.shop.Proof(ctx, tx.DB, certificateID)
	if err != nil {
		return err
	}
	subject := prizes.CertificateSubject(certificateID)
	hit := fraud.Hit{Rule: fraud.RuleCodeFails, Tier: fraud.Review, Args: map[string]any{"problem": problem, "prize": proof.PrizeID, "code": proof.Code.String(),
		"seen_at": proof.OpenedAt, "seen_in": proof.OpenedIn, "seen_by": proof.OpenedBy, "supplier": proof.Supplier, "order": proof.External}}
	err = fraud.OpenCase(ctx, tx, fraud.Case{ParticipantID: participantID, Subject: subject, Kind: fraud.KindCertificate, Hits: []fraud.Hit{hit}})
	if err != nil {
		return err
	}
	return events.Record(ctx, tx, events.Event{Kind: EventComplained, ParticipantID: participantID, Subject: subject,
		Data: map[string]any{"prize": proof.PrizeID, "problem": problem}})
}

// CertificateCase is a case about a code that does not work, with its proof.
type CertificateCase struct {
	Case      fraud.Case
	Person    participants.Participant
	Complaint prizes.Complaint
	Instead   *prizes.Award  // the award that replaces it; nil: none
	Timeline  []events.Event // what happened to the certificate, oldest first
}

// CertificateDossier reads a case of fraud.KindCertificate.
func (d *Desk) CertificateDossier(ctx context.Context, g *gorm.DB, c fraud.Case) (CertificateCase, error) {
	id, err := certificateOf(c)
	if err != nil {
		return CertificateCase{}, err
	}
	dossier := CertificateCase{Case: c}
	if dossier.Person, err = d.people.Get(ctx, g, c.ParticipantID); err != nil {
		return dossier, err
	}
	if dossier.Complaint, _, err = d.shop.Complaint(ctx, g, id); err != nil {
		return dossier, err
	}
	instead, found, err := d.shop.AwardBySource(ctx, g, c.Subject+"/replacement")
	if err != nil {
		return dossier, err
	}
	if found {
		dossier.Instead = &instead
	}
	return dossier, g.WithContext(ctx).Order("id").Find(&dossier.Timeline, "participant_id = ? AND subject = ?", c.ParticipantID, c.Subject).Error
}

// Replace decides a certificate's case for the participant: another certificate
// of the same prize is issued or ordered, the old one is void. Without one in
// any source it is prizes.ErrOutOfStock, and the case stays open.
func (d *Desk) Replace(ctx context.Context, db *store.DB, caseID int64, by, note string) error {
	return d.decide(ctx, db, caseID, fraud.CaseApproved, by, note, func(ctx context.Context, tx *store.Tx, c fraud.Case) error {
		id, err := certificateOf(c)
		if err != nil {
			return err
		}
		a, err := d.shop.Replace(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := recordDecision(ctx, tx, EventReplaced, c, a.PrizeID, by, note); err != nil {
			return err
		}
		if a.Status == prizes.AwardIssued {
			return d.handOver(ctx, tx, a)
		}
		return notify.Tell(ctx, tx, awardNotice(NoticeOrdered, a, 0))
	})
}

// Refuse decides a certificate's case against the participant: the certificate
// stays as it is, he is told why in words.
func (d *Desk) Refuse(ctx context.Context, db *store.DB, caseID int64, by, note string) error {
	return d.decide(ctx, db, caseID, fraud.CaseRefused, by, note, func(ctx context.Context, tx *store.Tx, c fraud.Case) error {
		id, err := certificateOf(c)
		if err != nil {
			return err
		}
		proof, err := d.shop.Proof(ctx, tx.DB, id)
		if err != nil {
			return err
		}
		if err := recordDecision(ctx, tx, EventStands, c, proof.PrizeID, by, note); err != nil {
			return err
		}
		prize, err := d.shop.Prize(ctx, tx.DB, proof.PrizeID)
		if err != nil {
			return err
		}
		return notify.Tell(ctx, tx, notify.Notice{ParticipantID: c.ParticipantID, Key: NoticeStands,
			Args: map[string]any{"title": prize.Title, "title_en": prize.TitleEN, "seen": proof.OpenedAt}})
	})
}

// decide closes a case under its participant's lock and does what follows.
func (d *Desk) decide(ctx context.Context, db *store.DB, caseID int64, to fraud.CaseStatus, by, note string,
	then func(ctx context.Context, tx *store.Tx, c fraud.Case) error) error {
	return db.InTx(ctx, func(tx *store.Tx) error {
		c, err := fraud.CaseByID(ctx, tx.DB, caseID)
		if err != nil {
			return err
		}
		if err := d.people.Lock(ctx, tx, c.ParticipantID); err != nil {
			return err
		}
		if c, err = fraud.Decide(ctx, tx, caseID, to, by, note); err != nil {
			return err
		}
		return then(ctx, tx, c)
	})
}

func recordDecision(ctx context.Context, tx *store.Tx, kind events.Kind, c fraud.Case, prizeID, by, note string) error {
	return events.Record(ctx, tx, events.Event{Kind: kind, ParticipantID: c.ParticipantID, Subject: c.Subject,
		Data: map[string]any{"prize": prizeID, "case": c.ID, "by": by, "note": note}})
}

func certificateOf(c fraud.Case) (int64, error) {
	id, err := strconv.ParseInt(strings.TrimPrefix(c.Subject, "certificate:"), 10, 64)
	if err != nil || c.Kind != fraud.KindCertificate {
		return 0, fmt.Errorf("case %d is about %s, no certificate", c.ID, c.Subject)
	}
	return id, nil
}

// replacedNotice tells of the certificate that stands for one that did not work.
func replacedNotice(a prizes.Award) notify.Notice {
	return notify.Notice{ParticipantID: a.ParticipantID, Key: NoticeReplaced,
		Args: map[string]any{"title": a.Title, "title_en": a.TitleEN, "certificate": a.Certificate.ID}}
}

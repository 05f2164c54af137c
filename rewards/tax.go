package rewards

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"promobot/fraud"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/prizes"
)

// TaxSubject names a participant's year, as cases do.
func TaxSubject(participantID int64, year int) string {
	return fmt.Sprintf("tax:%d/%d", participantID, year)
}

// gate opens the case for the documents of a gated award; an open one stays.
func (d *Desk) gate(ctx context.Context, tx *store.Tx, a prizes.Award) error {
	if a.Status != prizes.AwardGated {
		return nil
	}
	year := prizes.YearOf(a.AwardedAt)
	hit := fraud.Hit{Rule: fraud.RuleTaxYear, Tier: fraud.Review, Args: map[string]any{"year": year, "prize": a.PrizeID,
		"value_kopecks": int64(a.Value), "free_kopecks": int64(prizes.TaxFreeYearly)}}
	return fraud.OpenCase(ctx, tx, fraud.Case{ParticipantID: a.ParticipantID, Subject: TaxSubject(a.ParticipantID, year), Kind: fraud.KindTax, Hits: []fraud.Hit{hit}})
}

// ClearTax notes that the documents for a participant's year are there, closes
// the case for them and gives what waited: issued, or ordered; what no source
// has any more is paid back. It returns how many prizes waited. Later prizes of
// the year are not gated.
func (d *Desk) ClearTax(ctx context.Context, db *store.DB, participantID int64, year int, by, note string) (waited int, err error) {
	err = db.InTx(ctx, func(tx *store.Tx) error {
		if err := d.people.Lock(ctx, tx, participantID); err != nil {
			return err
		}
		if err := d.closeTaxCase(ctx, tx, participantID, year, fraud.CaseApproved, by, note); err != nil {
			return err
		}
		waited, err = d.ungate(ctx, tx, participantID, year, by, note)
		return err
	})
	return waited, err
}

func (d *Desk) ungate(ctx context.Context, tx *store.Tx, participantID int64, year int, by, note string) (int, error) {
	if err := d.shop.Clear(ctx, tx, participantID, year, by, note); err != nil {
		return 0, err
	}
	list, err := d.shop.Gated(ctx, tx.DB, participantID, year)
	if err != nil {
		return 0, err
	}
	for _, a := range list {
		if err := d.pass(ctx, tx, a); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// pass gives one award that waited.
func (d *Desk) pass(ctx context.Context, tx *store.Tx, a prizes.Award) error {
	given, err := d.shop.Ungate(ctx, tx, a)
	switch {
	case errors.Is(err, prizes.ErrOutOfStock):
		return d.returnPrice(ctx, tx, a, NoticeReturned)
	case err != nil:
		return err
	case given.Status == prizes.AwardIssued:
		return d.handOver(ctx, tx, given)
	}
	return notify.Tell(ctx, tx, awardNotice(NoticeUngated, given, 0))
}

// RefuseTax closes the case without documents: what waited is paid back.
func (d *Desk) RefuseTax(ctx context.Context, db *store.DB, participantID int64, year int, by, note string) error {
	return db.InTx(ctx, func(tx *store.Tx) error {
		if err := d.people.Lock(ctx, tx, participantID); err != nil {
			return err
		}
		if err := d.closeTaxCase(ctx, tx, participantID, year, fraud.CaseRefused, by, note); err != nil {
			return err
		}
		list, err := d.shop.Gated(ctx, tx.DB, participantID, year)
		if err != nil {
			return err
		}
		for _, a := range list {
			if err := d.returnPrice(ctx, tx, a, NoticeBarred); err != nil {
				return err
			}
		}
		return nil
	})
}

// closeTaxCase decides the open case of a year, if there is one.
func (d *Desk) closeTaxCase(ctx context.Context, tx *store.Tx, participantID int64, year int, to fraud.CaseStatus, by, note string) error {
	var open []fraud.Case
	err := tx.WithContext(ctx).Find(&open, "subject = ? AND status = ?", TaxSubject(participantID, year), fraud.CaseOpen).Error
	if err != nil || len(open) == 0 {
		return err
	}
	_, err = fraud.Decide(ctx, tx, open[0].ID, to, by, note)
	return err
}

// TaxYear reads a case of fraud.KindTax.
func TaxYear(c fraud.Case) (participantID int64, year int, err error) {
	who, when, _ := strings.Cut(strings.TrimPrefix(c.Subject, "tax:"), "/")
	participantID, err = strconv.ParseInt(who, 10, 64)
	if err == nil {
		year, err = strconv.Atoi(when)
	}
	if err != nil || c.Kind != fraud.KindTax {
		return 0, 0, fmt.Errorf("case %d is about %s, no year", c.ID, c.Subject)
	}
	return participantID, year, nil
}

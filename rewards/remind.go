package rewards

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/points"
	"promobot/prizes"
)

// The notices that remind.
const (
	NoticeEnding      = "points.ending" // args: until (moment after the last day), points; title, title_en of a prize they suffice for
	NoticeCertificate = "prize.ending"  // args: title, title_en, certificate, until (last second), opened
)

// day is how long an end is waited for at a time; days are counted back from it.
const day = 24 * time.Hour

type reminderRow struct {
	ID            int64
	ParticipantID int64
	Subject       string
	ToldAt        time.Time
}

// TableName is the table of what people were reminded of.
func (reminderRow) TableName() string { return "reminders" }

// remindOnce reports whether the participant is to be reminded of the subject, and
// remembers it.
func remindOnce(ctx context.Context, tx *store.Tx, participantID int64, subject string) (bool, error) {
	return store.Once(ctx, tx, &reminderRow{ParticipantID: participantID, Subject: subject, ToldAt: tx.Now()})
}

// reminding are the terms that reminders follow; false when nobody is to be
// reminded now.
func reminding(ctx context.Context, db *store.DB, book *campaigns.Book) (v campaigns.Version, ok bool, err error) {
	v, err = book.Newest(ctx, db.Read(ctx))
	if errors.Is(err, campaigns.ErrNone) {
		return v, false, nil
	}
	if err != nil {
		return v, false, err
	}
	return v, len(v.Expiry.Reminders()) > 0 && !v.Quiet(db.Now()), nil
}

// due is the reminder whose time it is, in days before the end: the last that
// has come. One that had come when there was nothing to remind of yet is none.
func due(reminders []int, since, end, now time.Time) (days int, ok bool) {
	for _, n := range reminders { // the most days first
		at := end.Add(-time.Duration(n) * day)
		if !at.After(now) {
			days, ok = n, since.Before(at)
		}
	}
	return days, ok && now.Before(end)
}

// Remind tells the next participants after the given one of points that expire
// soon, once for each day and reminder, and returns the last of them if there may
// be more. In quiet hours it tells nobody: the next run does.
func (d *Desk) Remind(ctx context.Context, db *store.DB, book *campaigns.Book, after int64) (next int64, err error) {
	v, ok, err := reminding(ctx, db, book)
	if err != nil || !ok {
		return 0, err
	}
	soon := db.Now().Add(time.Duration(v.Expiry.Reminders()[0]) * day)
	ids, err := d.ledger.Ending(ctx, db.Read(ctx), soon, after, peopleAtOnce)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := d.remindOf(ctx, db, v, id); err != nil {
			return 0, fmt.Errorf("remind participant %d: %w", id, err)
		}
	}
	return following(ids), nil
}

// remindOf looks first without a lock: nearly all were told already.
func (d *Desk) remindOf(ctx context.Context, db *store.DB, v campaigns.Version, participantID int64) error {
	untold, err := d.untold(ctx, db.Read(ctx), v, participantID, db.Now())
	if err != nil || len(untold) == 0 {
		return err
	}
	return db.InTx(ctx, func(tx *store.Tx) error {
		if err := d.people.Lock(ctx, tx, participantID); err != nil {
			return err
		}
		untold, err := d.untold(ctx, tx.DB, v, participantID, tx.Now())
		if err != nil {
			return err
		}
		for subject, e := range untold {
			if first, err := remindOnce(ctx, tx, participantID, subject); err != nil || !first {
				return err
			}
			if err := d.tellEnding(ctx, tx, v, participantID, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// untold are the ends of which the participant is to be reminded and was not,
// by the reminder's subject.
func (d *Desk) untold(ctx context.Context, g *gorm.DB, v campaigns.Version, participantID int64, now time.Time) (map[string]Ending, error) {
	endings, err := d.Endings(ctx, g, participantID, now)
	if err != nil {
		return nil, err
	}
	untold := map[string]Ending{}
	for _, e := range endings {
		days, ok := due(v.Expiry.Reminders(), e.Since, e.At, now)
		if ok {
			untold[fmt.Sprintf("points:%s/%d", e.At.Format(time.RFC3339), days)] = e
		}
	}
	var told []string
	err = g.WithContext(ctx).Model(&reminderRow{}).Where("participant_id = ? AND subject LIKE 'points:%'", participantID).Pluck("subject", &told).Error
	for _, subject := range told {
		delete(untold, subject)
	}
	return untold, err
}

// Ending is what expires at one moment.
type Ending struct {
	At     time.Time // the moment after the last day
	Points points.Amount
	Since  time.Time // when the first of them came
}

// Endings lists what the participant has that expires, the soonest first, merged
// by the moment.
func (d *Desk) Endings(ctx context.Context, g *gorm.DB, participantID int64, now time.Time) (list []Ending, err error) {
	lots, err := d.ledger.Left(ctx, g, participantID)
	for _, lot := range lots {
		if lot.ExpiresAt.IsZero() || lot.CampaignID == 0 || !lot.ExpiresAt.After(now) {
			continue
		}
		if n := len(list); n > 0 && list[n-1].At.Equal(lot.ExpiresAt) {
			list[n-1].Points += lot.Remaining
			continue
		}
		list = append(list, Ending{At: lot.ExpiresAt, Points: lot.Remaining, Since: lot.CreatedAt})
	}
	return list, err
}

// tellEnding names the dearest prize in stock that the balance suffices for.
func (d *Desk) tellEnding(ctx context.Context, tx *store.Tx, v campaigns.Version, participantID int64, e Ending) error {
	args := map[string]any{"until": e.At, "points": int64(e.Points)}
	balance, err := d.ledger.Balance(ctx, tx.DB, participantID)
	if err != nil {
		return err
	}
	ids := make([]string, len(v.Offers))
	for i, o := range v.Offers {
		ids[i] = o.PrizeID
	}
	list, err := d.shop.Catalogue(ctx, tx.DB, ids)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(p prizes.Prize) bool { return p.Free == 0 || points.Amount(p.Price) > balance.Available })
	if len(list) > 0 {
		best := slices.MaxFunc(list, func(a, b prizes.Prize) int { return int(a.Price - b.Price) })
		args["title"], args["title_en"] = best.Title, best.TitleEN
	}
	return notify.Tell(ctx, tx, notify.Notice{ParticipantID: participantID, Key: NoticeEnding, Args: args})
}

// RemindCertificates tells the owners of the next certificates after the given
// one that these are valid for a short time only, and returns the last of them
// if there may be more. Whether an opened one was used in the shop is not known,
// so that its owner is asked rather than told.
func (d *Desk) RemindCertificates(ctx context.Context, db *store.DB, book *campaigns.Book, after int64) (next int64, err error) {
	v, ok, err := reminding(ctx, db, book)
	if err != nil || !ok {
		return 0, err
	}
	soon := db.Now().Add(time.Duration(v.Expiry.Reminders()[0]) * day)
	list, err := d.shop.Ending(ctx, db.Read(ctx), db.Now(), soon, after, peopleAtOnce)
	if err != nil {
		return 0, err
	}
	ids := make([]int64, len(list))
	for i, c := range list {
		ids[i] = c.ID
		err := db.InTx(ctx, func(tx *store.Tx) error { return d.remindCertificate(ctx, tx, v, c) })
		if err != nil {
			return 0, fmt.Errorf("remind of certificate %d: %w", c.ID, err)
		}
	}
	return following(ids), nil
}

func (d *Desk) remindCertificate(ctx context.Context, tx *store.Tx, v campaigns.Version, c prizes.Certificate) error {
	if err := d.people.Lock(ctx, tx, c.ParticipantID); err != nil {
		return err
	}
	days, ok := due(v.Expiry.Reminders(), c.IssuedAt, c.ValidUntil, tx.Now())
	if !ok {
		return nil
	}
	first, err := remindOnce(ctx, tx, c.ParticipantID, fmt.Sprintf("certificate:%d/%d", c.ID, days))
	if err != nil || !first {
		return err
	}
	return notify.Tell(ctx, tx, notify.Notice{ParticipantID: c.ParticipantID, Key: NoticeCertificate, Args: map[string]any{
		"certificate": c.ID, "title": c.Title, "title_en": c.TitleEN, "until": c.ValidUntil, "opened": c.Opened}})
}

package backtest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"promobot/campaigns"
	"promobot/internal/events"
)

const partWelcome = "welcome"

// registration is when a participant registered, and with which phone.
type registration struct {
	id    int64
	at    time.Time
	phone string
}

// applied is a version of terms and when it became the newest.
type applied struct {
	ID         int64
	CampaignID int64
	AppliedAt  time.Time
}

// registrations reads who registered, in the order of time, and the versions
// that welcomed them.
func (p *past) registrations() error {
	var rows []struct {
		ID           int64
		RegisteredAt time.Time
		PhoneMac     *string
	}
	err := p.g.Table("participants").Select("id, registered_at, phone_mac").Where("registered_at IS NOT NULL").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("read registrations: %w", err)
	}
	for _, row := range rows {
		one := registration{id: row.ID, at: row.RegisteredAt.UTC()}
		if row.PhoneMac != nil {
			one.phone = *row.PhoneMac
		}
		p.registered[row.ID] = one
	}
	if err := p.g.Table("campaign_versions").Order("id").Find(&p.versions).Error; err != nil {
		return fmt.Errorf("read versions: %w", err)
	}
	return nil
}

// newest is the version that the bot ran at a moment.
func (p *past) newest(at time.Time) (campaigns.Version, bool) {
	var best *applied
	for i, v := range p.versions {
		if v.AppliedAt.After(at) || best != nil && v.CampaignID < best.CampaignID {
			continue
		}
		best = &p.versions[i]
	}
	if best == nil {
		return campaigns.Version{}, false
	}
	v, err := p.book.ByID(p.g.Statement.Context, p.g, best.ID)
	return v, err == nil
}

// ofAnybody is a pattern of the subjects of what persons get once.
func ofAnybody(part string) string { return "participant:%/" + part }

// unwelcomed are those who had no welcome when they registered, in the order of
// time: other terms may have one.
func (p *past) unwelcomed() (list []registration) {
	for id, one := range p.registered {
		if p.posted[ofPerson(id, partWelcome)] == 0 {
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(a, b registration) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	return list
}

// welcomeUntil welcomes those of the waiting list who came before now; the zero
// time is the end of all. Of one moment those come first of whom events tell.
func (r *replay) welcomeUntil(now time.Time) {
	for len(r.waiting) > 0 && (now.IsZero() || r.waiting[0].at.Before(now)) {
		r.welcome(r.waiting[0].id, r.waiting[0].at)
		r.waiting = r.waiting[1:]
	}
}

// welcomeAt welcomes whom the event says was welcomed.
func (r *replay) welcomeAt(e events.Event) { r.welcome(e.ParticipantID, e.HappenedAt.UTC()) }

func (r *replay) welcome(participantID int64, now time.Time) {
	v, there := r.newest(now)
	if !there {
		return
	}
	judge := r.terms(v)
	at := moment{now: now, campaignID: v.CampaignID, participantID: participantID, phone: r.registered[participantID].phone,
		subject: fmt.Sprint("participant:", participantID)}
	reward := campaigns.Reward{First: judge.Welcome}.Fit(r.room(judge, at, 0))
	r.full(reward.Cut, now)
	r.once(judge, at, partWelcome, reward.First)
}

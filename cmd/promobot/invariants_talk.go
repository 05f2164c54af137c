package main

import (
	"context"

	"gorm.io/gorm"
)

// updatesEnd: a stored update is handled, given up, or has a job that will
// handle it.
func updatesEnd(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := v.count(ctx, g, "updates"); err != nil {
		return err
	}
	coming, err := unfinished(ctx, g, "update_handle", "address_id")
	if err != nil {
		return err
	}
	var waiting []struct{ ID, AddressID int64 }
	if err := g.WithContext(ctx).Raw("SELECT id, address_id FROM updates WHERE status = 'stored'").Scan(&waiting).Error; err != nil {
		return err
	}
	for _, u := range waiting {
		if !coming[u.AddressID] {
			v.blame("update:%d is stored and nobody will handle it", u.ID)
		}
	}
	return v.broken(ctx, g, "has no known status", "SELECT 'update:' || id FROM updates WHERE status NOT IN ('stored', 'handled', 'failed', 'noted')")
}

// pushed are the channels that messages are delivered to; of the others people
// fetch them.
func pushed() (names []string) {
	for name, can := range traits {
		if can.Pushed {
			names = append(names, name)
		}
	}
	return names
}

// updatesAnswered: never silence, never two answers of one number.
func updatesAnswered(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := v.count(ctx, g, "updates"); err != nil {
		return err
	}
	if err := v.broken(ctx, g, "ended without an answer", `SELECT 'update:' || u.id FROM updates u WHERE u.status NOT IN ('stored', 'noted')
		AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.update_id = u.id)`); err != nil {
		return err
	}
	if err := v.broken(ctx, g, "is for a messenger and has no delivery", `SELECT 'message:' || m.id FROM messages m
		JOIN addresses a ON a.id = m.address_id WHERE a.channel IN ? AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = m.id)`,
		pushed()); err != nil {
		return err
	}
	return v.broken(ctx, g, "is rendered without a message", `SELECT 'notice:' || n.id FROM notices n WHERE n.rendered_at IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.notice_id = n.id)
		AND NOT EXISTS (SELECT 1 FROM notices l WHERE l.participant_id = n.participant_id AND l.subject = n.subject AND n.subject <> '' AND l.id > n.id)`)
}

// pushesWanted: whoever got a push wanted news when it was taken out of the box.
func pushesWanted(ctx context.Context, g *gorm.DB, v *verified) error {
	if err := v.count(ctx, g, "pushes"); err != nil {
		return err
	}
	return v.broken(ctx, g, "went to somebody who wants no news", `SELECT 'message:' || d.message_id FROM deliveries d
		JOIN addresses a ON a.id = d.address_id WHERE d.lane = 'push' AND d.status = 'sent' AND NOT EXISTS (
			SELECT 1 FROM consents c WHERE c.participant_id = a.participant_id AND c.document = 'news'
			AND c.granted_at <= d.claimed_at AND (c.withdrawn_at IS NULL OR c.withdrawn_at > d.claimed_at))`)
}

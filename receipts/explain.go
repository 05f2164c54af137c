package receipts

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"promobot/campaigns"
	"promobot/internal/events"
	"promobot/rewards"
)

// Explanation says what a posting for a receipt was for.
type Explanation struct {
	Receipt Receipt
	Seller  string // as the fiscal service names it; "" if it did not
	Rules   Rules
	Lines   []Earned // the lines that count for this posting, in the receipt's order
	First   bool     // it is the bonus for the first receipt
}

// Rules name the version of the terms that judged.
type Rules struct {
	Number int
	Since  time.Time // in force since this reading of the wall clock
}

// Earned is a line of the receipt and what it brought.
type Earned struct {
	N      int    // from 0
	Name   string // as the till wrote it
	Title  string // of the product
	Units  int64
	Points rewards.Points
}

// Explain finds what a posting with the source was for: the receipt, the lines of
// it and the version of the terms. postedAt is the posting's moment: it tells
// which receipt was the first. false: it was for no receipt of the participant.
func (s *Service) Explain(ctx context.Context, g *gorm.DB, participantID int64, source string, postedAt time.Time) (e Explanation, ok bool, err error) {
	subject, part, _ := strings.Cut(source, "/")
	switch {
	case strings.HasPrefix(subject, "participant:"):
		e.First = strings.HasPrefix(part, rewards.BonusFirst)
		e.Receipt, err = s.postedFor(ctx, g, participantID, source, postedAt)
	case strings.HasPrefix(subject, "receipt:"):
		var id int64
		if id, err = subjectID(subject); err == nil {
			e.Receipt, err = s.ByID(ctx, g, id)
		}
	default:
		return e, false, nil
	}
	if errors.Is(err, ErrNone) || err == nil && (e.Receipt.ParticipantID != participantID || e.Receipt.VersionID == nil) {
		return Explanation{}, false, nil
	}
	if err == nil {
		err = s.explain(ctx, g, &e, part)
	}
	if err != nil {
		return e, false, fmt.Errorf("what %s is for: %w", source, err)
	}
	return e, true, nil
}

// postedFor is the receipt for which a participant's own posting was made at
// the moment: the event of the posting names it.
func (s *Service) postedFor(ctx context.Context, g *gorm.DB, participantID int64, source string, at time.Time) (Receipt, error) {
	var list []events.Event
	err := g.WithContext(ctx).Order("id").Find(&list, "participant_id = ? AND kind = ? AND happened_at = ?", participantID, rewards.EventPosted, at).Error
	if err != nil {
		return Receipt{}, err
	}
	for _, e := range list {
		subject, _, _ := strings.Cut(e.Subject, "/")
		if id, err := subjectID(subject); err == nil && e.Data["source"] == source {
			return s.ByID(ctx, g, id)
		}
	}
	return Receipt{}, ErrNone
}

func (s *Service) explain(ctx context.Context, g *gorm.DB, e *Explanation, part string) error {
	beside, other, err := besideOf(ctx, g, e.Receipt.ID, part)
	if err != nil {
		return err
	}
	if other {
		e.Receipt.VersionID = &beside.VersionID
	}
	version, err := s.book.ByID(ctx, g, *e.Receipt.VersionID)
	if err != nil {
		return err
	}
	e.Rules = Rules{version.Number, version.Since}
	if e.Seller, err = seller(ctx, g, e.Receipt); err != nil || e.First {
		return err
	}
	lines, err := s.Lines(ctx, g, e.Receipt.ID)
	if err != nil {
		return err
	}
	named, err := taughtBy(ctx, g, part)
	if err != nil {
		return err
	}
	counts, err := counting(ctx, g, e.Receipt.ID, part, named)
	if err != nil {
		return err
	}
	taught, err := usedAliases(ctx, g, lines)
	if err != nil {
		return err
	}
	if named.ID != 0 { // it may be undone by now
		taught[named.word()] = named
	}
	before := placedBefore(lines)
	before.Aliases = taught.words()
	judged := version.Reward(ticketOf(e.Receipt, lines), before)
	for i, l := range lines {
		if other || named.ID != 0 && l.NameKey == named.NameKey {
			l.SKU, l.Points = judged.Lines[i].SKU, judged.Lines[i].Points
		}
		if l.SKU == "" || !counts(l) {
			continue
		}
		e.Lines = append(e.Lines, Earned{l.N, l.Name, judged.Lines[i].Title, judged.Lines[i].Units, l.Points})
	}
	return nil
}

// taughtBy is the alias that a part of the receipt's postings begins with; the
// zero value: none.
func taughtBy(ctx context.Context, g *gorm.DB, part string) (Alias, error) {
	step, _, _ := strings.Cut(part, "/")
	name, ok := strings.CutPrefix(step, "alias:")
	id, err := strconv.ParseInt(name, 10, 64)
	if !ok || err != nil {
		return Alias{}, nil
	}
	return AliasByID(ctx, g, id)
}

// placedBefore is the history that the lines themselves tell.
func placedBefore(lines []Line) campaigns.History {
	h := campaigns.History{Trusted: map[int]bool{}, Placed: map[int]string{}}
	for i, l := range lines {
		if l.Review == LineApproved {
			h.Trusted[i], h.Placed[i] = true, l.Candidate
		}
	}
	return h
}

// counting tells which lines a part of the receipt's points is for. A line that
// a person has placed later has a posting of its own.
func counting(ctx context.Context, g *gorm.DB, receiptID int64, part string, named Alias) (func(l Line) bool, error) {
	step, _, _ := strings.Cut(part, "/")
	if own, ok := strings.CutPrefix(step, "line:"); ok {
		return func(l Line) bool { return own == strconv.Itoa(l.N) }, nil
	}
	if strings.HasPrefix(step, "alias:") {
		return byName(ctx, g, receiptID, named)
	}
	var kinds []events.Event
	own := map[int]bool{}
	prefix := Subject(receiptID) + "/line:"
	err := g.WithContext(ctx).Find(&kinds, "kind = ? AND subject LIKE ?", rewards.EventPosted, prefix+"%").Error
	for _, e := range kinds {
		var n int
		if _, err := fmt.Sscanf(e.Subject, prefix+"%d", &n); err == nil {
			own[n] = true
		}
	}
	return func(l Line) bool { return !own[l.N] }, err
}

// byName counts for what a name brought: its lines, if the receipt was paid for the
// others before it was taught, or else all of them.
func byName(ctx context.Context, g *gorm.DB, receiptID int64, named Alias) (func(l Line) bool, error) {
	var before int64
	err := g.WithContext(ctx).Model(&events.Event{}).Where("kind = ? AND subject = ? AND happened_at < ?", rewards.EventPosted, Subject(receiptID), named.TaughtAt).Count(&before).Error
	return func(l Line) bool { return before == 0 || l.NameKey == named.NameKey }, err
}

// seller is the shop as the fiscal service named it when the receipt was proved.
func seller(ctx context.Context, g *gorm.DB, r Receipt) (string, error) {
	var list []events.Event
	err := g.WithContext(ctx).Order("id DESC").Limit(1).
		Find(&list, "participant_id = ? AND subject = ? AND kind = ?", r.ParticipantID, Subject(r.ID), EventVerified).Error
	if err != nil || len(list) == 0 {
		return "", err
	}
	name, _ := list[0].Data["seller"].(string)
	return name, nil
}

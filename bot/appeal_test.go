package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"promobot/internal/store"
	"promobot/receipts"
)

// Appeal lets person 1 dispute receipt 1 once, and nothing else.
func (c *counter) Appeal(_ context.Context, tx *store.Tx, participantID, receiptID int64) (receipts.Appeal, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := receipts.Appeal{ReceiptID: receiptID, ParticipantID: participantID, DueAt: tx.Now().Add(24 * time.Hour)}
	switch {
	case receiptID > int64(len(c.list)) || c.list[receiptID-1].ParticipantID != participantID:
		return a, receipts.ErrNone
	case receiptID == 2:
		return a, receipts.ErrNoAppeal
	case receiptID == 3:
		return a, receipts.ErrManyAppeals
	case c.list[receiptID-1].AppealedAt != nil:
		return a, receipts.ErrAppealed
	}
	c.list[receiptID-1].AppealedAt = &a.DueAt
	return a, nil
}

// TestAppeal: the button stands where a person can help, is pressed once, and
// serves nobody but the receipt's owner.
func TestAppeal(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		for range 3 {
			p.shows("photo")
		}
		for reason, want := range map[string]bool{
			receipts.ReasonDuplicate: true, receipts.ReasonForged: true, receipts.ReasonFraud: true, "campaign.no_promo": true, receipts.ReasonMismatch: true,
			receipts.ReasonDuplicateOwn: false, "scan.blurred": false, "code.invalid": false, "campaign.minimum": false,
			receipts.ReasonCaseRefused: false, receipts.ReasonAppealRefused: false, receipts.NoticeHold: false,
		} {
			m := one(w, p.isTold("receipt:90"+reason, reason, map[string]any{"receipt": 1}))
			if got := len(m.Buttons) > 0 && m.Buttons[0].ID == "appeal:take:1"; got != want {
				t.Errorf("%s can be disputed: %t, want %t", reason, got, want)
			}
			m = one(w, p.isTold("receipt:91"+reason, reason, map[string]any{"receipt": 1, "appealed": true}))
			if strings.Contains(m.Buttons[0].ID, "appeal") || strings.Contains(m.Text, "«Оспорить»") {
				t.Errorf("%s can be disputed again: %q", reason, m.Text)
			}
		}
		stranger := w.person("boris").registers()
		for _, step := range []struct {
			who          *person
			button, want string
		}{
			{stranger, "appeal:take:1", "оспорить нельзя"}, {p, "appeal:take:1", "Человек посмотрит"}, {p, "appeal:take:1", "уже оспорили"},
			{p, "appeal:take:2", "оспорить нельзя"}, {p, "appeal:take:3", "предел достигнут"}, {p, "appeal:take:99", "оспорить нельзя"},
			{p, "appeal:take:x", "оспорить нельзя"}, {p, "appeal:take:-1", "оспорить нельзя"}, {p, "appeal:take", "оспорить нельзя"},
		} {
			if m := one(w, step.who.presses(step.button)); !strings.Contains(m.Text, step.want) || len(m.Buttons) == 0 {
				t.Errorf("%s: %q, want %q and a way on", step.button, m.Text, step.want)
			}
		}
	})
}

// TestAppealThatStands says the first reason again, without the way that is
// used up; which rule of the fraud desk hit is never said.
func TestAppealThatStands(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		for was, want := range map[string]string{
			receipts.ReasonDuplicate: "другим участником", receipts.ReasonForged: "не нашла чек",
			"fraud.till_people": "не прошёл проверку", "fraud.of_our_own": "не прошёл проверку", "": "пришлите следующий",
		} {
			m := one(w, p.isTold("receipt:1/appeal"+was, receipts.ReasonAppealRefused, map[string]any{"receipt": 1, "appealed": true, "was": was, "field": "s"}))
			if !strings.Contains(m.Text, "отказ в силе") || !strings.Contains(m.Text, want) || strings.Contains(m.Text, "«Оспорить»") {
				t.Errorf("%s: %q, want %q", was, m.Text, want)
			}
		}
	})
}

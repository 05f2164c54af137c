package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"promobot/bot/outbox"
	"promobot/internal/failpoint"
	"promobot/internal/store"
	"promobot/participants"
)

// ErrPush reports a push that cannot be sent: one language is missing, or a text
// has more than 3000 characters as messengers count them (UTF-16).
var ErrPush = errors.New("bot: a push needs a text of 1 to 3000 characters in both languages")

const (
	maxPush     = 3000
	pushPage    = 200            // participants in one transaction
	pushExpires = 24 * time.Hour // yesterday's news is none
)

// The states of a push.
const (
	PushPlanning = "planning" // messages are being written
	PushPlanned  = "planned"  // everybody has his message, sent or not
)

// pushRow is one text for everybody who wants news.
type pushRow struct {
	ID        int64
	TextRu    string
	TextEn    string
	Status    string
	PlannedTo int64 // participants up to this id have their message
	Messages  int64
	CreatedAt time.Time
	PlannedAt *time.Time
}

// TableName is the table of pushes.
func (pushRow) TableName() string { return "pushes" }

// CheckPush refuses texts that PlanPush would refuse, with ErrPush.
func CheckPush(ru, en string) error {
	for _, text := range []string{ru, en} {
		if n := len(utf16.Encode([]rune(trimmed(text)))); n == 0 || n > maxPush {
			return ErrPush
		}
	}
	return nil
}

func trimmed(text string) string { return strings.TrimSpace(plain(text)) }

// PlanPush has the text written to everybody registered who wants news, in his
// language, with the words that end such messages. Its messages are worth
// nothing after a day. It returns the push's id.
func PlanPush(ctx context.Context, tx *store.Tx, ru, en string) (int64, error) {
	if err := CheckPush(ru, en); err != nil {
		return 0, err
	}
	row := pushRow{TextRu: trimmed(ru), TextEn: trimmed(en), Status: PushPlanning, CreatedAt: tx.Now()}
	if err := tx.WithContext(ctx).Create(&row).Error; err != nil {
		return 0, fmt.Errorf("plan a push: %w", err)
	}
	return row.ID, tx.Enqueue(ctx, PushPlanArgs{PushID: row.ID})
}

// PlanPushPage writes the push to the next participants after the given one and
// queues the page behind it. A page that was planned already changes nothing.
func (b *Bot) PlanPushPage(ctx context.Context, pushID, after int64) error {
	var page []participants.Listener
	err := b.db.InTx(ctx, func(tx *store.Tx) error {
		var push pushRow
		if err := tx.WithContext(ctx).Clauses(store.ForUpdate()).Take(&push, pushID).Error; err != nil {
			return err
		}
		if push.Status != PushPlanning || push.PlannedTo != after {
			return nil
		}
		var err error
		if page, err = b.people.Listeners(ctx, tx, participants.DocumentNews, after, pushPage); err != nil {
			return err
		}
		if err := b.writePush(ctx, tx, push, page); err != nil {
			return err
		}
		return push.turn(ctx, tx, page)
	})
	if err != nil {
		return fmt.Errorf("push %d after participant %d: %w", pushID, after, err)
	}
	failpoint.Pass(failpoint.PushPlanned)
	for _, to := range page {
		b.hub.wake(to.AddressID)
	}
	return nil
}

// turn moves on to the next page.
func (p pushRow) turn(ctx context.Context, tx *store.Tx, page []participants.Listener) error {
	columns := map[string]any{"messages": p.Messages + int64(len(page))}
	if len(page) > 0 {
		p.PlannedTo = page[len(page)-1].ParticipantID
		columns["planned_to"] = p.PlannedTo
	}
	last := len(page) < pushPage
	if last {
		columns["status"], columns["planned_at"] = PushPlanned, tx.Now()
	}
	if err := tx.WithContext(ctx).Model(&pushRow{}).Where("id = ?", p.ID).Updates(columns).Error; err != nil || last {
		return err
	}
	return tx.Enqueue(ctx, PushPlanArgs{PushID: p.ID, After: p.PlannedTo})
}

// writePush writes one message to each, and queues those that are delivered.
func (b *Bot) writePush(ctx context.Context, tx *store.Tx, push pushRow, page []participants.Listener) error {
	if len(page) == 0 {
		return nil
	}
	rows := make([]messageRow, len(page))
	for i, to := range page {
		row, err := b.pushMessage(push, to, tx.Now())
		if err != nil {
			return err
		}
		rows[i] = row
	}
	if err := tx.WithContext(ctx).Create(&rows).Error; err != nil {
		return err
	}
	return b.queuePush(ctx, tx, push, page)
}

func (b *Bot) pushMessage(push pushRow, to participants.Listener, now time.Time) (messageRow, error) {
	text := push.TextRu
	if to.Language == english {
		text = push.TextEn
	}
	v := voice{language: spoken(to.Language)}
	row := messageRow{AddressID: to.AddressID, PushID: &push.ID, CreatedAt: now}
	body, err := json.Marshal(Message{Text: text + "\n\n" + v.say("push.unsubscribe", nil)})
	if err != nil {
		return row, err
	}
	row.Body, err = b.vault.Seal(body, row.place())
	return row, err
}

// queuePush queues the messages of the page under the ids that they got.
func (b *Bot) queuePush(ctx context.Context, tx *store.Tx, push pushRow, page []participants.Listener) error {
	channels := map[int64]string{} // by address
	addresses := make([]int64, 0, len(page))
	for _, to := range page {
		if b.channels[to.Channel].Pushed {
			channels[to.AddressID] = to.Channel
			addresses = append(addresses, to.AddressID)
		}
	}
	var rows []messageRow
	if err := tx.WithContext(ctx).Select("id", "address_id").Order("id").
		Find(&rows, "push_id = ? AND address_id IN ?", push.ID, addresses).Error; err != nil {
		return err
	}
	list := make([]outbox.Delivery, len(rows))
	for i, r := range rows {
		list[i] = outbox.Delivery{MessageID: r.ID, AddressID: r.AddressID, Channel: channels[r.AddressID], Lane: outbox.Push,
			ExpiresAt: push.CreatedAt.Add(pushExpires)}
	}
	return outbox.PutNew(ctx, tx, list)
}

package torture

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strconv"
	"testing"

	"promobot/bot"
	"promobot/bot/telegram/tgsim"
	"promobot/internal/store"
)

// openMessenger puts the messenger's simulator into the house. It keeps every
// update until the bot has confirmed it, as the messenger does.
func (h *house) openMessenger(t *testing.T) {
	t.Helper()
	h.telegram = tgsim.New(tgsim.Options{})
	server := httptest.NewServer(h.telegram)
	h.messenger = server.URL
	t.Cleanup(func() { h.telegram.Close(); server.Close() })
}

// chat is the number of the person's chat.
func (p *person) chat() int64 { return int64(900_000 + p.n) }

// chats is the script in the messenger, where nobody insists: what is said
// waits there for the bot. A webhook gets presses and texts by two roads, so that
// whoever wants an order must wait.
func (p *person) chats(ctx context.Context, s *tgsim.Sim, waits bool) error {
	id := p.chat()
	s.AddPerson(tgsim.Person{ID: id, FirstName: "Анна", LanguageCode: "ru", Phone: p.phone()})
	press := func(data string) func() (tgsim.Done, error) {
		return func() (tgsim.Done, error) { return s.PressForged(id, 1, data) } // under a message that is not there any more
	}
	say := func(text string) func() (tgsim.Done, error) {
		return func() (tgsim.Done, error) { return s.Say(id, text) }
	}
	for _, act := range []struct {
		name string
		do   func() (tgsim.Done, error)
	}{
		{"tg-start", func() (tgsim.Done, error) { return s.Start(id, "") }},
		{"tg-consent", press("consent:data")}, {"tg-news", press("news:yes")},
		{"tg-phone", func() (tgsim.Done, error) { return s.ShareContact(id) }}, {"tg-name", say("Анна")},
		{"tg-code-1", say(p.code(1))}, {"tg-photo", func() (tgsim.Done, error) { return s.Photo(id, p.photo(2), "") }},
		{"tg-again", say(p.code(1))}, {"tg-choose", press("prize:yes:ozon-300")}, {"tg-balance", say("баланс")},
	} {
		done, err := act.do()
		if err != nil {
			return fmt.Errorf("%s: %w", act.name, err)
		}
		for _, update := range done.Updates {
			p.acknowledged(strconv.FormatInt(update, 10), act.name)
			seen.add("updates: kept by the messenger", 1)
		}
		for waits && s.State().Pending > 0 && pause(ctx) {
		}
	}
	return nil
}

// push has news written to everybody who wants them.
func (h *house) push(ctx context.Context) error {
	return h.db.InTx(ctx, func(tx *store.Tx) error {
		_, err := bot.PlanPush(ctx, tx, "Новости", "News")
		return err
	})
}

// fare is how the letters of a chat fared.
type fare struct {
	Chat     string
	Messages int64 // that stand for themselves, no edits
	Unknown  int64 // outcomes of their letters that nobody knew
	Edits    int64 // outcomes of edits that nobody knew
	Lost     int64 // letters given up
	Refused  int64 // of these because of their text, which only our trouble does
}

// letters wants every message to stand in its chat once, and once more at most
// for each letter with an unknown outcome. Edits add nothing.
func (c *crowd) letters(t *testing.T) {
	t.Helper()
	if c.house.telegram == nil {
		return
	}
	if left := c.house.telegram.State().Pending; left > 0 {
		t.Errorf("%d updates were never fetched from the messenger", left)
	}
	var fares []fare
	err := c.house.db.Read(t.Context()).Raw(`SELECT a.address AS chat,
		SUM(CASE WHEN d.edits IS NULL THEN 1 ELSE 0 END) AS messages,
		SUM(CASE WHEN d.edits IS NULL THEN d.unknowns ELSE 0 END) AS unknown,
		SUM(CASE WHEN d.edits IS NULL THEN 0 ELSE d.unknowns END) AS edits,
		SUM(CASE WHEN d.edits IS NULL AND d.status NOT IN ('sent', 'superseded') THEN 1 ELSE 0 END) AS lost,
		SUM(CASE WHEN d.edits IS NULL AND d.error LIKE '%parse entities%' THEN 1 ELSE 0 END) AS refused
		FROM deliveries d JOIN addresses a ON a.id = d.address_id GROUP BY a.address`).Scan(&fares).Error
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fares {
		c.copies(t, f)
	}
}

func (c *crowd) copies(t *testing.T, f fare) {
	t.Helper()
	chat, err := strconv.ParseInt(f.Chat, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	visible := int64(0)
	for _, m := range c.house.telegram.Transcript(chat, 0).Messages {
		if m.FromBot && !m.Deleted {
			visible++
		}
	}
	seen.add("letters: delivered", int(visible))
	seen.add("letters: unknown outcomes", int(f.Unknown))
	seen.add("letters: extra copies", int(max(0, visible-f.Messages)))
	seen.add("letters: given up", int(f.Lost))
	if f.Lost-f.Refused > f.Unknown { // a push is given up after one unknown outcome, an answer after several
		t.Errorf("chat %d: %d letters were given up after %d unknown outcomes", chat, f.Lost, f.Unknown)
	}
	if f.Lost > 0 { // the edits of a message that was given up are messages
		f.Unknown += f.Edits
	}
	if visible < f.Messages-f.Lost || visible > f.Messages+f.Unknown {
		t.Errorf("chat %d shows %d messages of %d with %d unknown outcomes and %d given up", chat, visible, f.Messages, f.Unknown, f.Lost)
	}
}

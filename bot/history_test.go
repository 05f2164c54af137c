package bot_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"promobot/bot"
	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/internal/store/storetest"
	"promobot/receipts"
	"promobot/rewards"
)

// eachLater is eachWorld with points that expire after thirty days, and a clock
// to move.
func eachLater(t *testing.T, test func(w *world, now *atomic.Int64)) {
	t.Helper()
	storetest.EachURL(t, func(t *testing.T, url string) {
		var now atomic.Int64
		now.Store(noon.UnixMicro())
		db, err := store.Open(context.Background(), url, func() time.Time { return time.UnixMicro(now.Load()) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		w := newWorld(t, db)
		now.Add(time.Second.Microseconds())
		expiring := terms()
		expiring.Expiry.AfterDays = 30
		w.must(func(ctx context.Context, tx *store.Tx) error {
			_, _, err := w.rooms.Book.Apply(ctx, tx, expiring)
			return err
		})
		w.receipts.explained = map[string]receipts.Explanation{}
		test(w, &now)
	})
}

// explains has the receipts' room say what a source was for.
func (w *world) explains(source, seller string, lines ...receipts.Earned) {
	bought := time.Date(2026, 6, 13, 18, 0, 0, 0, time.UTC)
	w.receipts.explained[source] = receipts.Explanation{Receipt: receipts.Receipt{ID: 1, PurchasedAt: &bought}, Seller: seller, Lines: lines,
		Rules: receipts.Rules{Number: 2, Since: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}}
}

// glance is what is read in eight seconds, with room for the buttons' own words.
func glance(t *testing.T, m bot.Outgoing) {
	t.Helper()
	if n := utf8.RuneCountInString(m.Text); n > 260 || strings.Count(m.Text, "\n") > 6 || len(m.Buttons) > 7 {
		t.Errorf("%d characters and %d buttons: %q", n, len(m.Buttons), m.Text)
	}
}

func labels(m bot.Outgoing) (list []string) {
	for _, b := range m.Buttons {
		list = append(list, b.Label)
	}
	return list
}

func TestHistorySaysWhatEachChangeWasFor(t *testing.T) {
	eachLater(t, func(w *world, now *atomic.Int64) {
		w.stock("AAAA-1111")
		p := w.person("anna").registers()
		p.earns("receipt:1", campaigns.Reward{Points: 15, First: 50})
		w.explains("receipt:1/lines", "ООО «Лавка»", receipts.Earned{N: 0, Title: "Чай чёрный Чайка", Units: 2, Points: 12}, receipts.Earned{N: 2, Title: "Чай мятный Чайка", Units: 1, Points: 3})
		p.presses("prize:take:ozon-300")
		p.presses("prize:yes:*")
		for i := 2; i < 4; i++ {
			p.earns(fmt.Sprintf("receipt:%d", i), campaigns.Reward{Points: 6})
		}
		if m := one(w, p.says("баланс")); !strings.Contains(strings.Join(labels(m), " "), "История") || !strings.Contains(m.Text, "14 июля сгорят 27 баллов.") {
			t.Errorf("%q %v", m.Text, labels(m))
		}
		page := one(w, p.says("история"))
		glance(t, page)
		for _, want := range []string{"14 июня: +6 — чек", "14 июня: −60 — приз «Ozon 300 ₽»", "14 июня: +50 — первый чек"} {
			if !strings.Contains(page.Text, want) {
				t.Errorf("%q, want %q", page.Text, want)
			}
		}
		older := one(w, p.presses("history:page:*"))
		glance(t, older)
		if !strings.Contains(older.Text, "+15 — чек от 13 июня, ООО «Лавка»") || !strings.Contains(older.Text, "+10 — за знакомство") || strings.Contains(strings.Join(labels(older), " "), "Раньше") {
			t.Errorf("%q %v", older.Text, labels(older))
		}
		shown := map[string]string{}
		for _, id := range p.offered {
			if strings.HasPrefix(id, "history:show:") {
				m := one(w, p.presses(id))
				glance(t, m)
				shown[strings.SplitN(m.Text, ",", 2)[0]] = m.Text
			}
		}
		if got := shown["+15 — чек от 13 июня"]; !strings.Contains(got, "Чай чёрный Чайка ×2: +12\nЧай мятный Чайка ×1: +3\nПравила: версия 2, действует с 1 июня.") {
			t.Errorf("the receipt: %q", got)
		}
		if got := shown["+10 — за знакомство"]; !strings.Contains(got, "Правила: версия 2") {
			t.Errorf("the welcome: %q", got)
		}
		now.Add(31 * 24 * time.Hour.Microseconds())
		if _, err := w.rooms.Desk.Expire(context.Background(), w.db, 0); err != nil {
			t.Fatal(err)
		}
		lapsed := one(w, p.says("history"))
		if !strings.Contains(lapsed.Text, "15 июля: −6 — сгорели: чек") {
			t.Errorf("%q", lapsed.Text)
		}
		if m := one(w, p.presses(lapsed.Buttons[0].ID)); !strings.Contains(m.Text, "Начислены 14 июня, действовали до 14 июля.") {
			t.Errorf("%q", m.Text)
		}
	})
}

func TestLongReceiptIsShownInPages(t *testing.T) {
	eachLater(t, func(w *world, _ *atomic.Int64) {
		p := w.person("anna").registers()
		p.earns("receipt:1", campaigns.Reward{Points: 90})
		var lines []receipts.Earned
		for i := range 9 {
			lines = append(lines, receipts.Earned{N: i, Title: fmt.Sprintf("Товар %d", i), Units: 1, Points: 10})
		}
		w.explains("receipt:1/lines", "", lines...)
		page := one(w, p.says("история"))
		var seen []string
		m := one(w, p.presses(page.Buttons[0].ID))
		for range 5 {
			glance(t, m)
			for line := range strings.Lines(m.Text) {
				if strings.HasPrefix(line, "Товар") {
					seen = append(seen, strings.TrimSpace(line))
				}
			}
			if !strings.Contains(strings.Join(labels(m), " "), "Ещё товары") {
				break
			}
			m = one(w, p.presses("history:show:*"))
		}
		if len(seen) != 9 || seen[8] != "Товар 8 ×1: +10" {
			t.Errorf("%v, want all nine once", seen)
		}
	})
}

func TestAnothersHistoryIsNotShown(t *testing.T) {
	eachWorld(t, func(w *world) {
		anna, boris := w.person("anna").registers(), w.person("boris").registers()
		anna.earns("receipt:1", campaigns.Reward{Points: 15})
		anna.says("история")
		for _, id := range append(anna.offered, "history:show:0", "history:show:-1", "history:show:x/y", "history:show:", "history:show:99999999999999999999") {
			if !strings.HasPrefix(id, "history:show:") {
				continue
			}
			if m := one(w, boris.presses(id)); !strings.HasPrefix(m.Text, "Такой строки") {
				t.Errorf("%s: %q", id, m.Text)
			}
		}
		if m := one(w, boris.presses("history:page:1")); !strings.HasPrefix(m.Text, "Дальше пусто") {
			t.Errorf("%q", m.Text)
		}
	})
}

func TestRemindersNameTheDay(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		until := time.Date(2027, 1, 31, 21, 0, 0, 0, time.UTC) // midnight in Moscow
		for _, tt := range []struct {
			key  string
			args map[string]any
			want string
		}{
			{rewards.NoticeEnding, map[string]any{"until": until, "points": 40, "title": "Ozon 300 ₽"}, "31 января 2027 сгорят 40 баллов. Хватает на «Ozon 300 ₽»."},
			{rewards.NoticeEnding, map[string]any{"until": until, "points": 1}, "31 января 2027 сгорит 1 балл."},
			{rewards.NoticeCertificate, map[string]any{"until": time.Date(2026, 6, 30, 23, 59, 59, 0, time.FixedZone("", 3*3600)), "certificate": 1, "title": "Кружка", "opened": false},
				"Сертификат «Кружка» действует до 30 июня. Код ещё не открыт — успейте им воспользоваться."},
			{rewards.NoticeCertificate, map[string]any{"until": time.Date(2026, 6, 30, 23, 59, 59, 0, time.FixedZone("", 3*3600)), "certificate": 1, "title": "Кружка", "opened": true},
				"Сертификат «Кружка» действует до 30 июня. Если ещё не использовали — самое время."},
		} {
			m := one(w, p.isTold("", tt.key, tt.args))
			if m.Text != tt.want || len(m.Buttons) == 0 {
				t.Errorf("%q %v, want %q", m.Text, labels(m), tt.want)
			}
		}
	})
}

package bot_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"promobot/bot"
	"promobot/campaigns"
	"promobot/campaigns/assortment"
	"promobot/internal/store"
	"promobot/participants"
	"promobot/points"
	"promobot/prizes"
	"promobot/receipts"
)

func TestReceiptsBeforeTheRegistrationAreNotLost(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna")
		first := p.shows("photo 0")
		if len(first) != 2 || !strings.HasPrefix(first[0].Text, "Чек получил") || !strings.HasPrefix(first[1].Text, "Здравствуйте") {
			t.Fatalf("%+v", first)
		}
		p.presses("consent:data")
		p.says("t=20260614T1305&s=1240.00&fn=9999078900001234&i=1&fp=2&n=1")
		for i := 2; i < 10; i++ {
			p.shows(fmt.Sprint("photo ", i))
		}
		if full := p.shows("one too many"); !strings.HasPrefix(full[0].Text, "У меня уже 10 чеков") {
			t.Errorf("%+v", full)
		}
		p.presses("news:yes")
		p.says("+79990000001")
		done := p.says("Анна")
		if len(done) != 12 || !strings.Contains(done[1].Text, "10 чеков") || done[3].Text != "🔎 Читаю код чека…" {
			t.Fatalf("%d messages: %+v", len(done), done)
		}
		if n := len(w.receipts.list); n != 10 || w.receipts.list[9].Code != "photo 9" {
			t.Errorf("%d receipts, want 10 in order", n)
		}
		if again := p.says("баланс"); len(again) != 1 || len(w.receipts.list) != 10 {
			t.Errorf("kept receipts were handed in twice: %+v", again)
		}
	})
}

func TestConsentsAreSeparateDocuments(t *testing.T) {
	eachWorld(t, func(w *world) {
		consents := func(p *person) map[string]bool {
			stand := map[string]bool{}
			for _, document := range []string{participants.DocumentData, participants.DocumentRules, participants.DocumentNews} {
				ok, err := w.rooms.People.Consented(context.Background(), w.db.Read(context.Background()), p.id(), document)
				if err != nil {
					t.Fatal(err)
				}
				stand[document] = ok
			}
			return stand
		}
		want := func(p *person, after string, data, rules, news bool) {
			t.Helper()
			if got := consents(p); got["data"] != data || got["rules"] != rules || got["news"] != news {
				t.Errorf("after %s: %v, want data %t, rules %t, news %t", after, got, data, rules, news)
			}
		}
		p := w.person("anna")
		p.says("привет")
		want(p, "the greeting", false, false, false)
		p.says("согласен") // words are not the button
		p.presses("news:yes")
		want(p, "a wrong button", false, false, false)
		p.presses("consent:data")
		want(p, "the first consent", true, false, false)
		p.presses("news:yes")
		want(p, "news", true, true, true)
		p.says("СТОП")
		want(p, "STOP", true, true, false)
		other := w.person("boris").registers()
		want(other, "no news", true, true, false)
		other.says("start")
		want(other, "START", true, true, true)
	})
}

func TestNothingHappensBeforeTheRegistration(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.stock("AAAA-1111")
		p := w.person("anna")
		p.says("привет")
		for _, step := range []string{"", "consent:data", "news:no"} {
			if step != "" {
				p.presses(step)
			}
			for _, button := range []string{"menu:balance", "prize:yes:ozon-300", "cert:show:1", "menu:certs", "news:on", "prize:no"} {
				m := one(w, p.presses(button))
				if strings.Contains(m.Text, "балл") && !strings.Contains(m.Text, "согласия") && !strings.Contains(m.Text, "не влияет") {
					t.Errorf("%s after %q: %q", button, step, m.Text)
				}
			}
		}
	})
}

func TestAnothersCertificateIsNotShown(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.stock("AAAA-1111")
		anna, boris := w.person("anna").registers(), w.person("boris").registers()
		anna.earns("receipt:1", campaigns.Reward{Points: 60})
		anna.presses("prize:take:ozon-300")
		anna.presses("prize:yes:*")
		for _, id := range []string{"1", "2", "0", "-1", "x", "", "1 OR 1=1", "99999999999999999999", "1:2"} {
			m := one(w, boris.presses("cert:show:"+id))
			if !strings.HasPrefix(m.Text, "Среди ваших сертификатов такого нет") {
				t.Errorf("%q: %q", id, m.Text)
			}
		}
		var opened int64
		if err := w.db.Read(context.Background()).Table("certificates").Where("status = 'opened'").Count(&opened).Error; err != nil || opened != 0 {
			t.Errorf("%d opened (%v), want none", opened, err)
		}
		if m := one(w, anna.presses("cert:show:1")); !strings.Contains(m.Text, "\nКод: AAAA-1111\n") {
			t.Errorf("%q", m.Text)
		}
	})
}

func TestPrizeIsPaidOnce(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.stock("AAAA-1111", "BBBB-2222", "CCCC-3333")
		p := w.person("anna").registers()
		p.earns("receipt:1", campaigns.Reward{Points: 200})
		owned := func(want int) {
			t.Helper()
			list, err := w.rooms.Shop.Issued(context.Background(), w.db.Read(context.Background()), p.id())
			if err != nil || len(list) != want {
				t.Errorf("%d certificates (%v), want %d", len(list), err, want)
			}
		}
		for _, unasked := range []string{"prize:yes:ozon-300", "prize:yes:ozon-300:1", "prize:yes:ozon-300:"} {
			if m := one(w, p.presses(unasked)); !strings.HasPrefix(m.Text, "На этот вопрос вы уже ответили") {
				t.Errorf("%s: %q", unasked, m.Text)
			}
		}
		owned(0)
		p.presses("prize:take:ozon-300")
		for range 5 { // one question is one purchase, however often its button is tapped
			p.presses("prize:yes:*")
		}
		owned(1)
		old := p.offered[slices.IndexFunc(p.offered, func(id string) bool { return strings.HasPrefix(id, "prize:yes:") })]
		p.presses("prize:take:ozon-300")
		p.presses(old)
		owned(1)
		p.must(func(ctx context.Context, tx *store.Tx) error {
			return w.rooms.Shop.Put(ctx, tx, prizes.Prize{ID: "ozon-300", Title: "Ozon 300 ₽", Price: 90})
		})
		if m := one(w, p.presses("prize:yes:*")); !strings.HasPrefix(m.Text, "Списать 90 баллов") {
			t.Errorf("a yes to another price: %q", m.Text)
		}
		owned(1)
		p.presses("prize:yes:*")
		owned(2)
	})
}

func TestOutOfStockKeepsThePoints(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		p.earns("receipt:1", campaigns.Reward{Points: 60})
		if m := one(w, p.presses("prize:take:ozon-300")); !strings.Contains(m.Text, "Записать вас в очередь?") {
			t.Errorf("%q", m.Text)
		}
		if m := one(w, p.presses("prize:yes:*")); !strings.Contains(m.Text, "вы — в очереди") {
			t.Errorf("%q", m.Text)
		}
		if m := one(w, p.says("баланс")); !strings.HasPrefix(m.Text, "На счёте 70 баллов") {
			t.Errorf("%q", m.Text)
		}
		for _, id := range []string{"none", "", "../x", "OZON-300"} {
			for _, verb := range []string{"take", "yes"} {
				if m := one(w, p.presses("prize:"+verb+":"+id)); !strings.HasPrefix(m.Text, "Такого приза") {
					t.Errorf("%s %q: %q", verb, id, m.Text)
				}
			}
		}
	})
}

func TestNamesAreText(t *testing.T) {
	eachWorld(t, func(w *world) {
		for i, tt := range []struct{ typed, shown string }{
			{"<script>alert(1)</script>", "<script>alert(1)</script>"}, {`=HYPERLINK("x")`, `=HYPERLINK("x")`},
			{"\u202eАнна\u2066", "Анна"}, {"*Anna_[x](y)`", "*Anna_[x](y)`"}, {"{{.Points}} a", "{{.Points}} a"},
		} {
			p := w.person(fmt.Sprint("p", i))
			p.says("привет")
			p.presses("consent:data")
			p.presses("news:no")
			p.says(fmt.Sprintf("+7999000%04d", i))
			if m := one(w, p.says(tt.typed)); !strings.HasPrefix(m.Text, "Готово, "+tt.shown+"!") {
				t.Errorf("%q is greeted with %q", tt.typed, m.Text)
			}
		}
	})
}

func TestEveryReasonIsSaidInBothLanguages(t *testing.T) {
	eachWorld(t, func(w *world) {
		facts := map[string]any{"total": 960_00, "minimum": 1000_00, "missing": 40_00, "days": 3, "limit": 14, "field": "fp", "lines": 3,
			"at": "2026-06-12T10:00:00Z", "starts": "2026-05-01T00:00:00Z", "ends": "2026-08-31T00:00:00Z", "sum": 960_00,
			"date": "2026-06-12T10:00:00Z", "status": "accepted", "points": 12, "operation": 2, "problem": "pdf"}
		p := w.person("anna").registers()
		for _, lang := range []string{"ru", "en"} {
			p.presses("lang:" + lang)
			tr := &transcript{}
			for i, id := range bot.Reasons() {
				m := one(w, p.isTold(fmt.Sprint("receipt:", lang, i), id, facts))
				if len(m.Buttons) == 0 || utf8.RuneCountInString(m.Text) > 220 {
					t.Errorf("%s: %d characters, %d buttons: %q", id, utf8.RuneCountInString(m.Text), len(m.Buttons), m.Text)
				}
				if strings.HasPrefix(m.Text, "Принять этот чек не получилось") || strings.Contains(m.Text, "no value") {
					t.Errorf("%s is not said: %q", id, m.Text)
				}
				fmt.Fprintf(tr, "%s\n   %s\n", id, strings.ReplaceAll(m.Text, "\n", "\n   "))
				if m := one(w, p.isTold(fmt.Sprint("receipt:bare", lang, i), id, nil)); m.Text == "" {
					t.Errorf("%s without facts is silence", id)
				}
			}
			tr.compare(w.T, "reasons_"+lang)
		}
	})
}

func TestReviewSaysWhatAPersonLooksAtOnlyWhereItHelps(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		said := map[string]string{}
		for _, reason := range []string{"fraud.receipts_per_hour", "fraud.names_per_phone", "campaign.unsure_lines", "something.new", ""} {
			args := about(map[string]any{"reason": reason, "points": 12})
			said[reason] = one(w, p.isTold("receipt:"+reason, receipts.NoticeReview, args)).Text
		}
		if said["fraud.receipts_per_hour"] != said["fraud.names_per_phone"] {
			t.Error("the words tell which rule hit")
		}
		if !strings.Contains(said["campaign.unsure_lines"], "похожие на акционные") {
			t.Errorf("%q", said["campaign.unsure_lines"])
		}
		for _, reason := range []string{"something.new", ""} {
			if !strings.Contains(said[reason], "специалист") {
				t.Errorf("%q: %q", reason, said[reason])
			}
		}
	})
}

func TestAcceptedReceiptStaysShort(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		var lines []any
		for range 40 {
			lines = append(lines, map[string]any{"title": strings.Repeat("Чай чёрный ", 20), "units": 1200, "points": 99999})
		}
		m := one(w, p.isTold("receipt:1", receipts.NoticeAccepted, about(map[string]any{"lines": lines, "first": 50, "points": 4_000_000,
			"balance": 4_000_010, "unsure": 12})))
		if n := utf8.RuneCountInString(m.Text); n > 260 || !strings.Contains(m.Text, "ещё 45") {
			t.Errorf("%d characters: %s", n, m.Text)
		}
	})
}

func TestNoticesOfPrizesAndLines(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		mug := map[string]any{"prize": "mug", "title": "Кружка", "title_en": "Mug", "price": 400, "certificate": 7, "balance": 5}
		for _, tt := range []struct {
			lang, key string
			args      map[string]any
			text      string
			button    string
		}{
			{"ru", "prize.issued", mug, "🎁 Ваш сертификат готов: «Кружка». Списано 400 баллов, осталось 5 баллов.", "cert:show:7"},
			{"ru", "prize.back", mug, "Приз «Кружка» снова в наличии: 400 баллов. Заберёте, пока не разобрали?", "prize:take:mug"},
			{"ru", "receipt.line", map[string]any{"name": "ЧАЙ\u202e Ч/Ф 25П", "points": 6, "balance": 78},
				"Специалист засчитал товар «ЧАЙ Ч/Ф 25П»: 6 баллов. На счёте 78 баллов.", "menu:prizes"},
			{"en", "prize.issued", mug, "🎁 Your certificate is ready: “Mug”. Spent 400 points, left 5 points.", "cert:show:7"},
			{"en", "prize.back", mug, "“Mug” is back: 400 points. Take it while it lasts?", "prize:take:mug"},
			{"en", "receipt.line", map[string]any{"name": "TEA", "points": 1, "balance": 1}, "A person has counted the item “TEA”: 1 point. You have 1 point.", "menu:prizes"},
			{"en", "receipt.unavailable", nil, "The tax service does not answer", "menu:receipts"},
			{"ru", "receipt.queued", nil, "Чеков сейчас больше", "menu:receipts"},
			{"en", "receipt.waiting", nil, "The till has not reported", "menu:receipts"},
			{"en", "something.new", nil, "This receipt could not be accepted", "menu:help"},
		} {
			p.presses("lang:" + tt.lang)
			m := one(w, p.isTold("", tt.key, tt.args))
			if !strings.HasPrefix(m.Text, tt.text) || m.Buttons[0].ID != tt.button {
				t.Errorf("%s %s: %+v, want %q and %s", tt.lang, tt.key, m.Message, tt.text, tt.button)
			}
		}
	})
}

func TestRulesSayEveryLimit(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		p.must(func(ctx context.Context, tx *store.Tx) error {
			changed := terms()
			changed.EffectiveFrom = time.Date(2026, 6, 14, 0, 0, 0, 0, time.UTC)
			changed.MinimumOn, changed.ReceiptsTotal, changed.UnitsReceipt = campaigns.OnPromo, 21, 3
			changed.PerProduct, changed.PerSKU, changed.KopecksPerPoint = 0, map[string]points.Amount{"tea": 5}, 10_00
			changed.Ends = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
			for i := range 9 {
				changed.Products = append(changed.Products, assortment.Product{SKU: fmt.Sprint("sku-", i), Brand: "Чайка",
					Title: fmt.Sprint("Чай травяной Чайка сбор ", i), Volume: fmt.Sprint(100+i, " г")})
			}
			_, _, err := w.rooms.Book.Apply(ctx, tx, changed)
			return err
		})
		said := one(w, p.says("правила")).Text
		for _, want := range []string{"Товаров акции в чеке: от 1\u00a0000\u00a0₽", "на всю акцию: 21 чек.", "не больше: 3 товара", "и ещё 5 товаров",
			"товаров число баллов своё", "каждые 10\u00a0₽", "по 31 декабря."} {
			if !strings.Contains(said, want) {
				t.Errorf("the rules do not say %q:\n%s", want, said)
			}
		}
		if strings.Contains(said, "За каждый товар") || utf8.RuneCountInString(said) > 1200 {
			t.Errorf("%d characters:\n%s", utf8.RuneCountInString(said), said)
		}
	})
}

// words are what the random talk is made of.
var words = []string{"", "привет", "баланс", "чеки", "призы", "правила", "помощь", "СТОП", "START", "/start x", "/help", "старт", "english", "русский",
	"Анна", "+79990000001", "8 999 000 00 01", "t=20260614T1305&s=1240.00&fn=9999078900001234&i=1&fp=2&n=1", "fn=", "<script>", "=1+1", "\u202e", "😀",
	"\x00", "{{.Name}}", "%s%d", strings.Repeat("длинно ", 500), "'; DROP TABLE updates; --"}

var buttons = []string{"consent:data", "consent:what", "news:yes", "news:no", "news:off", "news:on", "menu:main", "menu:balance", "menu:receipts",
	"menu:prizes", "menu:certs", "menu:rules", "menu:help", "lang:ru", "lang:en", "prize:take:ozon-300", "prize:yes:ozon-300", "prize:take:mug",
	"prize:yes:", "prize:no", "cert:show:1", "cert:show:x", "cert:show", ":", "::", "menu", "menu:", "prize:take:ozon-300:1", "\x00", "confirm:ozon-300/0"}

// Whatever comes in whatever state, there is an answer; and the talk may be
// restarted between any two updates. PROMOBOT_TEST_TALKS sets how many talks of
// 40 updates there are, 3 without it.
func TestNoSilence(t *testing.T) {
	talks, err := strconv.ParseUint(cmp.Or(os.Getenv("PROMOBOT_TEST_TALKS"), "3"), 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	eachWorld(t, func(w *world) {
		w.stock("AAAA-1111")
		for seed := range talks {
			random := rand.New(rand.NewPCG(seed, 1))
			p := w.person(fmt.Sprint("random-", seed))
			for i := range 40 {
				u := bot.Update{}
				switch random.IntN(5) {
				case 0:
					u.Picture = fmt.Append(nil, "photo ", i)
				case 1, 2:
					u.Text = words[random.IntN(len(words))]
				default:
					u.Button = buttons[random.IntN(len(buttons))]
				}
				if random.IntN(4) == 0 { // bring the talk on
					u = bot.Update{Button: []string{"consent:data", "news:no"}[random.IntN(2)]}
				}
				if random.IntN(3) == 0 {
					w.restart()
				}
				p.send(u)
				list := p.heard()
				if len(list) == 0 {
					t.Fatalf("seed %d, update %d: silence after %+v", seed, i, u)
				}
				for _, m := range list {
					if strings.TrimSpace(m.Text) == "" || strings.Contains(m.Text, "no value") || strings.HasPrefix(m.Text, "У нас что-то сломалось") {
						t.Fatalf("seed %d, update %d: %+v is answered %+v", seed, i, u, m)
					}
					for _, b := range m.Buttons {
						if b.ID == "" || b.Label == "" {
							t.Fatalf("seed %d, update %d: a button without a word: %+v", seed, i, m)
						}
					}
				}
			}
		}
	})
}

// A restart at any point of the journey changes nothing in it.
func TestTalkSurvivesRestarts(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna")
		var heard []string
		for _, step := range []string{"привет", "[consent:data]", "[news:no]", "+7 999 000-00-01", "Анна", "баланс", "призы"} {
			w.restart()
			for _, m := range p.does(step) {
				heard = append(heard, strings.Fields(m.Text)[0])
			}
		}
		if got := strings.Join(heard, " "); got != "Здравствуйте! Спасибо! Напишите Как Готово, На У" {
			t.Errorf("%s", got)
		}
	})
}

func TestWithoutACampaignThereIsAnAnswer(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.rooms.Book = &campaigns.Book{}
		if err := w.db.InTx(context.Background(), func(tx *store.Tx) error {
			return tx.Exec("DELETE FROM campaign_versions").Error
		}); err != nil {
			t.Fatal(err)
		}
		w.restart()
		p := w.person("anna")
		p.shows("early")
		p.registers()
		for _, step := range []string{"(photo)", "правила", "призы", "баланс", "[prize:yes:ozon-300]"} {
			if list := p.does(step); len(list) != 1 {
				t.Errorf("%s: %+v", step, list)
			}
		}
		if n := len(w.receipts.list); n != 0 {
			t.Errorf("%d receipts without a campaign", n)
		}
	})
}

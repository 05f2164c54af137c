package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"promobot/bot"
	"promobot/campaigns"
	"promobot/fraud"
	"promobot/internal/store"
	"promobot/prizes"
	"promobot/prizes/supply"
	"promobot/rewards"
)

// catalogued changes the certificate of the catalogue.
func (w *world) catalogued(change func(p *prizes.Prize)) {
	w.Helper()
	w.must(func(ctx context.Context, tx *store.Tx) error {
		p, err := w.rooms.Shop.Prize(ctx, tx.DB, "ozon-300")
		if err != nil {
			return err
		}
		change(&p)
		return w.rooms.Shop.Put(ctx, tx, p)
	})
}

// takes chooses the certificate and says yes.
func (p *person) takes() bot.Outgoing {
	p.Helper()
	p.presses("prize:take:ozon-300")
	return one(p, p.presses("prize:yes:*"))
}

func has(m bot.Outgoing, text, button string) bool {
	for _, b := range m.Buttons {
		if strings.HasPrefix(b.ID, button) && strings.Contains(m.Text, text) {
			return true
		}
	}
	return false
}

// till delivers at once.
type till struct{}

func (till) Order(_ context.Context, o supply.Order) (supply.Answer, error) {
	return supply.Answer{ExternalID: o.ExternalID, State: supply.Completed, Code: "TILL-0001-CODE"}, nil
}

// From the order to the code, to "it does not work", to the replacement.
func TestOrderedCertificateAndItsComplaint(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.catalogued(func(p *prizes.Prize) { p.Sources = []string{"supplier:till", prizes.SourcePool} })
		anna, boris := w.person("Anna").registers(), w.person("Boris").registers()
		anna.earns("receipt:1", campaigns.Reward{Points: 100})
		if m := anna.takes(); !has(m, "Заказали ваш сертификат", "menu:certs") {
			t.Errorf("ordered: %+v", m)
		}
		if m := one(t, anna.presses("menu:certs")); !strings.Contains(m.Text, "заказан: код придёт в этот чат") {
			t.Errorf("listed: %+v", m)
		}
		orders := rewards.NewOrders(w.db, w.rooms.Desk, map[string]rewards.Source{"till": {Supplier: till{}, Patience: time.Hour}})
		if _, _, err := orders.Advance(context.Background(), 1); err != nil {
			t.Fatal(err)
		}
		if err := w.bot.Render(context.Background(), anna.id()); err != nil {
			t.Fatal(err)
		}
		ready := one(t, anna.heard())
		if !has(ready, "Ваш сертификат готов", "cert:show") || strings.Contains(ready.Text, "TILL-") {
			t.Errorf("ready: %+v", ready)
		}
		first, second := one(t, anna.presses("cert:show:*")), one(t, anna.presses("cert:show:*"))
		if !has(first, "TILL-0001-CODE", "cert:fails") || first.Text != second.Text {
			t.Errorf("shown %+v, then %+v", first, second)
		}
		if m := one(t, boris.presses("cert:why:1:used")); strings.Contains(m.Text, "TILL") || !has(m, "", "menu:certs") {
			t.Errorf("another's: %+v", m)
		}
		if m := one(t, anna.presses("cert:fails:*")); !has(m, "Что случилось с кодом?", "cert:why:1:refused") {
			t.Errorf("asked: %+v", m)
		}
		if m := one(t, anna.presses("cert:why:1:used")); !has(m, "проверим код", "menu:certs") {
			t.Errorf("complained: %+v", m)
		}
		if m := one(t, anna.presses("cert:why:1:other")); !has(m, "вы уже написали", "menu:certs") {
			t.Errorf("again: %+v", m)
		}
		cases, err := fraud.Cases(context.Background(), w.db.Read(context.Background()), fraud.CaseOpen, 10)
		if err != nil || len(cases) != 1 || cases[0].Kind != fraud.KindCertificate {
			t.Fatalf("%+v, %v; want one case", cases, err)
		}
		if words := cases[0].Hits[0].Words("ru"); !strings.Contains(words, "••••CODE") || !strings.Contains(words, "webchat/") {
			t.Errorf("the case says %q", words)
		}
		w.stock("REPLACEMENT-1")
		w.catalogued(func(p *prizes.Prize) { p.Sources = nil })
		if err := w.rooms.Desk.Replace(context.Background(), w.db, cases[0].ID, "olga", ""); err != nil {
			t.Fatal(err)
		}
		if err := w.bot.Render(context.Background(), anna.id()); err != nil {
			t.Fatal(err)
		}
		if m := one(t, anna.heard()); !has(m, "Новый код ждёт вас", "cert:show") {
			t.Errorf("replaced: %+v", m)
		}
		if m := one(t, anna.presses("cert:show:1")); strings.Contains(m.Text, "TILL") {
			t.Errorf("the void code is shown: %+v", m)
		}
		if m := one(t, anna.presses("cert:show:2")); !strings.Contains(m.Text, "REPLACEMENT-1") {
			t.Errorf("the new code: %+v", m)
		}
	})
}

func TestGatedLimitedAndExpired(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.stock("CODE-0001", "CODE-0002", "CODE-0003")
		w.catalogued(func(p *prizes.Prize) { p.Value, p.PerPerson, p.PerPersonDays = 4000_01, 1, 30 })
		anna := w.person("Anna").registers()
		anna.earns("receipt:1", campaigns.Reward{Points: 500})
		if m := anna.takes(); !has(m, "паспортные данные и ИНН", "menu:certs") {
			t.Errorf("gated: %+v", m)
		}
		if m := one(t, anna.presses("menu:certs")); !strings.Contains(m.Text, "ждём документы для налога") {
			t.Errorf("listed: %+v", m)
		}
		if m := anna.takes(); !has(m, "не больше 1 на человека за это время. Следующий можно взять 14 июля", "menu:prizes") {
			t.Errorf("limited: %+v", m)
		}
		if err := w.rooms.Desk.RefuseTax(context.Background(), w.db, anna.id(), 2026, "olga", ""); err != nil {
			t.Fatal(err)
		}
		if err := w.bot.Render(context.Background(), anna.id()); err != nil {
			t.Fatal(err)
		}
		if m := one(t, anna.heard()); !has(m, "Баллы вернули, теперь у вас 510 баллов", "menu:prizes") {
			t.Errorf("returned: %+v", m)
		}
		if m := one(t, anna.presses("menu:balance")); !strings.Contains(m.Text, "приз не пришёл, баллы вернули") {
			t.Errorf("the statement: %+v", m)
		}
		w.catalogued(func(p *prizes.Prize) { p.Value, p.PerPersonDays = 0, 0 })
		if m := anna.takes(); !has(m, "сертификат готов", "cert:show") {
			t.Errorf("issued: %+v", m)
		}
		if m := anna.takes(); !has(m, "не больше 1 на человека. Баллы остались у вас", "menu:prizes") {
			t.Errorf("limited for ever: %+v", m)
		}
		w.must(func(_ context.Context, tx *store.Tx) error {
			return tx.Exec("UPDATE certificates SET valid_until = ?", noon.Add(-24*time.Hour)).Error
		})
		if m := one(t, anna.presses("cert:show:*")); !has(m, "закончился 13 июня", "menu:prizes") || strings.Contains(m.Text, "CODE-") {
			t.Errorf("expired: %+v", m)
		}
		if m := one(t, anna.presses("menu:certs")); !strings.Contains(m.Text, "срок закончился 13 июня") || has(m, "", "cert:show") {
			t.Errorf("listed as expired: %+v", m)
		}
	})
}

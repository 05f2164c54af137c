package bot_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/points"
	"promobot/rewards"
)

// paying is a world whose campaign takes points.
func (w *world) paying() *world {
	w.Helper()
	w.must(func(ctx context.Context, tx *store.Tx) error {
		later := terms()
		later.Pay = campaigns.Pay{Share: 70, KopecksPerPoint: 1_00, HoldMinutes: 15}
		later.EffectiveFrom = noon
		_, _, err := w.rooms.Book.Apply(ctx, tx, later)
		return err
	})
	return w
}

var codeShown = regexp.MustCompile(`\b\d{4} \d{4}\b`)

func TestACodeIsGivenWherePointsPay(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.paying()
		p := w.person("anna").registers()
		if !offers(one(t, p.says("меню")), "pay:code") {
			t.Error("the menu does not offer to pay")
		}
		m := one(t, p.says("/pay"))
		code := codeShown.FindString(m.Text)
		if code == "" || len(m.Marks) != 1 || m.Marks[0].Text != code || !strings.Contains(m.Text, "70 %") || !strings.Contains(m.Text, "10 баллов") {
			t.Fatalf("%+v", m)
		}
		next := codeShown.FindString(one(t, p.presses("pay:code")).Text)
		if err := w.buys(code, 5); !errors.Is(err, rewards.ErrCode) {
			t.Errorf("the older code: %v, want ErrCode", err)
		}
		if err := w.buys(next, 4); err != nil {
			t.Fatal(err)
		}
		if m := one(t, p.says("баланс")); !strings.HasPrefix(m.Text, "На счёте 6 баллов.\nОтложено для оплаты на кассе: 4 балла.\n−4 — оплата на кассе, 14 июня") {
			t.Errorf("%q", m.Text)
		}
	})
}

// buys has a shop hold n points of the code's owner.
func (w *world) buys(code string, n points.Amount) (refused error) {
	w.Helper()
	w.must(func(ctx context.Context, tx *store.Tx) error {
		err := tx.Exec("INSERT INTO tills (id, key_id, name, secret_sealed, created_at) VALUES (1, 'k', 'Чайка', ?, ?) ON CONFLICT DO NOTHING", []byte{1}, tx.Now()).Error
		if err != nil {
			return err
		}
		q, err := w.rooms.Cashier.Quote(ctx, tx, rewards.Shop{ID: 1, Name: "Чайка"}, code, "1", []rewards.PayItem{{Price: 100_00, Quantity: 1}})
		if err == nil {
			_, err = w.rooms.Cashier.Hold(ctx, tx, 1, q.ID, n)
		}
		refused = err
		return nil
	})
	return refused
}

func TestWherePointsDoNotPayNobodyIsOffered(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		if offers(one(t, p.says("меню")), "pay:code") {
			t.Error("the menu offers to pay")
		}
		if m := one(t, p.says("оплатить баллами")); !strings.HasPrefix(m.Text, "В этой акции баллами не платят") {
			t.Errorf("%q", m.Text)
		}
	})
}

func TestWhoHasNoPointsGetsNoCode(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.paying()
		p := w.person("anna").registers()
		p.earns("receipt:1", campaigns.Reward{Points: 50})
		p.presses("prize:take:ozon-300")
		w.stock("CODE-1")
		p.presses("prize:yes:*")
		if m := one(t, p.says("/pay")); !strings.HasPrefix(m.Text, "Баллов пока нет") {
			t.Errorf("%q", m.Text)
		}
	})
}

func TestAPaymentIsToldInShort(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.paying()
		p := w.person("anna").registers()
		args := map[string]any{"points": 40, "balance": 62, "shop": "Чайка"}
		for key, want := range map[string]string{
			rewards.NoticePayHeld:  "Чайка: отложили 40 баллов для оплаты. Если покупка сорвётся, они вернутся сами.",
			rewards.NoticePaid:     "Чайка: оплачено баллами — 40 баллов. На счёте 62 балла.",
			rewards.NoticePayFreed: "Чайка: вернули 40 баллов — магазин отменил оплату. На счёте 62 балла.",
			rewards.NoticePayBack:  "Вернули 40 баллов — оплата не завершилась. На счёте 62 балла.",
		} {
			if m := one(t, p.isTold("", key, args)); m.Text != want {
				t.Errorf("%s: %q, want %q", key, m.Text, want)
			}
		}
		if m := one(t, p.says("правила")); !strings.Contains(m.Text, "до 70 % цены: 1 балл — 1\u00a0₽") {
			t.Errorf("the rules: %q", m.Text)
		}
	})
}

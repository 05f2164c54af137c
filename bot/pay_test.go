package bot_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"promobot/bot"
	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/rewards"
)

// paying is a world whose campaign takes points.
func (w *world) paying() *world {
	w.Helper()
	w.rooms.Cashier = rewards.NewCashier(w.db, w.vault, w.rooms.Desk, w.rooms.Book)
	w.restart()
	w.must(func(ctx context.Context, tx *store.Tx) error {
		later := terms()
		later.Pay = campaigns.Pay{Share: 70, KopecksPerPoint: 1_00, HoldMinutes: 15}
		later.EffectiveFrom = noon
		_, _, err := w.rooms.Book.Apply(ctx, tx, later)
		return err
	})
	return w
}

func has(m bot.Outgoing, button string) bool {
	for _, b := range m.Buttons {
		if b.ID == button {
			return true
		}
	}
	return false
}

var codeShown = regexp.MustCompile(`\b\d{4} \d{4}\b`)

func TestACodeIsGivenWherePointsPay(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.paying()
		p := w.person("anna").registers()
		if !has(one(t, p.says("меню")), "pay:code") {
			t.Error("the menu does not offer to pay")
		}
		m := one(t, p.says("/pay"))
		code := codeShown.FindString(m.Text)
		if code == "" || len(m.Marks) != 1 || m.Marks[0].Text != code || !strings.Contains(m.Text, "70 %") || !strings.Contains(m.Text, "10 баллов") {
			t.Fatalf("%+v", m)
		}
		next := codeShown.FindString(one(t, p.presses("pay:code")).Text)
		ask := func(code string) (err error) {
			_ = w.db.InTx(t.Context(), func(tx *store.Tx) error {
				items := []rewards.PayItem{{Price: 100_00, Quantity: 1}}
				_, err = w.rooms.Cashier.Quote(t.Context(), tx, rewards.Shop{ID: 1, Name: "Чайка"}, code, "1", items)
				return errors.New("only asked")
			})
			return err
		}
		w.must(func(_ context.Context, tx *store.Tx) error {
			return tx.Exec("INSERT INTO tills (key_id, name, secret_sealed, created_at) VALUES ('k', 'Чайка', ?, ?)", []byte{1}, tx.Now()).Error
		})
		if err := ask(code); !errors.Is(err, rewards.ErrCode) {
			t.Errorf("the older code: %v, want ErrCode", err)
		}
		if err := ask(next); err != nil {
			t.Errorf("the newest code: %v", err)
		}
	})
}

func TestWherePointsDoNotPayNobodyIsOffered(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		if has(one(t, p.says("меню")), "pay:code") {
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

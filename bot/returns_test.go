package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"promobot/bot"
	"promobot/campaigns"
	"promobot/internal/store"
	"promobot/points"
	"promobot/receipts"
	"promobot/rewards"
)

// TestReturnsAreSaid: what a refund meant, in the words of the journeys.
func TestReturnsAreSaid(t *testing.T) {
	mug := []any{map[string]any{"title": "Кружка", "title_en": "Mug"}}
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		for _, tt := range []struct {
			key  string
			args map[string]any
			want string
		}{
			{receipts.NoticeReturned, map[string]any{"refund": 560_00, "points": 5, "balance": 57},
				"По чеку был возврат 560 ₽, вернули 5 баллов. Баланс 57."},
			{receipts.NoticeReturned, map[string]any{"refund": 560_00, "points": 0, "balance": 57},
				"По чеку был возврат 560 ₽. Баллы не изменились, баланс 57."},
			{receipts.NoticeReturned, map[string]any{"refund": 560_00, "points": 5, "balance": 0, "debt": 3},
				"По чеку был возврат 560 ₽, вернули 5 баллов. Баланс 0.\nДолг теперь — 3 балла: его закроют следующие начисления."},
			{receipts.NoticeReturned, map[string]any{"refund": 560_00, "points": 5, "balance": 0, "debt": 3, "blocked": true},
				"По чеку был возврат 560 ₽, вернули 5 баллов. Баланс 0.\nДолг теперь — 3 балла: его закроют следующие начисления. До этого призы не выдаём."},
			{receipts.NoticeReturned, map[string]any{"refund": 560_00, "points": 2, "short": 3, "balance": 0},
				"По чеку был возврат 560 ₽, вернули 2 балла. Баланс 0.\nОстальное прощаем — долга нет."},
			{receipts.NoticeReturned, map[string]any{"refund": 560_00, "points": 60, "balance": 12, "withdrawn": mug},
				"По чеку был возврат 560 ₽, вернули 60 баллов. Баланс 12.\nСертификат «Кружка» отозван: его код ещё не открывали."},
			{receipts.NoticeReturned, nil, "Об этом возврате уже известно: он учтён, второй раз баллы не спишутся."},
			{receipts.NoticeReversed, map[string]any{"refund": 1240_00, "date": "2026-06-14T13:05:00Z", "points": 62, "balance": 0},
				"Специалист пересмотрел чек от 14 июня: сняли 62 балла. Баланс 0. Если это ошибка, напишите организатору — он назван в правилах."},
			{rewards.NoticeFree, map[string]any{"points": 12, "balance": 72}, "Срок возврата вышел, и 12 баллов теперь ваши. На счёте 72 балла."},
			{rewards.NoticeFree, map[string]any{"points": 12, "balance": 2, "repaid": 10},
				"Срок возврата вышел, и 12 баллов теперь ваши. На счёте 2 балла.\nИз них 10 баллов закрыли долг после возврата."},
		} {
			if got := spaced(one(w, p.isTold("", tt.key, tt.args)).Text); got != tt.want {
				t.Errorf("%s %v:\n%s\nwant\n%s", tt.key, tt.args, got, tt.want)
			}
		}
		m := one(w, p.isTold("", receipts.NoticeAccepted, about(map[string]any{"points": 12, "balance": 0, "until": "2026-06-28T10:00:00Z", "repaid": 2})))
		if !strings.Contains(spaced(m.Text), "Баллы придут 28 июня, когда выйдет срок возврата.\nИз них 2 балла закрыли долг") {
			t.Errorf("accepted: %s", m.Text)
		}
	})
}

// TestDebtBarsPrizes: what waits and what is owed is seen in the balance, and a
// debt bars prizes and codes that were not shown, with words.
func TestDebtBarsPrizes(t *testing.T) {
	eachWorld(t, func(w *world) {
		t := terms()
		t.Slug, t.Returns = "block", campaigns.Returns{Points: campaigns.Block, Prizes: campaigns.Keep, WindowDays: 14}
		w.must(func(ctx context.Context, tx *store.Tx) error {
			_, _, err := w.rooms.Book.Apply(ctx, tx, t)
			return err
		})
		w.stock("AAAA-1111", "AAAA-2222")
		p := w.person("anna").registers()
		p.earns("receipt:1", campaigns.Reward{Points: 60})
		p.presses("prize:take:ozon-300")
		p.presses("prize:yes:*")
		p.earns("receipt:2", campaigns.Reward{Points: 12, Until: noon.Add(14 * 24 * time.Hour)})
		p.lose("receipt:1", 90)
		said(w, p.says("баланс"), "На счёте 0 баллов.\nЖдут срока возврата: 12 баллов. Придут 28 июня.\nДолг после возврата: 80 баллов.")
		said(w, p.presses("prize:take:ozon-300"), "Сначала закроем долг после возврата: 80 баллов.")
		said(w, p.presses("cert:show:1"), "Сначала закроем долг после возврата: 80 баллов.")
		said(w, p.says("правила"), "• Покупку вернули в магазин — баллы за неё снимаются.\n• Баллы приходят через 14 дней после покупки")
		p.earns("receipt:3", campaigns.Reward{Points: 80})
		said(w, p.presses("cert:show:1"), "AAAA-1111")
	})
}

// TestWithdrawnCertificateIsShut: its code is never seen.
func TestWithdrawnCertificateIsShut(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.stock("AAAA-1111")
		p := w.person("anna").registers()
		p.earns("receipt:1", campaigns.Reward{Points: 60})
		p.presses("prize:take:ozon-300")
		p.presses("prize:yes:*")
		w.must(func(ctx context.Context, tx *store.Tx) error {
			_, ok, err := w.rooms.Shop.Withdraw(ctx, tx, 1)
			if !ok {
				w.Error("not withdrawn")
			}
			return err
		})
		said(w, p.presses("cert:show:1"), "Этот сертификат отозван")
		if m := one(w, p.says("мои сертификаты")); strings.Contains(m.Text, "Ozon") {
			t.Errorf("the list has it: %s", m.Text)
		}
	})
}

func said(w *world, heard []bot.Outgoing, want string) {
	w.Helper()
	if m := one(w, heard); !strings.Contains(spaced(m.Text), want) {
		w.Errorf("said %q, want %q", m.Text, want)
	}
}

// lose takes points of a receipt back.
func (p *person) lose(receipt string, n points.Amount) {
	p.Helper()
	p.must(func(ctx context.Context, tx *store.Tx) error {
		v, err := p.rooms.Book.Newest(ctx, tx.DB)
		if err != nil {
			return err
		}
		id := p.id()
		if err := p.rooms.People.Lock(ctx, tx, id); err != nil {
			return err
		}
		_, err = p.rooms.Desk.TakeBack(ctx, tx, rewards.Back{Version: v, ParticipantID: id, Subject: receipt, Source: receipt + "/return:1",
			Parts: campaigns.Parts{campaigns.PartLines: n}})
		return err
	})
}

// spaced writes spaces that do not break as plain ones.
func spaced(text string) string { return strings.ReplaceAll(text, "\u00a0", " ") }

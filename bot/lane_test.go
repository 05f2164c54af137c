package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"promobot/bot"
	"promobot/internal/notify"
	"promobot/internal/store"
	"promobot/receipts"
)

func TestRedeliveryHasOneEffect(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		p.heard()
		u := bot.Update{Channel: "webchat", Address: "anna", EventID: "photo", Picture: []byte("photo")}
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if err := w.bot.Accept(context.Background(), u); err != nil {
					t.Error(err)
				}
				if err := w.bot.HandleLane(context.Background(), p.address()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		one(w, p.heard())
		if n := len(w.receipts.list); n != 1 {
			t.Errorf("%d receipts, want one", n)
		}
		// Days later, when the photo itself is gone.
		p.send(u)
		if list := p.heard(); len(list) != 0 {
			t.Errorf("a repeat is answered: %+v", list)
		}
	})
}

func TestAlbumIsAnsweredInOrder(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		p.heard()
		for i := range 5 {
			u := bot.Update{Channel: "webchat", Address: "anna", EventID: fmt.Sprint("album-", i), Picture: fmt.Append(nil, "photo ", i)}
			if err := w.bot.Accept(context.Background(), u); err != nil {
				t.Fatal(err)
			}
		}
		var all sync.WaitGroup
		for range 4 { // several workers on one lane
			all.Go(func() {
				if err := w.bot.HandleLane(context.Background(), p.address()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if list := p.heard(); len(list) != 5 {
			t.Fatalf("%d answers, want 5: %+v", len(list), list)
		}
		for i, r := range w.receipts.list {
			if want := fmt.Sprint("photo ", i); r.Code != want {
				t.Errorf("submission %d is %q, want %q", i, r.Code, want)
			}
		}
		told := p.isTold("receipt:4", "scan.cut", nil)
		if m := one(w, told); m.Edits == 0 || !strings.HasPrefix(m.Text, "Код на фото обрезан") {
			t.Errorf("%+v", m)
		}
	})
}

func TestUpdateThatCannotBeHandledIsAnswered(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		p.heard()
		w.receipts.fail = errors.New("broken on purpose")
		for i, text := range []string{"(photo)", "баланс"} {
			u := bot.Update{Channel: "webchat", Address: "anna", EventID: fmt.Sprint("bad-", i), Text: text}
			if i == 0 {
				u.Text, u.Picture = "", []byte(text)
			}
			if err := w.bot.Accept(context.Background(), u); err != nil {
				t.Fatal(err)
			}
		}
		for try := 1; try < 5; try++ {
			if err := w.bot.HandleLane(context.Background(), p.address()); err == nil {
				t.Fatalf("try %d succeeded", try)
			}
			if list := p.heard(); len(list) != 0 {
				t.Fatalf("after try %d: %+v", try, list)
			}
		}
		if err := w.bot.HandleLane(context.Background(), p.address()); err != nil {
			t.Fatal(err)
		}
		list := p.heard()
		if len(list) != 2 || !strings.HasPrefix(list[0].Text, "У нас что-то сломалось") || !strings.HasPrefix(list[1].Text, "На счёте") {
			t.Errorf("%+v, want words for the first and the lane going on", list)
		}
		var kept int64
		err := w.db.Read(context.Background()).Table("updates").Where("status = 'failed' AND picture IS NOT NULL AND tries = 5").Count(&kept).Error
		if err != nil || kept != 1 {
			t.Errorf("%d given up and kept (%v), want one", kept, err)
		}
	})
}

// panicking stands for a defect in a room below.
type panicking struct{ bot.Receipts }

func (panicking) Submit(context.Context, *store.Tx, receipts.Submission) (receipts.Receipt, error) {
	panic("broken on purpose")
}

func TestPanicStopsNobody(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		p.heard()
		w.rooms.Receipts = panicking{w.receipts}
		w.restart()
		u := bot.Update{Channel: "webchat", Address: "anna", EventID: "poison", Picture: []byte("x")}
		if err := w.bot.Accept(context.Background(), u); err != nil {
			t.Fatal(err)
		}
		for range 4 {
			if err := w.bot.HandleLane(context.Background(), p.address()); err == nil || !strings.Contains(err.Error(), "panic") {
				t.Fatalf("error %v, want the panic", err)
			}
		}
		if m := one(w, p.does("баланс")[:1]); !strings.HasPrefix(m.Text, "У нас что-то сломалось") {
			t.Errorf("%+v", m)
		}
	})
}

func TestPhotosGoWhenTheyAreHandedOn(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna")
		p.shows("early")
		p.registers()
		p.shows("later")
		var left int64
		err := w.db.Read(context.Background()).Table("updates").Where("picture IS NOT NULL").Count(&left).Error
		if err != nil || left != 0 || len(w.receipts.list) != 2 {
			t.Errorf("%d photos left (%v), %d receipts; want none and two", left, err, len(w.receipts.list))
		}
	})
}

func TestUpdatesThatCannotBeStored(t *testing.T) {
	eachWorld(t, func(w *world) {
		for _, u := range []bot.Update{
			{}, {Channel: "webchat", Address: "a"}, {Channel: "webchat", EventID: "a"}, {Address: "a", EventID: "a"},
			{Channel: "webchat", Address: "a", EventID: strings.Repeat("ж", 101)},
			{Channel: "webchat", Address: "a", EventID: "a\x00"}, {Channel: "webchat", Address: "a", EventID: "\xff"},
		} {
			if err := w.bot.Accept(context.Background(), u); !errors.Is(err, bot.ErrUpdate) {
				t.Errorf("%+v: %v, want ErrUpdate", u, err)
			}
		}
	})
}

func TestOfOneSubjectOnlyTheLastNoticeIsSaid(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna").registers()
		status := one(w, p.shows("photo"))
		id := p.id()
		p.must(func(ctx context.Context, tx *store.Tx) error {
			for _, n := range []notify.Notice{
				{Subject: "receipt:1", Key: receipts.NoticeRead, Args: about(nil)},
				{Key: "prize.back", Args: map[string]any{"prize": "mug", "title": "Кружка", "title_en": "Mug", "price": 400}},
				{Subject: "receipt:9", Key: "receipt.duplicate"},
				{Subject: "receipt:1", Key: receipts.NoticeWaiting},
			} {
				n.ParticipantID = id
				if err := notify.Tell(ctx, tx, n); err != nil {
					return err
				}
			}
			return nil
		})
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if err := w.bot.Render(context.Background(), id); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		list := p.heard()
		if len(list) != 3 {
			t.Fatalf("%d messages, want 3: %+v", len(list), list)
		}
		if list[2].Edits != status.ID || !strings.HasPrefix(list[2].Text, "Касса ещё не передала") {
			t.Errorf("%+v, want an edit of %d", list[2], status.ID)
		}
		if list[1].Edits != 0 { // a subject that has no status message yet
			t.Errorf("%+v edits what it should not", list[1])
		}
		if m := one(w, p.isTold("receipt:9", "receipt.duplicate", nil)); m.Edits != list[1].ID {
			t.Errorf("%+v, want an edit of %d", m, list[1].ID)
		}
	})
}

func TestListenersAreWokenAfterTheCommit(t *testing.T) {
	eachWorld(t, func(w *world) {
		p := w.person("anna")
		p.says("привет")
		woken, cancel := w.bot.Listen(p.address())
		defer cancel()
		p.send(bot.Update{Text: "ещё"})
		select {
		case <-woken:
		default:
			t.Error("nobody was woken by an answer")
		}
		p.isTold("", "receipt.duplicate", nil)
		select {
		case <-woken:
		default:
			t.Error("nobody was woken by a notice")
		}
		cancel()
		p.send(bot.Update{Text: "и ещё"})
		select {
		case <-woken:
			t.Error("woken after leaving")
		default:
		}
	})
}

package bot_test

import (
	"context"
	"strings"
	"testing"

	"promobot/bot"
	"promobot/bot/outbox"
)

// glaring is what the receipts' room says of a photo whose flaw it knows.
func glaring(receipt int64) map[string]any {
	return map[string]any{"receipt": receipt, "corner": "top_right", "again": true, "marked": true}
}

// TestFlawIsShown: the words edit the status of the photo, and the picture
// follows as an answer to the photo; both once.
func TestFlawIsShown(t *testing.T) {
	eachWorld(t, func(w *world) {
		anna := w.messenger("anna").registers()
		w.receipts.marked = map[int64]string{1: "jpeg"}
		anna.send(bot.Update{File: &bot.File{ID: "photo", Photo: true}, Ref: "42"})
		status := one(t, anna.heard())
		told := anna.isTold("receipt:1", "scan.glare", glaring(1))
		if len(told) != 2 {
			t.Fatalf("%d messages, want the words and the picture: %+v", len(told), told)
		}
		words, picture := told[0], told[1]
		if words.Edits != status.ID || words.Marked != 0 ||
			words.Text != "Блик закрыл правый верхний угол кода. Поверните чек от света и пришлите ещё одно фото — я сложу его с этим." {
			t.Errorf("words %+v", words)
		}
		if picture.Edits != 0 || picture.Marked != 1 || picture.ReplyTo != "42" || picture.Text != "Отметил на вашем фото: правый верхний угол кода." || len(picture.Buttons) > 0 {
			t.Errorf("picture %+v", picture)
		}
		if err := w.bot.Render(context.Background(), anna.id()); err != nil || len(anna.heard()) > 0 {
			t.Errorf("rendered again (%v)", err)
		}
		m := &messenger{}
		stop := w.dispatch(m, outbox.Telegram())
		w.drained()
		stop()
		stop = w.dispatch(m, outbox.Telegram()) // as after a crash
		w.drained()
		stop()
		sent := m.all("Отметил на вашем фото")["anna"]
		if len(sent) != 1 || string(sent[0].Picture) != "jpeg" || sent[0].replaces != "" {
			t.Errorf("sent %+v, want the picture once", sent)
		}
		for _, s := range m.all("")["anna"] {
			if len(s.Picture) > 0 && s.Marked == 0 {
				t.Errorf("a picture with %q", s.Text)
			}
		}
	})
}

// TestFlawWithoutACornerOrAStatus: there is something to say all the same.
func TestFlawWithoutACornerOrAStatus(t *testing.T) {
	eachWorld(t, func(w *world) {
		anna := w.person("anna").registers()
		anna.heard()
		told := anna.isTold("receipt:1", "scan.blurred", map[string]any{"receipt": 1, "marked": true})
		if len(told) != 2 || told[0].Edits != 0 || !strings.HasPrefix(told[0].Text, "Фото смазано") ||
			told[1].Text != "Отметил на вашем фото, где код не читается." || told[1].ReplyTo != "" {
			t.Errorf("told %+v", told)
		}
		if told := anna.isTold("receipt:2", "scan.blurred", map[string]any{"receipt": 2}); len(told) != 1 {
			t.Errorf("told %+v, want the words alone", told)
		}
	})
}

// TestPictureIsOfItsReaderAlone: no other address gets it, and no other message
// has one.
func TestPictureIsOfItsReaderAlone(t *testing.T) {
	eachWorld(t, func(w *world) {
		ctx := context.Background()
		anna, boris := w.person("anna").registers(), w.person("boris").registers()
		anna.heard()
		w.receipts.marked = map[int64]string{1: "jpeg"}
		told := anna.isTold("receipt:1", "scan.glare", glaring(1))
		for _, tt := range []struct {
			name             string
			address, message int64
			want             string
		}{
			{"the reader's", anna.address(), told[1].ID, "jpeg"},
			{"another's", boris.address(), told[1].ID, ""},
			{"words", anna.address(), told[0].ID, ""},
			{"no message", anna.address(), told[1].ID + 100, ""},
		} {
			if got, err := w.bot.Picture(ctx, tt.address, tt.message); err != nil || string(got) != tt.want {
				t.Errorf("%s: %q (%v), want %q", tt.name, got, err, tt.want)
			}
		}
	})
}

// TestPictureThatIsGone does not hold up what stands behind it.
func TestPictureThatIsGone(t *testing.T) {
	eachWorld(t, func(w *world) {
		anna := w.messenger("anna").registers()
		anna.isTold("receipt:1", "scan.glare", glaring(1))
		anna.isTold("receipt:2", "scan.cut", map[string]any{"receipt": 2})
		m := &messenger{}
		defer w.dispatch(m, outbox.Telegram())()
		w.drained()
		if n := len(m.all("Отметил")["anna"]); n != 0 {
			t.Errorf("%d captions without a picture", n)
		}
		if n := len(m.all("Код на фото обрезан")["anna"]); n != 1 {
			t.Errorf("%d messages behind it, want one", n)
		}
	})
}

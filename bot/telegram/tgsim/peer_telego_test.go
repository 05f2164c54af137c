package tgsim_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/mymmrac/telego"
	tu "github.com/mymmrac/telego/telegoutil"
)

// TestTelego meets a bot on github.com/mymmrac/telego, which sends JSON, and
// multipart forms for uploads.
func TestTelego(t *testing.T) {
	t.Run("long polling", func(t *testing.T) {
		w := peerSim(t)
		b := newTelego(t, w)
		ctx, stop := context.WithCancel(context.Background())
		updates, err := b.UpdatesViaLongPolling(ctx, &telego.GetUpdatesParams{Timeout: 20})
		if err != nil {
			t.Fatal(err)
		}
		listen(t, b, updates, stop)
		meet(t, w)
	})
	t.Run("webhook", func(t *testing.T) {
		w := peerSim(t)
		b := newTelego(t, w)
		mux := http.NewServeMux()
		server := httptest.NewServer(mux)
		t.Cleanup(server.Close)
		ctx, stop := context.WithCancel(context.Background())
		updates, err := b.UpdatesViaWebhook(ctx, telego.WebhookHTTPServeMux(mux, "POST /hook", b.SecretToken()),
			telego.WithWebhookSet(t.Context(), &telego.SetWebhookParams{URL: server.URL + "/hook", SecretToken: b.SecretToken()}))
		if err != nil {
			t.Fatal(err)
		}
		listen(t, b, updates, stop)
		meet(t, w)
	})
}

func newTelego(t *testing.T, w *world) *telego.Bot {
	t.Helper()
	b, err := telego.NewBot(peerToken, telego.WithAPIServer(w.url), telego.WithHTTPClient(http.DefaultClient), telego.WithDiscardLogger())
	if err != nil {
		t.Fatal(err)
	}
	menu := []telego.BotCommand{{Command: "start", Description: "Start"}}
	if err := b.SetMyCommands(t.Context(), &telego.SetMyCommandsParams{Commands: menu}); err != nil {
		t.Fatal(err)
	}
	return b
}

// listen answers updates until the test ends.
func listen(t *testing.T, b *telego.Bot, updates <-chan telego.Update, stop func()) {
	var done sync.WaitGroup
	done.Go(func() {
		for u := range updates {
			if err := reflect(context.Background(), b, u); err != nil {
				t.Errorf("telego: %v", err)
			}
		}
	})
	t.Cleanup(func() {
		stop()
		done.Wait()
	})
}

// reflect does what the bot of peers_test.go does.
func reflect(ctx context.Context, b *telego.Bot, u telego.Update) error {
	switch {
	case u.CallbackQuery != nil:
		q := u.CallbackQuery
		_, err := b.EditMessageText(ctx, &telego.EditMessageTextParams{ChatID: tu.ID(q.From.ID), MessageID: q.Message.GetMessageID(), Text: "Gone"})
		return errors.Join(err, b.AnswerCallbackQuery(ctx, tu.CallbackQuery(q.ID).WithText("ok")))
	case len(u.Message.Photo) > 0:
		return reflectPhoto(ctx, b, u.Message)
	case u.Message.Document != nil:
		return reflectDocument(ctx, b, u.Message)
	case u.Message.Text == "/start":
		_, err := b.SendMessage(ctx, tu.Message(tu.ID(u.Message.Chat.ID), "Hello <b>"+u.Message.From.FirstName+"</b>").WithParseMode(telego.ModeHTML).
			WithReplyMarkup(tu.InlineKeyboard(tu.InlineKeyboardRow(tu.InlineKeyboardButton("Go").WithCallbackData("go")))))
		return err
	}
	id := tu.ID(u.Message.Chat.ID)
	_, err := b.SendMessage(ctx, tu.Message(id, u.Message.Text).WithReplyParameters(&telego.ReplyParameters{MessageID: u.Message.MessageID}))
	return errors.Join(err, b.DeleteMessage(ctx, tu.Delete(id, u.Message.MessageID)))
}

func reflectPhoto(ctx context.Context, b *telego.Bot, in *telego.Message) error {
	largest := in.Photo[len(in.Photo)-1]
	content, err := takeFile(ctx, b, largest.FileID)
	if err != nil {
		return err
	}
	id := tu.ID(in.Chat.ID)
	caption := fmt.Sprintf("%dx%d", largest.Width, largest.Height)
	if _, err := b.SendPhoto(ctx, tu.Photo(id, tu.FileFromBytes(content, "p.jpg")).WithCaption(caption)); err != nil {
		return err
	}
	_, err = b.SendMediaGroup(ctx, tu.MediaGroup(id,
		tu.MediaPhoto(tu.FileFromBytes(content, "a.jpg")), tu.MediaPhoto(tu.FileFromBytes(content, "b.jpg"))))
	return err
}

func reflectDocument(ctx context.Context, b *telego.Bot, in *telego.Message) error {
	content, err := takeFile(ctx, b, in.Document.FileID)
	if err != nil {
		return err
	}
	id := tu.ID(in.Chat.ID)
	if _, err := b.SendDocument(ctx, tu.Document(id, tu.FileFromID(in.Document.FileID)).WithCaption(in.Document.FileName)); err != nil {
		return err
	}
	sticker := telego.InputSticker{Sticker: tu.FileFromBytes(content, "s.png"), Format: telego.StickerStatic, EmojiList: []string{"🎉"}}
	err = b.CreateNewStickerSet(ctx, &telego.CreateNewStickerSetParams{
		UserID: in.From.ID, Name: peerSet, Title: "Mirror", Stickers: []telego.InputSticker{sticker},
	})
	if err != nil {
		return err
	}
	set, err := b.GetStickerSet(ctx, &telego.GetStickerSetParams{Name: peerSet})
	if err != nil {
		return err
	}
	_, err = b.SendSticker(ctx, tu.Sticker(id, tu.FileFromID(set.Stickers[0].FileID)))
	return err
}

func takeFile(ctx context.Context, b *telego.Bot, id string) ([]byte, error) {
	f, err := b.GetFile(ctx, &telego.GetFileParams{FileID: id})
	if err != nil {
		return nil, err
	}
	return fetch(ctx, b.FileDownloadURL(f.FilePath))
}

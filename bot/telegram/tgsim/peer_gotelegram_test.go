package tgsim_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// TestGoTelegram meets a bot on github.com/go-telegram/bot, which sends
// multipart forms.
func TestGoTelegram(t *testing.T) {
	t.Run("long polling", func(t *testing.T) {
		w := peerSim(t)
		b := newMirror(t, w)
		running(t, b.Start)
		meet(t, w)
	})
	t.Run("webhook", func(t *testing.T) {
		w := peerSim(t)
		b := newMirror(t, w, bot.WithWebhookSecretToken("s3cret_-A"))
		server := httptest.NewServer(b.WebhookHandler())
		t.Cleanup(server.Close)
		running(t, b.StartWebhook)
		if _, err := b.SetWebhook(t.Context(), &bot.SetWebhookParams{URL: server.URL, SecretToken: "s3cret_-A"}); err != nil {
			t.Fatal(err)
		}
		meet(t, w)
	})
}

// running lets a bot run until the test ends.
func running(t *testing.T, run func(context.Context)) {
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { run(ctx) })
	t.Cleanup(func() {
		stop()
		done.Wait()
	})
}

// mirror is the bot of peers_test.go.
type mirror struct{ t *testing.T }

func newMirror(t *testing.T, w *world, options ...bot.Option) *bot.Bot {
	t.Helper()
	m := mirror{t}
	options = append(options, bot.WithServerURL(w.url), bot.WithDefaultHandler(m.handle), bot.WithHTTPClient(5*time.Second, http.DefaultClient),
		bot.WithErrorsHandler(func(err error) { t.Logf("go-telegram: %v", err) }), bot.WithWorkers(1), bot.WithNotAsyncHandlers())
	b, err := bot.New(peerToken, options...)
	if err != nil {
		t.Fatal(err)
	}
	menu := []models.BotCommand{{Command: "start", Description: "Start"}}
	if _, err := b.SetMyCommands(t.Context(), &bot.SetMyCommandsParams{Commands: menu}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (m mirror) handle(ctx context.Context, b *bot.Bot, u *models.Update) {
	var err error
	switch {
	case u.CallbackQuery != nil:
		err = m.press(ctx, b, u.CallbackQuery)
	case len(u.Message.Photo) > 0:
		err = m.photo(ctx, b, u.Message)
	case u.Message.Document != nil:
		err = m.document(ctx, b, u.Message)
	case u.Message.Text == "/start":
		_, err = b.SendMessage(ctx, &bot.SendMessageParams{
			ChatID: u.Message.Chat.ID, Text: "Hello <b>" + u.Message.From.FirstName + "</b>", ParseMode: models.ParseModeHTML,
			ReplyMarkup: models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "Go", CallbackData: "go"}}}},
		})
	default:
		err = m.echo(ctx, b, u.Message)
	}
	if err != nil && ctx.Err() == nil {
		m.t.Errorf("go-telegram: %v", err)
	}
}

func (m mirror) press(ctx context.Context, b *bot.Bot, q *models.CallbackQuery) error {
	if _, err := b.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: q.ID, Text: "ok"}); err != nil {
		return err
	}
	_, err := b.EditMessageText(ctx, &bot.EditMessageTextParams{ChatID: q.From.ID, MessageID: q.Message.Message.ID, Text: "Gone"})
	return err
}

func (m mirror) photo(ctx context.Context, b *bot.Bot, in *models.Message) error {
	largest := in.Photo[len(in.Photo)-1]
	content, err := m.download(ctx, b, largest.FileID)
	if err != nil {
		return err
	}
	_, err = b.SendPhoto(ctx, &bot.SendPhotoParams{
		ChatID: in.Chat.ID, Caption: fmt.Sprintf("%dx%d", largest.Width, largest.Height),
		Photo: &models.InputFileUpload{Filename: "p.jpg", Data: bytes.NewReader(content)},
	})
	if err != nil {
		return err
	}
	_, err = b.SendMediaGroup(ctx, &bot.SendMediaGroupParams{ChatID: in.Chat.ID, Media: []models.InputMedia{
		&models.InputMediaPhoto{Media: "attach://a.jpg", MediaAttachment: bytes.NewReader(content)},
		&models.InputMediaPhoto{Media: "attach://b.jpg", MediaAttachment: bytes.NewReader(content)},
	}})
	return err
}

func (m mirror) document(ctx context.Context, b *bot.Bot, in *models.Message) error {
	content, err := m.download(ctx, b, in.Document.FileID)
	if err != nil {
		return err
	}
	_, err = b.SendDocument(ctx, &bot.SendDocumentParams{
		ChatID: in.Chat.ID, Document: &models.InputFileString{Data: in.Document.FileID}, Caption: in.Document.FileName,
	})
	if err != nil {
		return err
	}
	_, err = b.CreateNewStickerSet(ctx, &bot.CreateNewStickerSetParams{UserID: in.From.ID, Name: peerSet, Title: "Mirror", Stickers: []models.InputSticker{{
		Sticker: "attach://s.png", Format: "static", EmojiList: []string{"🎉"}, StickerAttachment: bytes.NewReader(content),
	}}})
	if err != nil {
		return err
	}
	set, err := b.GetStickerSet(ctx, &bot.GetStickerSetParams{Name: peerSet})
	if err != nil {
		return err
	}
	_, err = b.SendSticker(ctx, &bot.SendStickerParams{ChatID: in.Chat.ID, Sticker: &models.InputFileString{Data: set.Stickers[0].FileID}})
	return err
}

func (m mirror) echo(ctx context.Context, b *bot.Bot, in *models.Message) error {
	_, err := b.SendMessage(ctx, &bot.SendMessageParams{ChatID: in.Chat.ID, Text: in.Text, ReplyParameters: &models.ReplyParameters{MessageID: in.ID}})
	if err != nil {
		return err
	}
	_, err = b.DeleteMessage(ctx, &bot.DeleteMessageParams{ChatID: in.Chat.ID, MessageID: in.ID})
	return err
}

func (m mirror) download(ctx context.Context, b *bot.Bot, id string) ([]byte, error) {
	f, err := b.GetFile(ctx, &bot.GetFileParams{FileID: id})
	if err != nil {
		return nil, err
	}
	return fetch(ctx, b.FileDownloadLink(f))
}

// fetch reads an address.
func fetch(ctx context.Context, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", response.StatusCode)
	}
	return io.ReadAll(response.Body)
}

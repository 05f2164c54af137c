package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"promobot/bot"
	"promobot/bot/outbox"
	"promobot/bot/telegram"
	"promobot/bot/webchat"
	"promobot/internal/config"
	"promobot/internal/store"
	"promobot/receipts"
)

// traits are what our messengers can do, whether they are configured or not:
// what is said while one is away waits for it.
var traits = map[string]bot.Traits{
	telegram.Name:   {Pushed: true, Contacts: true, Stickers: true},
	webchat.Channel: {Stickers: true},
}

// messenger is a channel that messages are pushed to, with all that serves it.
type messenger struct {
	client     *telegram.Client
	channel    *telegram.Channel
	door       *telegram.Door
	dispatcher *outbox.Dispatcher
}

// newMessenger is the client's side of Telegram; nil without a token.
func newMessenger(c config.Telegram, db *store.DB, log *slog.Logger) *messenger {
	if c.Token == "" {
		return nil
	}
	client := telegram.NewClient(c.Endpoint, c.Token.Reveal())
	return &messenger{client: client, channel: telegram.NewChannel(client, offeredStickers{client, bot.NewStickerShelf(db)}, log)}
}

// join connects the messenger with the talk.
func (m *messenger) join(c config.Telegram, a *app) {
	if m == nil {
		return
	}
	var webhook telegram.Webhook
	if c.Mode == "webhook" {
		webhook = telegram.Webhook{URL: c.WebhookURL, Secret: c.WebhookSecret.Reveal()}
	}
	m.door = telegram.New(m.client, a.bot, webhook, a.log)
	m.dispatcher = outbox.New(a.db, a.bot.Courier(m.channel), outbox.Config{
		Channel: telegram.Name, Limits: outbox.Telegram(), Parallel: lettersAtOnce, Clock: time.Now, Logger: a.log, Unreachable: a.people.Close,
	})
}

// lettersAtOnce is how many letters are under way; the limits of the messenger
// are reached with fewer unless it is slow.
const lettersAtOnce = 16

// open adds the messenger's address to the doors.
func (m *messenger) open(mux *http.ServeMux, ready map[string]any) {
	if m == nil {
		return
	}
	mux.Handle(telegramWebhook, m.door.Webhook())
	ready["webhook"] = map[string]string{telegram.Name: telegramWebhook}
}

const telegramWebhook = "/telegram/webhook"

// start takes updates in and brings messages out. closeIn ends the intake, and
// closeOut, when the jobs have ended, the rest.
func (m *messenger) start(ctx context.Context, a *app) (closeIn, closeOut func()) {
	if m == nil {
		return func() {}, func() {}
	}
	in, stopIn := context.WithCancel(ctx)
	out, stopOut := context.WithCancel(context.WithoutCancel(ctx))
	var intake, outlet sync.WaitGroup
	intake.Go(func() { a.leads(in, "intake/"+telegram.Name, m.door.Run) })
	outlet.Go(func() {
		if err := m.dispatcher.Run(out); err != nil {
			a.log.Error("outbox", "channel", telegram.Name, "error", err)
		}
	})
	outlet.Go(func() { m.kick(out, a.bot) })
	return func() { stopIn(); intake.Wait() }, func() { stopOut(); outlet.Wait() }
}

// kick passes on that something was said.
func (m *messenger) kick(ctx context.Context, b *bot.Bot) {
	woken, cancel := b.ListenAll()
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return
		case <-woken:
			m.dispatcher.Kick()
		}
	}
}

func (a *app) leads(ctx context.Context, name string, run func(ctx context.Context) error) {
	if err := a.db.Lead(ctx, name, run); err != nil {
		a.log.Error(name, "error", err)
	}
}

// keptFiles finds the channel that keeps a file by its reference:
// "telegram:FILEID".
type keptFiles struct{ telegram *messenger }

// errNoChannel reports a file of a channel that is not configured any more.
var errNoChannel = errors.New("the channel of the file is not configured")

// Fetch reads the file, at most limit bytes.
func (f keptFiles) Fetch(ctx context.Context, ref string, limit int64) ([]byte, error) {
	name, id, _ := strings.Cut(ref, ":")
	if name != telegram.Name || f.telegram == nil {
		return nil, fmt.Errorf("%s: %w", name, errNoChannel)
	}
	content, err := f.telegram.channel.Fetch(ctx, id, limit)
	switch {
	case errors.Is(err, telegram.ErrTooBig):
		return nil, fmt.Errorf("%w: %w", receipts.ErrFileTooLarge, err)
	case errors.Is(err, telegram.ErrFileGone):
		return nil, fmt.Errorf("%w: %w", receipts.ErrFileGone, err)
	}
	return content, err
}

package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"promobot/bot"
)

// Inbox stores updates; *bot.Bot does. AcceptAll is one transaction. The same
// events again change nothing.
type Inbox interface {
	Accept(ctx context.Context, u bot.Update) error
	AcceptAll(ctx context.Context, list []bot.Update) error
}

// Webhook is where the service brings updates. Without a URL they are polled.
type Webhook struct {
	URL    string // public, https
	Secret string // 1 to 256 of A-Z a-z 0-9 _ -
}

// Door is where updates come in. It is safe for use by many goroutines.
type Door struct {
	client  *Client
	inbox   Inbox
	webhook Webhook
	log     *slog.Logger
	presses *presses
	pause   func(ctx context.Context, d time.Duration) // ends early with ctx
}

// New returns a door through which updates come to the inbox. The log hears of
// faults of the service and of how many updates could not be read, never of
// what is in them.
func New(client *Client, inbox Inbox, webhook Webhook, log *slog.Logger) *Door {
	return &Door{client: client, inbox: inbox, webhook: webhook, log: log, presses: newPresses(client, log), pause: sleep}
}

// Run polls, or has the service call the webhook, and sets the menu of commands,
// until ctx ends; then it returns nil. Of all replicas only one may run it at a
// time. It does not need the service to be there: everything is tried again.
func (d *Door) Run(ctx context.Context) error {
	var running sync.WaitGroup
	running.Go(func() { d.introduce(ctx) })
	if d.webhook.URL == "" {
		d.poll(ctx)
	} else {
		d.install(ctx)
	}
	running.Wait()
	d.presses.close()
	return nil
}

// sleep waits for d or for the end of ctx.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// take stores a batch in one transaction and then answers its presses. After an
// error nothing may be confirmed.
func (d *Door) take(ctx context.Context, batch []json.RawMessage) (last int64, err error) {
	var updates []bot.Update
	var pressed []string
	broken := 0
	for _, raw := range batch {
		a := decode(raw)
		last = max(last, a.id)
		if a.broken {
			broken++
		}
		if a.update != nil {
			updates = append(updates, *a.update)
		}
		if a.press != "" {
			pressed = append(pressed, a.press)
		}
	}
	if broken > 0 {
		d.log.Error("telegram: updates skipped that cannot be read", "updates", broken)
	}
	if err := d.store(ctx, updates); err != nil {
		return 0, err
	}
	d.presses.answer(ctx, pressed)
	return last, nil
}

// store stores all or, if one of them is no update by the talk's rules, each of
// the others.
func (d *Door) store(ctx context.Context, updates []bot.Update) error {
	if len(updates) == 0 {
		return nil
	}
	err := d.inbox.AcceptAll(ctx, updates)
	if !errors.Is(err, bot.ErrUpdate) {
		return err
	}
	for _, u := range updates {
		err := d.inbox.Accept(ctx, u)
		if errors.Is(err, bot.ErrUpdate) {
			d.log.Error("telegram: an update skipped that the talk refuses", "update", u.EventID)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

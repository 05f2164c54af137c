package telegram

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"promobot/bot"
)

// Briefly runs the door until it has paused so often, without waiting.
func Briefly(t *testing.T, d *Door, pauses int) []time.Duration {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var list []time.Duration
	d.pause = func(ctx context.Context, wait time.Duration) {
		list = append(list, wait)
		if len(list) >= pauses {
			cancel()
		}
	}
	if d.webhook.URL == "" {
		d.poll(ctx)
	} else {
		d.install(ctx)
	}
	d.presses.wait()
	return list
}

// Introduce runs the introduction until it is done or has paused so often.
func Introduce(t *testing.T, d *Door, pauses int) []time.Duration {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var list []time.Duration
	d.pause = func(_ context.Context, wait time.Duration) {
		if list = append(list, wait); len(list) >= pauses {
			cancel()
		}
	}
	d.introduce(ctx)
	return list
}

// Decode reads an update as it came; nil if there is nothing to store.
func Decode(raw string) (update *bot.Update, press string, broken bool) {
	a := decode(json.RawMessage(raw))
	return a.update, a.press, a.broken
}

// Installed sets the webhook until ctx ends, without waiting.
func Installed(ctx context.Context, d *Door) []time.Duration {
	var list []time.Duration
	d.pause = func(_ context.Context, wait time.Duration) { list = append(list, wait) }
	d.install(ctx)
	return list
}

// Hasty makes the pauses of the door a moment.
func Hasty(d *Door) *Door {
	d.pause = func(ctx context.Context, _ time.Duration) { sleep(ctx, 10*time.Millisecond) }
	return d
}

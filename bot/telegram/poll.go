package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"promobot/internal/failpoint"
)

const (
	mostPolled = 100
	// firstPause and longestPause bound the doubling pause after faults.
	firstPause   = time.Second
	longestPause = 30 * time.Second
	// rivalPause leaves another poller time to end.
	rivalPause = 5 * time.Second
	// idlePause is after every call that brought nothing: simple servers do not
	// hold a call until something happens.
	idlePause = 100 * time.Millisecond
)

// poller asks for updates, one call after another.
type poller struct {
	door    *Door
	offset  int64 // the first update that is not stored yet; 0: where the service stands
	cleared bool  // there is no webhook, which would keep the updates from us
	pause   time.Duration
}

// poll asks for updates until ctx ends.
func (d *Door) poll(ctx context.Context) {
	p := &poller{door: d}
	for ctx.Err() == nil {
		n, err := p.step(ctx)
		if err == nil {
			p.pause = 0
			if n == 0 {
				d.pause(ctx, idlePause)
			}
			continue
		}
		if ctx.Err() != nil {
			return
		}
		wait := p.after(err)
		d.log.Warn("telegram: no updates", "error", err, "wait", wait)
		d.pause(ctx, wait)
	}
}

// step brings one batch in. What is stored is confirmed by the next call.
func (p *poller) step(ctx context.Context) (n int, err error) {
	if err := p.clear(ctx); err != nil {
		return 0, err
	}
	batch, err := p.ask(ctx)
	if err != nil || len(batch) == 0 {
		return 0, err
	}
	last, err := p.door.take(ctx, batch)
	if err != nil {
		return 0, fmt.Errorf("store %d updates: %w", len(batch), err)
	}
	failpoint.Pass(failpoint.PollConfirming)
	again := last < p.offset
	p.offset = last + 1
	if again {
		return 0, errNumbers
	}
	return len(batch), nil
}

func (p *poller) ask(ctx context.Context) ([]json.RawMessage, error) {
	params := Params{"timeout": int(pollTime / time.Second), "limit": mostPolled, "allowed_updates": allowedUpdates}
	if p.offset != 0 {
		params["offset"] = p.offset
	}
	result, err := p.door.client.Call(ctx, "getUpdates", params)
	if err != nil {
		return nil, err
	}
	var batch []json.RawMessage
	if json.Unmarshal(result, &batch) != nil {
		return nil, errors.New("telegram getUpdates: its result is no list")
	}
	return batch, nil
}

// errNumbers makes a pause when numbers do not grow. The service begins anew
// after a quiet week, and then it is right; a server that always brings the
// same must not keep us busy.
var errNumbers = errors.New("telegram getUpdates: the numbers of updates went back")

// clear takes a webhook away, once.
func (p *poller) clear(ctx context.Context) error {
	if p.cleared {
		return nil
	}
	_, err := p.door.client.Call(ctx, "deleteWebhook", Params{"drop_pending_updates": false})
	if err == nil || unknownMethod(err) {
		p.cleared = true
		return nil
	}
	return err
}

// unknownMethod reports a server that lacks the method, as simple ones do.
func unknownMethod(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == 404
}

// after is how long to wait after an error.
func (p *poller) after(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		switch {
		case e.Code == 429:
			return e.later().After
		case e.Code == 409 && e.says("webhook"):
			p.cleared = false // somebody has set one: our configuration says poll
			return rivalPause
		case e.Code == 409:
			return rivalPause
		}
	}
	p.pause = min(max(2*p.pause, firstPause), longestPause)
	return p.pause
}

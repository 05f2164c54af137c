package telegram

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// mostAnswers are on their way at a time; those that wait behind them are
	// few, since the spinner they end goes away by itself.
	mostAnswers = 8
	mostWaiting = 1000
	pressTime   = 10 * time.Second
)

// presses ends the spinner on pressed buttons. Nothing hangs on it: what fails
// is forgotten.
type presses struct {
	client *Client
	log    *slog.Logger

	mu      sync.Mutex
	waiting []string
	working int
	idle    *sync.Cond
}

func newPresses(client *Client, log *slog.Logger) *presses {
	p := &presses{client: client, log: log}
	p.idle = sync.NewCond(&p.mu)
	return p
}

// answer answers the presses with these ids in the background.
func (p *presses) answer(ctx context.Context, ids []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		if len(p.waiting) >= mostWaiting {
			return
		}
		p.waiting = append(p.waiting, id)
		if p.working < mostAnswers {
			p.working++
			go p.work(context.WithoutCancel(ctx))
		}
	}
}

// close forgets the presses that wait, which are best effort, and ends when
// those under way have ended.
func (p *presses) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = nil
	p.drained()
}

// wait ends when every press was answered or forgotten.
func (p *presses) wait() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drained()
}

func (p *presses) drained() {
	for p.working > 0 {
		p.idle.Wait()
	}
}

func (p *presses) work(ctx context.Context) {
	for {
		id, ok := p.next()
		if !ok {
			return
		}
		p.end(ctx, id)
	}
}

func (p *presses) next() (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.waiting) == 0 {
		p.working--
		p.idle.Broadcast()
		return "", false
	}
	id := p.waiting[0]
	p.waiting = p.waiting[1:]
	return id, true
}

func (p *presses) end(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, pressTime)
	defer cancel()
	if _, err := p.client.Call(ctx, "answerCallbackQuery", Params{"callback_query_id": id}); err != nil {
		p.log.Debug("telegram: a press was not answered", "error", err)
	}
}

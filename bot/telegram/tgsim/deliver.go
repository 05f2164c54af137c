package tgsim

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxRetryAfter = time.Hour
	goneLimit     = 23 * time.Hour // of answers 410, after which the webhook is removed
	maxHookAnswer = 1 << 20
)

// startDeliveries sees that every queue with updates has somebody who delivers
// them one after another. Queues run in parallel.
func (s *Sim) startDeliveries() {
	if s.hook.url == "" || s.life.Err() != nil {
		return
	}
	for _, u := range s.inbox.waiting {
		if !s.hook.working[u.queue] {
			s.hook.working[u.queue] = true
			s.working.Add(1)
			go s.deliverQueue(u.queue)
		}
	}
}

// deliverQueue delivers a queue until it is empty. An update that fails blocks
// those behind it.
func (s *Sim) deliverQueue(queue string) {
	defer s.working.Done()
	s.mu.Lock()
	defer s.mu.Unlock()
	defer delete(s.hook.working, queue)
	for failures := 0; ; {
		s.expire()
		at := slices.IndexFunc(s.inbox.waiting, func(u *update) bool { return u.queue == queue })
		if at < 0 || s.hook.url == "" || !s.waitForTurn() {
			return
		}
		u := s.inbox.waiting[at]
		told, err := s.deliver(u)
		if err == nil {
			failures = 0
			s.inbox.waiting = slices.DeleteFunc(s.inbox.waiting, func(w *update) bool { return w == u })
			s.bump()
			continue
		}
		failures++
		s.hook.failure, s.hook.failedAt = err.Error(), s.now()
		change := s.hook.change
		if !s.waitUntil(s.now().Add(s.pause(failures, told)), func() bool { return s.hook.change != change }) {
			return
		}
	}
}

// waitForTurn waits until fewer than max_connections deliveries are under way.
func (s *Sim) waitForTurn() bool {
	const long = 24 * time.Hour
	for s.hook.inFlight >= s.hook.parallel {
		if !s.waitUntil(s.now().Add(long), func() bool { return s.hook.inFlight < s.hook.parallel }) {
			return false
		}
	}
	return true
}

// pause is how long to wait after so many failures: not at all after the
// first, then 2, 4, 8… s up to a cap of one to two minutes, or as told.
func (s *Sim) pause(failures int, told time.Duration) time.Duration {
	if told > 0 {
		return min(told, maxRetryAfter)
	}
	if failures == 1 {
		return 0
	}
	highest := time.Duration(60+s.chance()%61) * time.Second
	return min(highest, time.Second<<min(failures-1, 10))
}

// deliver posts an update. It is called with the lock held and gives it away
// while the request is under way.
func (s *Sim) deliver(u *update) (told time.Duration, err error) {
	trouble := s.trouble(webhookMethod, u.chat)
	target, secret, body := s.hook.url, s.hook.secret, u.body
	if trouble.has(WrongSecret) {
		secret = "wrong"
	}
	if n := trouble.padding(); n > 0 {
		body = append(bytes.TrimSuffix(bytes.Clone(body), []byte("}")), `,"padding":"`+strings.Repeat("x", n)+`"}`...)
	}
	s.hook.inFlight++
	s.mu.Unlock()
	answer, err := s.postUpdate(target, secret, body)
	s.mu.Lock()
	s.hook.inFlight--
	s.bump()
	if err != nil {
		return 0, err
	}
	if answer.status == http.StatusGone {
		s.countGone()
	}
	if answer.status/100 != 2 {
		return answer.after, wrongResponse(answer.status)
	}
	s.hook.goneSince = time.Time{}
	s.obey(answer)
	return 0, nil
}

// wrongResponse is a status that is no 2xx, in the service's words.
type wrongResponse int

func (r wrongResponse) Error() string {
	return fmt.Sprintf("Wrong response from the webhook: %d %s", int(r), http.StatusText(int(r)))
}

// hookAnswer is what the bot's webhook answered.
type hookAnswer struct {
	status int
	after  time.Duration
	kind   string
	body   []byte
}

func (s *Sim) postUpdate(target, secret string, body []byte) (hookAnswer, error) {
	r, err := http.NewRequestWithContext(s.life, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return hookAnswer{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Encoding", "gzip, deflate")
	if secret != "" {
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	response, err := s.hook.client.Do(r)
	if err != nil {
		return hookAnswer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxHookAnswer))
	after, _ := strconv.Atoi(response.Header.Get("Retry-After")) // none and a date are no seconds
	return hookAnswer{response.StatusCode, time.Duration(after) * time.Second, response.Header.Get("Content-Type"), text}, err
}

// countGone removes a webhook that has answered 410 for most of a day.
func (s *Sim) countGone() {
	if s.hook.goneSince.IsZero() {
		s.hook.goneSince = s.now()
	}
	if s.now().Sub(s.hook.goneSince) > goneLimit {
		s.dropHook()
	}
}

// obey carries out the method that an answer of the webhook may name. Nobody
// hears the result.
func (s *Sim) obey(answer hookAnswer) {
	c := &call{params: map[string]string{}, files: map[string]upload{}}
	if len(answer.body) == 0 || c.read(answer.kind, answer.body) != nil || c.text("method") == "" {
		return
	}
	c.method = c.text("method")
	delete(c.params, "method")
	name := strings.ToLower(c.method)
	if strings.HasPrefix(name, "get") || slices.Contains([]string{"setwebhook", "deletewebhook", "close", "logout"}, name) {
		return
	}
	s.mu.Unlock()
	defer s.mu.Lock()
	entry, _ := s.arrive(c)
	_, err := s.perform(s.life, c)
	code, text := outcome(err)
	s.leave(entry, code, text)
}

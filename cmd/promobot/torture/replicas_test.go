package torture

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// killEvery is how long both replicas may live together.
const killEvery = 2 * time.Second

// Two replicas work on one database. Everything is said to both, on the web and
// by the messenger's webhook, and one of them is killed every two seconds.
// Everything has one effect.
func TestReplicasKilled(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ownServer(t).URL)
	h.openMessenger(t)
	c := newCrowd(t, h)
	webhook := c.balance(t)
	replicas := []*process{launch(t, h.environment(webhook...)).serving(t), launch(t, h.environment(webhook...)).serving(t)}
	c.at.open(replicas[0].url, replicas[1].url)
	quiet := c.chatter(3)
	dice := rand.New(rand.NewPCG(*seed, 4))
	for end := time.Now().Add(time.Duration(*minutes * float64(time.Minute))); time.Now().Before(end); {
		c.join(1)
		time.Sleep(killEvery)
		victim := dice.IntN(2)
		replicas[victim].kill(t)
		c.at.open(replicas[1-victim].url)
		replicas[victim] = launch(t, h.environment(webhook...)).serving(t)
		c.at.open(replicas[0].url, replicas[1].url)
		seen.add("replicas: killed", 1)
	}
	quiet()
	c.done(t, 3*time.Minute)
	began := time.Now()
	h.rests(t, 3*time.Minute)
	t.Logf("%d kills; all settled %s after the last word", seen.of("replicas: killed"), time.Since(began).Round(100*time.Millisecond))
	for _, p := range replicas {
		p.drain(t)
	}
	c.check(t)
	h.verify(t)
}

// balance gives the messenger an address that passes every update on to all
// replicas, and says that it is taken if one of them says so. It returns the
// variables by which a bot asks for it.
func (c *crowd) balance(t *testing.T) []string {
	t.Helper()
	const secret = "torture"
	c.webhook = true
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		taken := false
		for _, url := range c.at.now() {
			taken = err == nil && passOn(r, url, body) || taken
		}
		if !taken {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	t.Cleanup(front.Close)
	return []string{"PROMOBOT_TELEGRAM_MODE=webhook", "PROMOBOT_TELEGRAM_WEBHOOK_SECRET=" + secret,
		"PROMOBOT_TELEGRAM_WEBHOOK_URL=" + front.URL + "/telegram/webhook"}
}

func passOn(r *http.Request, url string, body []byte) bool {
	request, err := http.NewRequestWithContext(r.Context(), r.Method, url+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		return false
	}
	request.Header = r.Header.Clone()
	response, err := line.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	seen.add("webhook: passed on", 1)
	return response.StatusCode == http.StatusOK
}

package tgsim

import (
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	answerTime      = 60 * time.Second // that a delivery waits for, in the machine's time
	defaultParallel = 40
	maxParallel     = 100
	maxSecret       = 256
)

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

// hook is the webhook and what became of deliveries to it.
type hook struct {
	url, secret string
	address     string
	parallel    int
	inFlight    int
	change      int // counts setWebhook and deleteWebhook
	setAt       time.Time
	working     map[string]bool // queues that somebody delivers
	goneSince   time.Time       // when the answers 410 began
	failedAt    time.Time
	failure     string
	client      *http.Client
}

func newHook() hook {
	return hook{working: make(map[string]bool), client: &http.Client{
		Timeout:       answerTime,
		Transport:     &http.Transport{MaxIdleConnsPerHost: maxParallel, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (s *Sim) setWebhook(c *call) (any, error) {
	target, secret := c.text("url"), c.text("secret_token")
	if target == "" {
		return s.deleteWebhook(c)
	}
	address, err := checkHook(target, secret)
	if err != nil {
		return nil, err
	}
	if err := s.allow(c); err != nil {
		return nil, err
	}
	if wait := s.hook.setAt.Add(time.Second).Sub(s.now()); wait > 0 {
		return nil, tooMany(wait)
	}
	parallel := int(clamp(c.number("max_connections", defaultParallel), 1, maxParallel))
	if c.flag("drop_pending_updates") {
		s.inbox.waiting = nil
	}
	same := s.hook.url == target && s.hook.secret == secret && s.hook.parallel == parallel
	s.hook.url, s.hook.secret, s.hook.address, s.hook.parallel = target, secret, address, parallel
	s.hook.setAt, s.hook.failure, s.hook.goneSince = s.now(), "", time.Time{}
	s.hook.change++
	if s.inbox.poll != nil {
		s.inbox.poll.ended = errHookSet
	}
	s.startDeliveries()
	if same {
		return described{true, "Webhook is already set"}, nil
	}
	return described{true, "Webhook was set"}, nil
}

// checkHook judges an address as the service does. A loopback address may be
// plain HTTP on any port, as with the service's own local server.
func checkHook(target, secret string) (address string, err error) {
	u, err := url.Parse(target)
	switch {
	case err != nil || u.Hostname() == "" || strings.ContainsAny(u.Hostname(), " _"):
		return "", bad("invalid webhook URL specified")
	case len(secret) > maxSecret:
		return "", bad("secret token is too long")
	case !secretForm.MatchString(secret):
		return "", bad("secret token contains unallowed characters")
	}
	ip := net.ParseIP(u.Hostname())
	if u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return "127.0.0.1", nil
	}
	if u.Scheme != "https" {
		return "", bad("bad webhook: An HTTPS URL must be provided for webhook")
	}
	if !slices.Contains([]string{"", "443", "80", "88", "8443"}, u.Port()) {
		return "", bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	}
	return u.Hostname(), nil
}

func (s *Sim) deleteWebhook(c *call) (any, error) {
	if c.flag("drop_pending_updates") {
		s.inbox.waiting = nil
	}
	if s.hook.url == "" {
		return described{true, "Webhook is already deleted"}, nil
	}
	s.dropHook()
	return described{true, "Webhook was deleted"}, nil
}

func (s *Sim) dropHook() {
	s.hook.url, s.hook.secret, s.hook.address, s.hook.failure = "", "", "", ""
	s.hook.change++
}

func (s *Sim) getWebhookInfo(*call) (any, error) {
	s.expire()
	info := map[string]any{"url": s.hook.url, "has_custom_certificate": false, "pending_update_count": len(s.inbox.waiting)}
	if s.hook.url != "" {
		info["ip_address"], info["max_connections"] = s.hook.address, s.hook.parallel
	}
	if s.hook.failure != "" {
		info["last_error_date"], info["last_error_message"] = s.hook.failedAt.Unix(), s.hook.failure
	}
	if len(s.inbox.allowed) > 0 {
		info["allowed_updates"] = s.inbox.allowed
	}
	return info, nil
}

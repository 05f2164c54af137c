package telegram

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"promobot/bot/outbox"
)

// Error is a refusal of the service, or of something that answered in its place.
type Error struct {
	Method      string
	Code        int           // the service's error code; the status of a foreign answer
	Description string        // in the service's words, without secrets and phones
	RetryAfter  time.Duration // how long we were told to wait; 0: nothing was said
	Foreign     bool          // not the service has answered, but a proxy before it
}

// Error names the method and the refusal.
func (e *Error) Error() string {
	return fmt.Sprintf("telegram %s: %d %s", e.Method, e.Code, e.Description)
}

// says reports whether one of the phrases, in small letters, is in the
// description.
func (e *Error) says(phrases ...string) bool {
	low := strings.ToLower(e.Description)
	for _, phrase := range phrases {
		if strings.Contains(low, phrase) {
			return true
		}
	}
	return false
}

// later is how long to wait, to the second as told; a second if nothing was said.
func (e *Error) later() outbox.Later {
	if e.RetryAfter <= 0 {
		return outbox.Later{After: time.Second}
	}
	return outbox.Later{After: e.RetryAfter}
}

const (
	maxDescription = 300
	// leastSecret is the length from which the part of the token behind its
	// colon is looked for on its own; shorter ones stand in ordinary words.
	leastSecret = 8
)

// phone is what might be one: ten digits or more, however they are set.
var phone = regexp.MustCompile(`\+?\d(?:[ ()-]{0,2}\d){9,}`)

// redact takes the token and phones out of a text of the network.
func (c *Client) redact(text string) string {
	if c.token != "" {
		text = strings.ReplaceAll(text, c.token, "…")
		text = strings.ReplaceAll(text, url.QueryEscape(c.token), "…")
	}
	if _, secret, _ := strings.Cut(c.token, ":"); len(secret) >= leastSecret {
		text = strings.ReplaceAll(text, secret, "…")
	}
	text = phone.ReplaceAllString(strings.ToValidUTF8(text, ""), "…")
	if len(text) > maxDescription {
		text = strings.ToValidUTF8(text[:maxDescription], "") + "…"
	}
	return text
}

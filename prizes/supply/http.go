package supply

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"promobot/prizes"
)

// Config says whom to ask and how.
type Config struct {
	BaseURL string // without query, https but for this machine
	Token   string
	Timeout time.Duration // of one exchange; 0: ten seconds
}

// Format prints the configuration without its secret, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "supply.Config{%s}", c.BaseURL) }

const (
	defaultTimeout = 10 * time.Second
	maxAnswer      = 64 << 10
	maxCode        = 128              // characters, as in files of codes
	longestPause   = 15 * time.Minute // that a supplier may ask for
)

// caller makes exchanges with one host: it follows no redirect, takes no proxy
// from the environment and reads no more than an answer can be.
type caller struct {
	base   string
	header http.Header
	http   *http.Client
}

func newCaller(c Config, header http.Header) *caller {
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	return &caller{base: strings.TrimRight(c.BaseURL, "/"), header: header, http: &http.Client{
		Timeout:       c.Timeout,
		Transport:     &http.Transport{DialContext: (&net.Dialer{Timeout: c.Timeout}).DialContext, TLSHandshakeTimeout: c.Timeout, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// reply is what came back: a status that means something, and its body.
type reply struct {
	status int
	body   []byte
}

// call makes one exchange. Whatever leaves the outcome open is *Trouble: no
// answer, an answer cut short, too many requests, a gateway, a wrong key.
func (c *caller) call(ctx context.Context, method, path string, in any) (reply, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return reply{}, err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return reply{}, &Trouble{Err: errors.New("the address is not usable")}
	}
	r.Header = c.header.Clone()
	r.Header.Set("Content-Type", "application/json")
	answer, err := c.http.Do(r)
	if err != nil {
		return reply{}, &Trouble{Err: plain(err)}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err == nil && len(text) > maxAnswer {
		err = errors.New("the answer is too long")
	}
	if err != nil {
		return reply{}, &Trouble{Err: plain(err)}
	}
	return reply{answer.StatusCode, text}, troubleOf(answer)
}

// plain leaves the URL out of an error: paths name orders.
func plain(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// troubleOf is the trouble that a status tells of; nil for one that answers the
// question.
func troubleOf(answer *http.Response) error {
	switch status := answer.StatusCode; {
	case status == http.StatusTooManyRequests:
		return &Trouble{Again: retryAfter(answer.Header.Get("Retry-After")), Err: errors.New("too many requests")}
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return &Trouble{Err: fmt.Errorf("the key is not taken: status %d", status)}
	case status >= 500, status >= 300 && status < 400, status == http.StatusRequestTimeout:
		return &Trouble{Err: fmt.Errorf("status %d", status)}
	}
	return nil
}

func retryAfter(text string) time.Duration {
	seconds, err := strconv.Atoi(text)
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(min(seconds, 1<<20))*time.Second, longestPause)
}

// read understands a body, or says that nobody can.
func (r reply) read(into any) error {
	if err := json.Unmarshal(r.body, into); err != nil {
		return &Trouble{Err: fmt.Errorf("status %d with a body that is no answer", r.status)}
	}
	return nil
}

// printable tells a text that a database keeps and a person can read.
func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

// completed is the answer of a code, if it can be one.
func completed(a Answer, code, validUntil string) (Answer, error) {
	a.State = Completed
	if n := utf8.RuneCountInString(code); n == 0 || n > maxCode || !printable(code) {
		return a, &Trouble{Err: errors.New("a completed order without a code that can be shown")}
	}
	a.Code = prizes.Code(code)
	if validUntil == "" {
		return a, nil
	}
	end, err := prizes.EndOfDay(validUntil)
	if err != nil {
		return a, &Trouble{Err: errors.New("a completed order with an end that is no date")}
	}
	a.ValidUntil = &end
	return a, nil
}

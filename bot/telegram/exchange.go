package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"promobot/bot/outbox"
)

const (
	// maxAnswer is more than the service ever sends: it stops filling getUpdates
	// at about 4 MiB.
	maxAnswer = 32 << 20
	// connectTime is how long a connection may take to be made.
	connectTime = 10 * time.Second
	// spareConnections are kept open for sends side by side.
	spareConnections = 32
)

// newHTTPClient returns a client that follows no redirects: the service has
// none, and another server must not learn the address, in which the token is.
func newHTTPClient(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: connectTime}).DialContext,
			TLSHandshakeTimeout: connectTime,
			ForceAttemptHTTP2:   true,
			MaxIdleConnsPerHost: spareConnections,
			IdleConnTimeout:     time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// exchange is one request of the library and its answer. It brings what the
// library lacks: a context, and errors that tell what has happened.
type exchange struct {
	ctx        context.Context // the library has no other way to hand one in
	client     *Client
	http       *http.Client
	retryAfter time.Duration
}

// Do sends the request and hands out only answers that are the service's own:
// {"ok": …}. Everything else is an *Error with the status, or a lostError.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	var written atomic.Bool
	trace := &httptrace.ClientTrace{
		GetConn:      func(string) { written.Store(false) }, // a try on another connection, since nothing was sent on the last
		WroteHeaders: func() { written.Store(true) },
	}
	answer, err := x.http.Do(req.WithContext(httptrace.WithClientTrace(x.ctx, trace)))
	if err != nil {
		return nil, x.client.lost(x.ctx, written.Load(), err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, x.client.lost(x.ctx, true, err)
	}
	x.retryAfter = retryAfter(answer.Header)
	if !envelope(body) {
		return nil, &Error{Code: answer.StatusCode, Foreign: true, RetryAfter: x.retryAfter,
			Description: "an answer that is not the service's"}
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

// envelope tells an answer of the service from a page of a proxy before it.
func envelope(body []byte) bool {
	var answer struct{ OK *bool }
	return json.Unmarshal(body, &answer) == nil && answer.OK != nil
}

// retryAfter reads the header in its form of seconds.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// lostError is an exchange without an answer.
type lostError struct {
	text    string
	written bool
	ended   error // of the context
}

// Error says what broke, without the address.
func (e *lostError) Error() string { return e.text }

// Unwrap tells that the request may have been obeyed, and whether the caller had
// stopped. One that was not written has come to a known end in any case.
func (e *lostError) Unwrap() []error {
	switch {
	case !e.written:
		return nil
	case e.ended == nil:
		return []error{outbox.ErrUnknown}
	}
	return []error{outbox.ErrUnknown, e.ended}
}

// lost keeps the text of the error alone: the error itself holds the address,
// and so the token.
func (c *Client) lost(ctx context.Context, written bool, err error) error {
	return &lostError{text: c.bare(err), written: written, ended: ctx.Err()}
}

// bare is what an error says but for the address in it.
func (c *Client) bare(err error) string {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	return c.redact(err.Error())
}

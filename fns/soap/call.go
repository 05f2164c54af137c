package soap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"promobot/fns"
	"promobot/fns/internal/wire"
	"promobot/fns/internal/xmltree"
)

// maxAnswer is many times the largest ticket.
const maxAnswer = 8 << 20

// post makes one exchange and returns the body of the answer's envelope.
func (c *Client) post(ctx context.Context, op operation, request, token string) (*xmltree.Node, error) {
	// Once more: others may have shut the gate while this call waited for a token.
	if err := c.gates.check(op, c.config.Clock()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	r, err := c.newRequest(ctx, op, request, token)
	if err != nil {
		return nil, c.barred(c.mask(err.Error(), token))
	}
	r, sent := wire.Watch(r)
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, &fns.TemporaryError{Op: op.name, Unknown: sent() && op == opSend, NotSent: !sent(), Err: err}
	}
	defer answer.Body.Close()
	body, err := c.read(op, answer, token)
	return body, unread(op, answer, err)
}

// unread marks a send as unknown whose answer was lost on the way: the request
// was taken, or may have been taken by what stands behind a gateway.
func unread(op operation, answer *http.Response, err error) error {
	var temporary *fns.TemporaryError
	if op != opSend || !errors.As(err, &temporary) || temporary.Answered {
		return err
	}
	switch answer.StatusCode {
	case http.StatusOK, http.StatusBadGateway, http.StatusGatewayTimeout:
		temporary.Unknown = true
	}
	return err
}

func (c *Client) newRequest(ctx context.Context, op operation, request, token string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.BaseURL+op.path, strings.NewReader(request))
	if err != nil {
		return nil, err
	}
	// Assigned, not Set: spelled on the wire as the guide spells them.
	r.Header["Content-Type"] = []string{"text/xml;charset=UTF-8"}
	r.Header["SOAPAction"] = []string{`"` + op.action + `"`}
	if token != "" {
		r.Header["FNS-OpenApi-Token"] = []string{token}
	}
	if token != "" && c.config.UserToken != "" {
		r.Header["FNS-OpenApi-UserToken"] = []string{c.config.UserToken}
	}
	return r, nil
}

// read understands an answer by what it says, not by its status: faults come
// with 500, and some gateways make them 200. Only a bare 429 is not read.
func (c *Client) read(op operation, answer *http.Response, token string) (*xmltree.Node, error) {
	if answer.StatusCode == http.StatusTooManyRequests {
		return nil, c.tooMany(answer)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err == nil && len(text) > maxAnswer {
		err = fmt.Errorf("answer larger than %d bytes", maxAnswer)
	}
	if err != nil {
		return nil, c.unreadable(op, err)
	}
	root, err := xmltree.Parse(text)
	if err != nil || !root.Named(soapNS, "Envelope") {
		return nil, c.noEnvelope(op, answer, err)
	}
	body := root.Child(soapNS, "Body")
	if f := body.Child(soapNS, "Fault"); f != nil {
		return nil, c.refusal(op, readFault(f), token)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, c.noEnvelope(op, answer, nil)
	}
	return body, nil
}

const (
	defaultRetryAfter = 5 * time.Second
	maxRetryAfter     = time.Hour
)

// tooMany shuts the gate for as long as the gateway asks.
func (c *Client) tooMany(answer *http.Response) error {
	now := c.config.Clock()
	wait := retryAfter(answer, now)
	if wait <= 0 {
		wait = defaultRetryAfter
	}
	c.gates.all.shut(now.Add(wait), func(left time.Duration) error { return &fns.RateError{RetryIn: left, All: true} })
	return &fns.RateError{RetryIn: wait, All: true}
}

// retryAfter reads the header, in seconds or as a date; 0 if there is none.
func retryAfter(answer *http.Response, now time.Time) time.Duration {
	text := answer.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return min(time.Duration(max(0, min(seconds, 86400)))*time.Second, maxRetryAfter)
	}
	at, err := http.ParseTime(text)
	if err != nil || !at.After(now) {
		return 0
	}
	return min(at.Sub(now), maxRetryAfter)
}

// noEnvelope judges an answer that is not SOAP by its status: who is turned
// away at the door needs an operator, all else passes.
func (c *Client) noEnvelope(op operation, answer *http.Response, cause error) error {
	switch status := answer.StatusCode; status {
	case http.StatusOK:
		return c.unreadable(op, fmt.Errorf("not a SOAP envelope: %v", cause))
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed:
		return c.barred(op.name + ": HTTP " + answer.Status)
	default:
		return &fns.TemporaryError{Op: op.name, RetryIn: retryAfter(answer, c.config.Clock()), Err: errors.New("HTTP " + answer.Status)}
	}
}

// unreadable reports an answer that makes no sense. It says nothing about the
// receipt.
func (c *Client) unreadable(op operation, err error) error {
	return &fns.TemporaryError{Op: op.name, Err: err}
}
